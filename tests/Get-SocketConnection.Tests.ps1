Describe 'Get-SocketConnection' {
    BeforeAll {
        . "$PSScriptRoot/Support/common.ps1"
        . "$PSScriptRoot/Support/peers.ps1"
    }

    AfterEach {
        Clear-TestSocket
    }

    It 'gives nothing where nothing is open' {
        [void] (Start-TcpServer 0)
        Get-SocketConnection | Should -BeNullOrEmpty
        (Get-Failure { Get-SocketConnection }).Count | Should -Be 0
    }

    It 'gives the connections of clients and of servers, oldest first' {
        $server = Start-TcpServer 0
        $client = Connect-ToServer $server
        $accepted = Wait-TcpConnection $server
        $all = @(Get-SocketConnection)
        $all | Should -HaveCount 2
        $all | Should -Contain $client
        $all | Should -Contain $accepted
        $all[0].Id | Should -BeLessThan $all[1].Id
    }

    It 'gives those of one server, or of several from the pipeline' {
        $servers = 1..2 | ForEach-Object { Start-TcpServer 0 { $_ } }
        $clients = 1..3 | ForEach-Object { Connect-ToServer $servers[0] }
        $clients += Connect-ToServer $servers[1]
        [void] (Wait-Until { $servers[0].ConnectionCount -eq 3 -and $servers[1].ConnectionCount -eq 1 })
        @(Get-SocketConnection -Server $servers[0]) | Should -HaveCount 3
        @($servers | Get-SocketConnection) | Should -HaveCount 4
        (Get-SocketConnection -Server $servers[1]).RemoteEndPoint.Port | Should -Be $clients[3].LocalEndPoint.Port
    }

    It 'is what $server.Connections gives by index' {
        $server = Start-TcpServer 0
        $clients = 1..3 | ForEach-Object { Connect-ToServer $server }
        [void] (Wait-Until { $server.ConnectionCount -eq 3 })
        $server.Connections[1].RemoteEndPoint.Port | Should -Be $clients[1].LocalEndPoint.Port
        $server.Connections[-1] | Should -Be (Get-SocketConnection -Server $server)[2]
        $server.Connections.Count | Should -Be 3
    }

    It 'finds by -Name, with wildcards' {
        $server = Start-TcpServer 0 { $_ }
        [void] (Connect-ToServer $server @{ Name = 'upstream' })
        [void] (Connect-ToServer $server @{ Name = 'metrics' })
        (Get-SocketConnection 'UP*').Name | Should -BeExactly 'upstream'
        (Get-SocketConnection -Name 'metrics').Name | Should -BeExactly 'metrics'
        Get-SocketConnection 'nothing*' | Should -BeNullOrEmpty
    }

    It 'finds by -Id, a server''s own too' {
        $server = Start-TcpServer 0
        $client = Connect-ToServer $server
        $accepted = Wait-TcpConnection $server
        Get-SocketConnection -Id $client.Id | Should -Be $client
        Get-SocketConnection -Id $accepted.Id | Should -Be $accepted
    }

    It 'writes ConnectionNotFound for what is not there' {
        foreach ($failure in (Get-Failure { Get-SocketConnection 'nobody' }), (Get-Failure { Get-SocketConnection -Id -1 })) {
            $failure.Id | Should -BeLike 'ConnectionNotFound,*'
            $failure.Category | Should -Be 'ObjectNotFound'
            $failure.IsTerminating | Should -BeFalse
        }
    }

    It 'forgets what was closed on this side, aborted, or ended by the peer and closed' {
        $server = Start-TcpServer 0 { $_ }
        $clients = 1..3 | ForEach-Object { Connect-ToServer $server }
        $clients[0] | Close-Socket
        $clients[1] | Close-Socket -Abort
        [void] (Wait-Until { $server.ConnectionCount -eq 1 })
        @(Get-SocketConnection | Where-Object { -not $_.Server }) | Should -Be @($clients[2])
        $server | Stop-SocketServer
        Wait-ConnectionEnd $clients[2] | Should -Be 'end'
        $clients[2] | Close-Socket
        Wait-Until { -not (Get-SocketConnection) } | Should -BeTrue
    }

    It 'can close all of a server''s connections through the pipeline' {
        $server = Start-TcpServer 0 { $_ }
        $clients = 1..3 | ForEach-Object { Connect-ToServer $server }
        [void] (Wait-Until { $server.ConnectionCount -eq 3 })
        $server | Get-SocketConnection | Close-Socket
        $clients | ForEach-Object { Wait-ConnectionEnd $_ } | Should -Be 'end', 'end', 'end'
        Wait-Until { $server.ConnectionCount -eq 0 } | Should -BeTrue
    }

    It 'gives objects that become JSON at once, as messages and servers do' {
        $pair = New-TestPair
        Send-SocketData $pair.Client 'x'
        $other = Start-TcpServer 0
        $client = Connect-TcpClient -ComputerName 127.0.0.1 -Port $other.Port
        Send-SocketData $client 'x'
        $message = $other | Receive-SocketData -TimeoutSeconds 10
        $converting = Start-Background {
            foreach ($item in $args) { (ConvertTo-Json -InputObject $item -Depth 2 -WarningAction SilentlyContinue).Length }
        } -ArgumentList $pair.Client, $pair.Server, $message
        @(Wait-Background $converting -TimeoutSeconds 20).Count | Should -Be 3
    }
}
