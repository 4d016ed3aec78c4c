# The examples of the cmdlets for servers.

@{
    Example = 'Add-Content -Path /var/log/intake.log'
    Before = { param($Map, $Folder) $Map['9514'] = $Map['9000']; $Map['/var/log/intake.log'] = [System.IO.Path]::Combine($Folder, 'intake.log') }
    Varies = '(?m)^ *\d+ '
}
@{
    Example = 'Stop-SocketServer -TimeoutSeconds 60 -Verbose'
    Before = { $server = Start-TcpServer 0 -Name Intake -Address Any -Allow 127.0.0.0/8 }
    Varies = '\d+ connections'
}
@{
    Example = 'Stop-SocketServer -WhatIf'
    Before = { param($Map) $echo = Start-TcpServer $Map['9000'] -Name Echo -Echo; $intake = Start-TcpServer 0 -Name Intake -Address Any -Allow 127.0.0.0/8 }
}
@{
    Example = 'Connect-TcpClient app01 7000'
    Replace = @{ 'app01' = '127.0.0.1'; '192.0.2.20' = '127.0.0.1'; '-TimeoutSeconds 2' = '-TimeoutSeconds 0.2'; '2 s' = '0.2 s' }
    Before = { param($Map) $Map['7000'] = (Start-TcpServer 0 { }).Port }
}
@{
    Example = 'Wait-TcpConnection $_ -TimeoutSeconds 120'
    Replace = @{ '192.0.2.0/24' = '127.0.0.0/8' }
    While = Join-Block $while {
        Wait-For { Get-SocketServer }
        $device = Connect-TcpClient 127.0.0.1 $Map['9000']
        Send-SocketData $device 'READY 3.1.4'
        Wait-For { $Running.InvocationStateInfo.State -ne 'Running' }
    }
}
@{
    Example = 'Wait-TcpConnection $server -TimeoutSeconds 0)'
    While = Join-Block $while {
        Wait-For { Get-SocketServer }
        $client = Connect-TcpClient 127.0.0.1 $Map['9000']
        Send-SocketData $client 'x'
        if ((Receive-SocketData $client) -ne 'got x') { throw 'The client was not answered.' }
        Close-Socket $client
    }
    Endless = $true
}

# Of Watch-SocketServer
@{
    Example = 'Watch-SocketServer'
    Whole = $true
    Before = $intake
    While = Join-Block $while { Wait-For { $Shown.Count -gt 0 } }
    Endless = $true
    Screen = $true
}
@{
    Example = 'Watch-SocketServer -IntervalSeconds 5 -Count 12'
    Replace = @{ '-IntervalSeconds 5' = '-IntervalSeconds 0.1'; '-Count 12' = '-Count 2' }
    Before = Join-Block $intake { $Map['load.csv'] = [System.IO.Path]::Combine($Folder, 'load.csv') }
    After = {
        param($Map)
        $lines = @(Get-Content $Map['load.csv'])
        if ($lines.Count -ne 3 -or $lines[0] -notlike '*"BytesReceivedPerSecond"*' -or $lines[1] -notlike '*"Intake"*') { throw "In the file: $lines" }
    }
}
@{
    Example = 'Where-Object MessagesReceivedPerSecond'
    Replace = @{ '-IntervalSeconds 5' = '-IntervalSeconds 0.1'; '10000' = '-1' }
    Before = $intake
    While = Join-Block $while { Wait-For { $Shown.Count -gt 0 } }
    Endless = $true
}
