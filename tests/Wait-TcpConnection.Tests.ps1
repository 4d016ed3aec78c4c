Describe 'Wait-TcpConnection' {
    BeforeAll {
        . "$PSScriptRoot/Support/common.ps1"
        . "$PSScriptRoot/Support/peers.ps1"
    }

    AfterEach {
        Clear-TestSocket
    }

    It 'gives the connection of a client that has connected' {
        $server = Start-TcpServer 0
        $client = Connect-ToServer $server
        $connection = Wait-TcpConnection $server -TimeoutSeconds 10
        $connection | Should -BeOfType 'PSSockets.Engine.Transport.SocketConnection'
        $connection.RemoteEndPoint.Port | Should -Be $client.LocalEndPoint.Port
        $connection.Server | Should -Be $server
        Send-SocketData $client 'question'
        Get-Answer $connection 'answer' | Should -BeExactly 'question'
        Receive-SocketData $client | Should -BeExactly 'answer'
    }

    It 'takes the server from the pipeline, and waits for a client' {
        $server = Start-TcpServer 0
        $waiting = Start-Background { param($Server) $Server | Wait-TcpConnection } $server
        Wait-Blocked $waiting
        $client = Connect-ToServer $server
        (Wait-Background $waiting).RemoteEndPoint.Port | Should -Be $client.LocalEndPoint.Port
    }

    It 'gives the clients in their order' {
        $server = Start-TcpServer 0
        $clients = 1..5 | ForEach-Object { Connect-ToServer $server }
        $ports = 1..5 | ForEach-Object { (Wait-TcpConnection $server).RemoteEndPoint.Port }
        $ports | Should -Be ($clients | ForEach-Object { $_.LocalEndPoint.Port })
    }

    It 'gives each client to one of two who wait' {
        $server = Start-TcpServer 0
        $waiting = 1..2 | ForEach-Object { Start-Background { param($Server) $Server | Wait-TcpConnection } $server }
        $waiting | ForEach-Object { Wait-Blocked $_ }
        $clients = 1..2 | ForEach-Object { Connect-ToServer $server }
        $ports = $waiting | ForEach-Object { (Wait-Background $_).RemoteEndPoint.Port }
        $ports | Sort-Object | Should -Be ($clients | ForEach-Object { $_.LocalEndPoint.Port } | Sort-Object)
    }

    It 'keeps a connection that was taken out of the merged stream' {
        $server = Start-TcpServer 0
        $first = Connect-ToServer $server
        $taken = Wait-TcpConnection $server
        $second = Connect-ToServer $server
        Send-SocketData $first 'for who took it'
        Send-SocketData $second 'for all'
        ($server | Receive-SocketData -TimeoutSeconds 10).Text | Should -BeExactly 'for all'
        Receive-SocketData $taken | Should -BeExactly 'for who took it'
    }

    It 'writes AcceptTimedOut where nobody connects, and the next one is still served' {
        $server = Start-TcpServer 0
        $failure = Get-Failure { Wait-TcpConnection $server -TimeoutSeconds 0.1 }
        $failure.Id | Should -BeLike 'AcceptTimedOut,*'
        $failure.Category | Should -Be 'OperationTimeout'
        $failure.IsTerminating | Should -BeFalse
        $failure.Message | Should -BeLike "Nobody connected to 127.0.0.1:$($server.Port) within 0.1 s.*"
        $client = Connect-ToServer $server
        (Wait-TcpConnection $server).RemoteEndPoint.Port | Should -Be $client.LocalEndPoint.Port
    }

    It 'refuses a server that serves its connections itself' {
        foreach ($server in (Start-TcpServer 0 { $_ }), (Start-TcpServer 0 -Echo)) {
            $failure = Get-Failure { Wait-TcpConnection $server }
            $failure.Id | Should -BeLike 'ConnectionBusy,*'
            $failure.Category | Should -Be 'ResourceBusy'
        }
    }

    It 'refuses a server that has stopped' {
        $server = Start-TcpServer 0
        $server | Stop-SocketServer
        $failure = Get-Failure { Wait-TcpConnection $server }
        $failure.Id | Should -BeLike 'ObjectClosed,*'
        $failure.Category | Should -Be 'InvalidOperation'
    }

    It 'ends with an error when the server stops meanwhile' {
        $server = Start-TcpServer 0
        $waiting = Start-Background { param($Server) $Server | Wait-TcpConnection -ErrorVariable failed -ErrorAction SilentlyContinue; $failed[0].FullyQualifiedErrorId } $server
        Wait-Blocked $waiting
        $server | Stop-SocketServer
        Wait-Background $waiting | Should -BeLike 'ObjectClosed,*'
    }

    It 'leaves at Ctrl+C within a second' {
        $server = Start-TcpServer 0
        $waiting = Start-Background { param($Server) Wait-TcpConnection $Server -TimeoutSeconds 0 } $server
        Wait-Blocked $waiting
        Stop-Background $waiting | Should -BeLessThan 1000
        $client = Connect-ToServer $server
        (Wait-TcpConnection $server).RemoteEndPoint.Port | Should -Be $client.LocalEndPoint.Port
    }

    It 'goes with Select-Object -First 1 over several servers' {
        $servers = 1..2 | ForEach-Object { Start-TcpServer 0 }
        $client = Connect-ToServer $servers[0]
        $connection = $servers | Wait-TcpConnection -TimeoutSeconds 10 | Select-Object -First 1
        $connection.RemoteEndPoint.Port | Should -Be $client.LocalEndPoint.Port
    }

    It 'leaves no socket behind after many stops, timeouts and connections' -Skip:(-not $IsLinux) {
        $server = Start-TcpServer 0
        function Invoke-Once {
            if (-not (Get-Failure { Wait-TcpConnection $server -TimeoutSeconds 0.01 }).Id) { throw 'A connection from nowhere.' }
            $client = Connect-ToServer $server
            Wait-TcpConnection $server | Select-Object -First 1 | Close-Socket
            $client | Close-Socket
        }
        Invoke-Once
        $sockets = Get-OpenSocketCount
        1..30 | ForEach-Object { Invoke-Once }
        1..5 | ForEach-Object {
            $waiting = Start-Background { param($Server) Wait-TcpConnection $Server } $server
            Wait-Blocked $waiting
            [void] (Stop-Background $waiting)
        }
        Wait-Until { (Get-OpenSocketCount) -le $sockets } | Should -BeTrue
        $server.ConnectionCount | Should -Be 0
    }
}
