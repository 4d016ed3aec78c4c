# What examples need that are not complete in themselves; every other example runs as it stands. One entry can serve several examples.
#
#   Example   a part of the example's code by which it is known
#   Whole     it is the whole code, not a part
#   Replace   names in code and output, and what stands for them here
#   Before    runs first, in the example's runspace: peers and variables. Puts more replacements into $Map; $Folder is for files
#   While     runs beside the example: clients, and what brings an endless example to its end. $Running is the example's [powershell]
#   Endless   is stopped, as by Ctrl+C, when While has come to its end
#   Varies    a pattern of what is not the same each time: it is left out of the comparison
#
# Ports of endpoints, durations and the width of columns vary everywhere. tests/Examples.Tests.ps1 fails for an entry that no example uses.

# Two connected clients of a server named Intake, for what lists them.
$intake = {
    param($Map, $Folder)
    $server = Start-TcpServer 0 -Name Intake
    $clients = 1..2 | ForEach-Object { Connect-TcpClient 127.0.0.1 $server.Port }
    foreach ($client in $clients) { Send-SocketData $client 'some data' }
    while ($server.ConnectionCount -lt 2) { [System.Threading.Thread]::Sleep(10) }
}

# The start of a While: how it waits.
$while = {
    param($Map, $Running)
    function Wait-For([scriptblock] $Condition) {
        $clock = [System.Diagnostics.Stopwatch]::StartNew()
        while (-not (& $Condition)) {
            if ($clock.Elapsed.TotalSeconds -gt 10) { throw "Not within 10 s: $Condition" }
            [System.Threading.Thread]::Sleep(10)
        }
    }
}

function Join-Block([scriptblock] $First, [scriptblock] $Second) { [scriptblock]::Create("$First`n$Second") }

@(
    # Of Close-Socket
    @{ Example = '$_.IdleTime.TotalMinutes -gt 10'; Before = $intake }
    @{
        Example = 'Get-SocketConnection -Name Probe* | Close-Socket -WhatIf'
        Replace = @{ '192.0.2.7' = '127.0.0.1'; '192.0.2.20' = '127.0.0.1'; '192.0.2.21' = '127.0.0.1' }
        Before = { $server = Start-TcpServer 0; $probes = 1..2 | ForEach-Object { Connect-TcpClient 127.0.0.1 $server.Port -Name "Probe$_" } }
    }

    # Of Connect-TcpClient
    @{
        Example = 'Connect-TcpClient mail.example.com 25'
        Replace = @{ 'mail.example.com' = 'localhost' }
        Before = {
            param($Map)
            $Map['25'] = (Start-TcpServer 0 { if ($_ -eq 'QUIT') { '221 2.0.0 Bye' } } -OnConnect { '220 localhost ESMTP' } -Framing CrLf).Port
        }
    }
    @{
        Example = 'Connect-TcpClient db01 5432 -RetryCount 30'
        Replace = @{ 'db01' = '127.0.0.1'; '192.0.2.30' = '127.0.0.1'; '192.0.2.7' = '127.0.0.1'; '-RetryIntervalSeconds 2' = '-RetryIntervalSeconds 0.1'; 'in 2 s' = 'in 0.1 s' }
        Before = { param($Map) $Map['5432'] = $Map['9000'] }
        While = Join-Block $while {
            Wait-For { $Running.Streams.Verbose.Count -gt 0 }
            $server = Start-TcpServer $Map['5432']
            Wait-For { $Running.InvocationStateInfo.State -ne 'Running' }
        }

        # How many attempts fail before the server is up.
        Varies = '(?m)^VERBOSE: Attempt (?!1 ).*\n'
    }
    @{
        Example = '/var/run/docker.sock'
        Before = {
            param($Map, $Folder)
            $Map['/var/run/docker.sock'] = [System.IO.Path]::Combine($Folder, 'docker.sock')
            $server = Start-TcpServer -UnixSocket $Map['/var/run/docker.sock'] -Framing Raw -OnMessage { "HTTP/1.0 200 OK`r`n`r`nOK"; Close-Socket $Connection }
        }
    }
    @{ Example = "Connect-TcpClient db01 5432`n"; Replace = @{ 'db01' = 'localhost' }; Before = { param($Map) $Map['5432'] = $Map['9000'] } }

    # Of the cmdlets that list
    @{
        Example = 'Get-SocketConnection'
        Whole = $true
        Before = {
            param($Map)
            $server = Start-TcpServer $Map['9000'] { "Echo: $_" }
            $client = Connect-TcpClient 127.0.0.1 $server.Port
            Send-SocketData $client 'hi'
            $null = Receive-SocketData $client
        }
        Varies = '(?m)^ *\d+ '
    }
    @{ Example = 'Sort-Object BytesReceived -Descending'; Before = $intake; Replace = @{ '192.0.2.41' = '127.0.0.1'; '192.0.2.17' = '127.0.0.1' }; Varies = '(?<=\d) +\d[\d:.]*' }
    @{ Example = 'Get-SocketOption $client'; Whole = $true; Before = { $client = Connect-TcpClient 127.0.0.1 (Start-TcpServer 0).Port }; Varies = ': -?\d+' }
    @{
        Example = '-not (Get-SocketOption $_).KeepAlive'
        Before = {
            $server = Start-TcpServer 0 -Name Intake -SocketOption @{ KeepAlive = $true }
            $client = Connect-TcpClient 127.0.0.1 $server.Port
        }
    }
    @{
        Example = 'Get-SocketServer'
        Whole = $true
        Before = {
            param($Map)
            $echo = Start-TcpServer $Map['9000'] -Name Echo -Echo
            $intake = Start-TcpServer 0 -Name Intake -Address Any -Allow 127.0.0.0/8
        }
        Varies = '(?m)\b\d+(\.\d+)?( [KM]?B)?(?= |$)'
    }
    @{ Example = 'Set-SocketOption $call -TypeOfService'; Before = { $call = Connect-TcpClient 127.0.0.1 (Start-TcpServer 0).Port } }

    # Of Receive-SocketData and Send-SocketData
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

    # Of the cmdlets for datagrams
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

    # Of the cmdlets for servers
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

    # Of the about pages and the README
    @{
        Example = '$answer = Receive-SocketData $client'
        Before = { $client = Connect-TcpClient 127.0.0.1 (Start-TcpServer 0 -OnConnect { 'an answer' }).Port }
    }
    @{
        Example = '$server.Errors | ForEach-Object { "$_" }'
        Before = {
            param($Map, $Folder)
            $Map['/srv/calc.ps1'] = [System.IO.Path]::Combine($Folder, 'calc.ps1')
            Set-Content $Map['/srv/calc.ps1'] 'Start-TcpServer 0 { 1 / ($_ -as [int]) }'
            $server = & $Map['/srv/calc.ps1']
            $client = Connect-TcpClient 127.0.0.1 $server.Port
            Send-SocketData $client '0'
            $clock = [System.Diagnostics.Stopwatch]::StartNew()
            while ($server.ErrorCount -eq 0 -and $clock.Elapsed.TotalSeconds -lt 10) { [System.Threading.Thread]::Sleep(10) }
        }
        Varies = ':\d+:\d+'
    }
    @{ Example = "Receive-SocketData `$client`nGet-SocketServer"; Varies = '(?m)^ *\d+ ' }
    @{
        Example = 'Connect-TcpClient localhost 6379'
        Before = { param($Map) $Map['6379'] = (Start-TcpServer 0 { '+PONG' } -Framing CrLf).Port }
    }
    @{
        Example = 'Start-TcpServer 9000 | Receive-SocketData -Wait'
        While = Join-Block $while {
            Wait-For { Get-SocketServer }
            $client = Connect-TcpClient 127.0.0.1 $Map['9000']
            Send-SocketData $client 'x'
            Wait-For { (Get-SocketServer).MessagesReceived -eq 1 }
            Get-SocketServer | Stop-SocketServer
        }
    }
    @{
        Example = 'Start-TcpServer 9000 | Wait-TcpConnection'
        While = Join-Block $while {
            Wait-For { Get-SocketServer }
            $client = Connect-TcpClient 127.0.0.1 $Map['9000']
            Wait-For { $Running.InvocationStateInfo.State -ne 'Running' }
        }
    }
)
