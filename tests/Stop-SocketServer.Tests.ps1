Describe 'Stop-SocketServer' {
    BeforeAll {
        . "$PSScriptRoot/Support/common.ps1"
        . "$PSScriptRoot/Support/peers.ps1"
    }

    AfterEach {
        Clear-TestSocket
    }

    It 'closes the port and the connections, and says so' {
        $server = Start-TcpServer 0 { $_ }
        $client = Connect-ToServer $server
        Get-Answer $client 'x' | Should -BeExactly 'x'
        $port = $server.Port
        $server | Stop-SocketServer | Should -BeNullOrEmpty
        $server.Status | Should -Be 'Stopped'
        $server.ConnectionCount | Should -Be 0
        Wait-ConnectionEnd $client | Should -Be 'end'
        (Get-Failure { Connect-TcpClient 127.0.0.1 $port -TimeoutSeconds 5 }).Id | Should -BeLike 'ConnectionRefused,*'
    }

    It 'answers what has arrived before it closes' {
        $server = Start-TcpServer 0 { Start-Sleep -Milliseconds 20; "got $_" } -ThrottleLimit 1
        $client = Connect-ToServer $server
        1..20 | Send-SocketData $client
        [void] (Wait-Until { $server.MessagesReceived -ge 1 })
        $server | Stop-SocketServer -TimeoutSeconds 20
        $client | Receive-SocketData -Wait | Should -Be (1..20 | ForEach-Object { "got $_" })
    }

    It '-TimeoutSeconds ends the wait for a handler that hangs' {
        $server = Start-TcpServer 0 { $Server.State['hangs'] = $true; Start-Sleep -Seconds 60 } -OnDisconnect { $Server.State['reason'] = $Connection.CloseReason }
        $client = Connect-ToServer $server
        Send-SocketData $client 'x'
        [void] (Wait-Until { $server.State['hangs'] })
        $clock = [System.Diagnostics.Stopwatch]::StartNew()
        $server | Stop-SocketServer -TimeoutSeconds 0.5
        $clock.Elapsed.TotalSeconds | Should -BeGreaterThan 0.4
        $clock.Elapsed.TotalSeconds | Should -BeLessThan 5
        $server.Status | Should -Be 'Stopped'
        $server.State['reason'] | Should -Be 'Aborted'
        Wait-ConnectionEnd $client | Should -Be 'reset'
    }

    It '-Force ends handlers and connections at once' {
        $server = Start-TcpServer 0 { [void] $Server.State.Increment('hangs'); Start-Sleep -Seconds 60 } -ThrottleLimit 4
        $clients = 1..6 | ForEach-Object { Connect-ToServer $server }
        $clients | ForEach-Object { Send-SocketData $_ 'x' }
        [void] (Wait-Until { $server.State['hangs'] -eq 4 })
        $clock = [System.Diagnostics.Stopwatch]::StartNew()
        $server | Stop-SocketServer -Force
        $clock.Elapsed.TotalSeconds | Should -BeLessThan 4
        $server.Status | Should -Be 'Stopped'
        $clients | ForEach-Object { Wait-ConnectionEnd $_ } | Sort-Object -Unique | Should -Be 'reset'
    }

    It 'ends a handler that waits for data or in a loop' {
        foreach ($handler in { Receive-SocketData $Connection -TimeoutSeconds 0 }, { while ($true) { $null = 1 } }, { Wait-TcpConnection (Start-TcpServer 0) }) {
            $server = Start-TcpServer 0 $handler
            Send-SocketData (Connect-ToServer $server) 'x'
            [void] (Wait-Until { $server.MessagesReceived -eq 1 })
            $clock = [System.Diagnostics.Stopwatch]::StartNew()
            $server | Stop-SocketServer -TimeoutSeconds 0.2
            $clock.Elapsed.TotalSeconds | Should -BeLessThan 4
            $server.Status | Should -Be 'Stopped'
        }
    }

    It 'does nothing the second time' {
        $server = Start-TcpServer 0 { $_ }
        $server | Stop-SocketServer
        (Get-Failure { $server | Stop-SocketServer }).Count | Should -Be 0
        (Get-Failure { $server | Stop-SocketServer -Force }).Count | Should -Be 0
        $server.Status | Should -Be 'Stopped'
    }

    It 'stops several from the pipeline, all at the same time' {
        $servers = 1..3 | ForEach-Object { Start-TcpServer 0 { Start-Sleep -Seconds 60 } }
        foreach ($server in $servers) {
            Send-SocketData (Connect-ToServer $server) 'x'
            [void] (Wait-Until { $server.MessagesReceived -eq 1 })
        }
        $clock = [System.Diagnostics.Stopwatch]::StartNew()
        Stop-SocketServer $servers -TimeoutSeconds 1
        $clock.Elapsed.TotalSeconds | Should -BeLessThan 2.8
        Get-SocketServer | Stop-SocketServer
        $servers | ForEach-Object { [string] $_.Status } | Should -Be 'Stopped', 'Stopped', 'Stopped'
    }

    It 'stops by -Name and by -Id, and leaves the others' {
        $web = Start-TcpServer 0 -Name 'web'
        $log = Start-TcpServer 0 -Name 'log'
        $other = Start-TcpServer 0 -Name 'other'
        Stop-SocketServer -Name 'w*'
        Stop-SocketServer -Id $log.Id
        $web.Status | Should -Be 'Stopped'
        $log.Status | Should -Be 'Stopped'
        $other.Status | Should -Be 'Running'
        Get-SocketServer | Should -Be $other
    }

    It 'writes ServerNotFound for what is not there' {
        (Get-Failure { Stop-SocketServer -Name 'nowhere' }).Id | Should -BeLike 'ServerNotFound,*'
        (Get-Failure { Stop-SocketServer -Id -1 }).Id | Should -BeLike 'ServerNotFound,*'
        (Get-Failure { Stop-SocketServer -Name 'nowhere*' }).Count | Should -Be 0
    }

    It 'says by -Verbose what there is to drain and what was served' {
        $server = Start-TcpServer 0 { $_ } -Name 'web'
        [void] (Get-Answer (Connect-ToServer $server) 'x')
        $said = @(Stop-SocketServer $server -Verbose 4>&1 | ForEach-Object { "$_" } | Where-Object { $_ -like '*stop*' })
        $said | Should -Contain "Stopping web on $($server.DisplayName): 1 connections, up to 5 s to drain."
        $said | Should -Contain "web on $($server.DisplayName) has stopped: 1 connections served, 1 messages, 0 errors."
    }

    It 'has a medium impact' {
        [System.Management.Automation.CommandMetadata]::new((Get-Command Stop-SocketServer)).ConfirmImpact | Should -Be 'Medium'
    }

    It '-WhatIf stops nothing' {
        $server = Start-TcpServer 0 { $_ }
        $server | Stop-SocketServer -WhatIf
        $server.Status | Should -Be 'Running'
        Get-Answer (Connect-ToServer $server) 'x' | Should -BeExactly 'x'
    }

    It 'goes by the name Stop-TcpServer too' {
        $server = Start-TcpServer 0
        $server | Stop-TcpServer
        $server.Status | Should -Be 'Stopped'
    }

    It 'closes connections that were taken one by one' {
        $server = Start-TcpServer 0
        $client = Connect-ToServer $server
        $taken = Wait-TcpConnection $server
        $server | Stop-SocketServer
        $taken.CloseReason | Should -Be 'ServerStopped'
        Wait-ConnectionEnd $client | Should -Be 'end'
    }

    It 'gives merged messages that have arrived to who reads after the stop' {
        $server = Start-TcpServer 0
        $client = Connect-ToServer $server
        1..3 | Send-SocketData $client
        ($server | Receive-SocketData -TimeoutSeconds 10).Text | Should -Be '1'
        [void] (Wait-Until { $server.QueuedMessages -eq 2 })
        $server | Stop-SocketServer
        ($server | Receive-SocketData -Wait).Text | Should -Be '2', '3'
        (Get-Failure { $server | Receive-SocketData }).Id | Should -BeLike 'ObjectClosed,*'
    }

    It 'leaves at Ctrl+C within a second, and the stop goes on' {
        $server = Start-TcpServer 0 { Start-Sleep -Seconds 60 }
        Send-SocketData (Connect-ToServer $server) 'x'
        [void] (Wait-Until { $server.MessagesReceived -eq 1 })
        $stopping = Start-Background { param($Server) $Server | Stop-SocketServer -TimeoutSeconds 60 } $server
        [void] (Wait-Until { [string] $server.Status -eq 'Stopping' })
        Stop-Background $stopping | Should -BeLessThan 1000
        $server.Status | Should -Be 'Stopping'
        $server | Stop-SocketServer -Force
        $server.Status | Should -Be 'Stopped'
    }

    It 'stops while clients come and send without end' {
        $server = Start-TcpServer 0 { "got $_" }
        $sending = Start-Background {
            param($Port)
            $ErrorActionPreference = 'Stop'
            while ($true) {
                $client = Connect-TcpClient 127.0.0.1 $Port
                1..50 | Send-SocketData $client
                $client | Close-Socket
            }
        } $server.Port
        [void] (Wait-Until { $server.AcceptedCount -ge 5 })
        $server | Stop-SocketServer -TimeoutSeconds 5
        $server.Status | Should -Be 'Stopped'
        { Wait-Background $sending } | Should -Throw
        $sending.PowerShell.InvocationStateInfo.State | Should -Be 'Failed' -Because 'it found the server gone'
    }

    It 'takes a name or an id by position' {
        $named = Start-TcpServer 0 -Name 'pss-by-name'
        $numbered = Start-TcpServer 0
        Stop-SocketServer pss-by-name
        Stop-SocketServer $numbered.Id
        $named.Status, $numbered.Status | Should -Be 'Stopped', 'Stopped'
        (Get-Failure { Stop-SocketServer pss-nobody }).Id | Should -BeLike 'ServerNotFound,*'
    }
}
