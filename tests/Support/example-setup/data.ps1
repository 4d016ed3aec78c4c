# The examples of Receive-SocketData and Send-SocketData.

@{
    Example = 'Connect-TcpClient switch01 23'
    Replace = @{ 'switch01' = 'localhost' }
    Before = {
        param($Map)
        $Map['23'] = (Start-TcpServer 0 { $_; 'Password: ' } -OnConnect { 'switch01 login: ' } -Framing Raw).Port
    }
}
@{
    Example = "Where-Object Text -Match 'error'"
    Replace = @{ '10.0.0.0/8' = '127.0.0.0/8'; '10.1.2.3' = '127.0.0.1'; '10.1.7.9' = '127.0.0.1' }
    Before = { param($Map) $Map['9514'] = $Map['9000'] }
    While = Join-Block $while {
        Wait-For { Get-SocketServer }
        $client = Connect-TcpClient 127.0.0.1 $Map['9000']
        'disk error on /dev/sdb', 'all is well', '2 errors in last run' | Send-SocketData $client -CompleteWrites
        Wait-For { (Get-SocketServer).MessagesReceived -eq 3 }
        Get-SocketServer | Stop-SocketServer
    }
}
@{
    Example = '-Wait | Send-SocketData'
    Replace = @{ 'loghost' = 'localhost' }
    Before = {
        param($Map, $Folder)
        $path = [System.IO.Path]::Combine($Folder, 'app.log')
        Set-Content $path 'first line'
        $Map['/var/log/app.log'] = $Map['app.log'] = $path
        $Map['514'] = (Start-TcpServer 0 { $_ } -Name Collector).Port
    }
    While = Join-Block $while {
        Wait-For { (Get-SocketServer Collector).MessagesReceived -eq 1 }
        Add-Content $Map['app.log'] 'second line'
        Wait-For { (Get-SocketServer Collector).MessagesReceived -eq 2 }
    }
    Endless = $true
}
@{ Example = 'Connect-TcpClient loghost 601'; Replace = @{ 'loghost' = 'localhost' }; Before = { param($Map) $Map['601'] = (Start-TcpServer 0 { } -Framing OctetCounting).Port } }
