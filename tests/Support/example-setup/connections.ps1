# The examples of the cmdlets for connections, and of those that list and set.

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
    Varies = '(?m)^VERBOSE: (Attempt (?!1 )|Trying |\S+ failed: ).*\n'
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

        # One after the other: each has its place in the list.
        $server = Start-TcpServer $Map['9000'] { "Echo: $_" }
        $caller = [System.Net.Sockets.TcpClient]::new('127.0.0.1', $server.Port)
        $caller.GetStream().Write([byte[]] (104, 105, 10))
        while ($server.BytesSent -lt 9) { [System.Threading.Thread]::Sleep(10) }
        $listener = [System.Net.Sockets.TcpListener]::new([ipaddress]::Loopback, 0)
        $listener.Start()
        $Map['5432'] = $listener.LocalEndpoint.Port
        $client = Connect-TcpClient 127.0.0.1 $Map['5432']
        Send-SocketData $client 'bye'
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
