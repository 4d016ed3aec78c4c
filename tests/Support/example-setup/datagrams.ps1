# The examples of the cmdlets for datagrams.

@{
    Example = 'Open-UdpSocket 5353'
    Before = { param($Map) $Map['5353'] = $Map['9000'] }
    While = Join-Block $while {
        $group = [System.Net.NetworkInformation.IPGlobalProperties]::GetIPGlobalProperties()
        Wait-For { @($group.GetActiveUdpListeners() | Where-Object Port -EQ $Map['5353']).Count -gt 0 }
    }
    Endless = $true
}
@{
    Example = 'Get-Content metrics.txt | Send-UdpDatagram'
    Before = {
        param($Map, $Folder)
        $Map['metrics.txt'] = [System.IO.Path]::Combine($Folder, 'metrics.txt')
        Set-Content $Map['metrics.txt'] 'requests:1|c', 'time:12|ms'
        $Map['8125'] = (Start-UdpServer 0 { }).Port
    }
}
@{
    Example = 'Get-Content metrics.txt -Wait | Send-UdpDatagram'
    Before = {
        param($Map, $Folder)
        $Map['9001'] = $Map['9000']
        $Map['metrics.txt'] = [System.IO.Path]::Combine($Folder, 'metrics.txt')
        Set-Content $Map['metrics.txt'] 'requests:1|c', 'time:12|ms'
        $Map['8125'] = (Start-UdpServer 0 { } -Name Metrics).Port
    }
    While = Join-Block $while { Wait-For { (Get-SocketServer Metrics).MessagesReceived -gt 0 } }
    Endless = $true
}
@{
    Example = 'Send-UdpDatagram 239.255.255.250 1900'
    Replace = @{ '-TimeoutSeconds 3' = '-TimeoutSeconds 0.3' }
    Before = { param($Map) $Map['239.255.255.250 1900'] = "127.0.0.1 $((Start-UdpServer 0 { "HTTP/1.1 200 OK`r`n`r`n" }).Port)" }
}
@{ Example = 'Send-UdpDatagram 255.255.255.255 9'; Before = { param($Map) $Map['255.255.255.255 9'] = "127.255.255.255 $($Map['9000'])" } }
@{
    Example = 'Start-UdpServer 514'
    Replace = @{ '10.0.0.0/8' = '127.0.0.0/8'; '10.1.2.3' = '127.0.0.1' }
    Before = { param($Map) $Map['514'] = $Map['9000'] }
    While = Join-Block $while {
        Wait-For { Get-SocketServer }
        '<2>kernel: disk failure', '<6>sshd: session opened' | Send-UdpDatagram 127.0.0.1 $Map['514']
        Wait-For { (Get-SocketServer).MessagesReceived -eq 2 }
        Get-SocketServer | Stop-SocketServer
    }
}
