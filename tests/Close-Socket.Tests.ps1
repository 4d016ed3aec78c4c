BeforeDiscovery {
    $SystemHasProc = Test-Path -Path '/proc/self/fd'
}

BeforeAll {
    . (Join-Path $PSScriptRoot 'Support' 'common.ps1')
}

Describe 'Close-Socket' {
    AfterEach {
        Clear-TestSocket
    }

    Context 'in good order' {
        It 'ends the stream behind all that was sent' {
            $test = New-TestConnection
            Send-SocketData $test.Connection 'last words'
            Close-Socket $test.Connection | Should -BeNullOrEmpty
            Read-RawText $test.Peer | Should -BeExactly "last words`n"
            [string] $test.Connection.Status | Should -Be 'Closed'
            [string] $test.Connection.CloseReason | Should -Be 'Closed'
        }

        It 'does not reset the peer where something was left unread' {
            $test = New-TestConnection
            Send-Raw $test.Peer ('unread' * 1000)
            [void] (Wait-Until { (Get-Failure { Receive-SocketData $test.Connection -ByteCount 1 -TimeoutSeconds 1 }).Count -eq 0 })
            Send-SocketData $test.Connection 'answer'
            Close-Socket $test.Connection
            Read-RawText $test.Peer | Should -BeExactly "answer`n"
        }

        It 'waits for the peer to take what is queued' {
            $test = New-TestConnection @{ Framing = 'Raw' }
            (Get-Failure { Send-SocketData $test.Connection ([byte[]]::new(12MB)) -TimeoutSeconds 0.1 }).Id | Should -BeLike 'SendTimedOut,*'
            $closing = Start-Background { param($connection) Close-Socket $connection -TimeoutSeconds 20 } -ArgumentList $test.Connection
            (Read-Raw $test.Peer).Length | Should -Be 12MB
            $null = Wait-Background $closing
            [string] $test.Connection.CloseReason | Should -Be 'Closed'
        }

        It 'takes the connection from Get-SocketConnection, which does not show it any more' {
            $null = New-TestConnection @{ Name = 'first' }
            $null = New-TestConnection @{ Name = 'second' }
            Get-SocketConnection -Name first, second | Close-Socket
            [void] (Wait-Until { @(Get-SocketConnection -Name 'first*', 'second*').Count -eq 0 })
        }

        It 'closes several, given as an array; and none' {
            $tests = 1..3 | ForEach-Object { New-TestConnection }
            Close-Socket $tests.Connection
            @($tests | Where-Object { [string] $_.Connection.Status -ne 'Closed' }).Count | Should -Be 0
            (Get-Failure { Close-Socket @() }).Count | Should -Be 0
            (Get-Failure { @() | Close-Socket }).Count | Should -Be 0
        }

        It 'may be done twice, and after the peer has gone' {
            $test = New-TestConnection
            Close-Socket $test.Connection
            (Get-Failure { Close-Socket $test.Connection }).Count | Should -Be 0
            $test = New-TestConnection
            $test.Peer.Close(0)
            (Get-Failure { Close-Socket $test.Connection }).Count | Should -Be 0
        }

        It 'ends a half-closed connection' {
            $test = New-TestConnection
            Send-SocketData $test.Connection 'bye' -CompleteWrites
            Close-Socket $test.Connection
            Read-RawText $test.Peer | Should -BeExactly "bye`n"
            [string] $test.Connection.Status | Should -Be 'Closed'
        }

        It 'is seen by the other end as the end of the stream' {
            $pair = New-TestPair
            Send-SocketData $pair.Client 'one'
            Close-Socket $pair.Client
            @(Receive-SocketData $pair.Accepted -Wait) | Should -Be @('one')
            [string] $pair.Accepted.Status | Should -Be 'EndedByPeer'
        }

        It 'stops a server' {
            $server = Start-TcpServer 0
            Close-Socket $server
            [string] $server.Status | Should -Be 'Stopped'
        }

        It 'closes a Unix domain connection' {
            $path = New-TestPath '.sock'
            $server = Start-TcpServer -UnixSocket $path
            $client = Connect-TcpClient -UnixSocket $path
            $accepted = Wait-TcpConnection $server -TimeoutSeconds 10
            Send-SocketData $client 'last'
            Close-Socket $client
            @(Receive-SocketData $accepted -Wait) | Should -Be @('last')
        }
    }

    Context '-Abort' {
        It 'resets the peer at once' {
            $test = New-TestConnection
            Close-Socket $test.Connection -Abort
            $test.Peer.Poll(10000000, 'SelectRead') | Should -BeTrue
            $caught = try { Read-Raw $test.Peer } catch { $_.Exception.InnerException }
            [string] $caught.SocketErrorCode | Should -Be 'ConnectionReset'
            [string] $test.Connection.CloseReason | Should -Be 'Aborted'
        }

        It 'does not wait for what is queued' {
            $test = New-TestConnection @{ Framing = 'Raw' }
            (Get-Failure { Send-SocketData $test.Connection ([byte[]]::new(12MB)) -TimeoutSeconds 0.1 }).Id | Should -BeLike 'SendTimedOut,*'
            $clock = [System.Diagnostics.Stopwatch]::StartNew()
            Close-Socket $test.Connection -Abort
            $clock.Elapsed.TotalSeconds | Should -BeLessThan 2
            [string] $test.Connection.Status | Should -Be 'Closed'
        }

        It 'aborts a server whose clients do not read' {
            $pair = New-TestPair @{ Framing = 'Raw' }
            (Get-Failure { Send-SocketData $pair.Accepted ([byte[]]::new(12MB)) -TimeoutSeconds 0.1 }).Id | Should -BeLike 'SendTimedOut,*'
            $clock = [System.Diagnostics.Stopwatch]::StartNew()
            Close-Socket $pair.Server -Abort
            [void] (Wait-Until { [string] $pair.Server.Status -eq 'Stopped' })
            $clock.Elapsed.TotalSeconds | Should -BeLessThan 3
            [string] $pair.Accepted.CloseReason | Should -Be 'Aborted'
        }
    }

    Context 'errors' {
        It 'ends with SendTimedOut where the peer does not take the rest, and aborts' {
            $test = New-TestConnection @{ Framing = 'Raw' }
            $null = Get-Failure { Send-SocketData $test.Connection ([byte[]]::new(12MB)) -TimeoutSeconds 0.1 }
            $clock = [System.Diagnostics.Stopwatch]::StartNew()
            $failure = Get-Failure { Close-Socket $test.Connection -TimeoutSeconds 0.2 }
            $clock.Elapsed.TotalSeconds | Should -BeLessThan 5
            $failure.Id | Should -BeExactly 'SendTimedOut,PSSockets.Commands.CloseSocketCommand'
            $failure.Category | Should -Be 'OperationTimeout'
            $failure.IsTerminating | Should -BeFalse
            $failure.Record.TargetObject | Should -Be $test.Connection
            $failure.Message | Should -BeLike "$($test.Connection.DisplayName) did not take the last * bytes within 0.2 s; the connection was aborted.*"
            [string] $test.Connection.CloseReason | Should -Be 'Aborted'
        }

        It 'goes on with the next one after an error' {
            $stuck = New-TestConnection @{ Framing = 'Raw' }
            $fine = New-TestConnection
            $null = Get-Failure { Send-SocketData $stuck.Connection ([byte[]]::new(12MB)) -TimeoutSeconds 0.1 }
            (Get-Failure { $stuck.Connection, $fine.Connection | Close-Socket -TimeoutSeconds 0.1 }).Count | Should -Be 1
            [string] $fine.Connection.Status | Should -Be 'Closed'
        }

        It 'refuses null and what is no socket' {
            { Close-Socket $null } | Should -Throw -ErrorId 'ParameterArgumentValidationError,PSSockets.Commands.CloseSocketCommand'
            (Get-Failure { 'text' | Close-Socket }).Id | Should -BeExactly 'InputObjectNotBound,PSSockets.Commands.CloseSocketCommand'
        }
    }

    Context 'ending early' {
        It 'stops at once by Ctrl+C while the peer does not read' {
            $test = New-TestConnection @{ Framing = 'Raw' }
            $null = Get-Failure { Send-SocketData $test.Connection ([byte[]]::new(12MB)) -TimeoutSeconds 0.1 }
            $background = Start-Background { param($connection) Close-Socket $connection -TimeoutSeconds 0 } -ArgumentList $test.Connection
            Wait-Blocked $background
            Stop-Background $background | Should -BeLessThan 1000
        }

        It 'says by -Verbose why it has ended and what went over it' {
            $test = New-TestConnection
            Send-SocketData $test.Connection 'hello'
            $said = @(Close-Socket $test.Connection -Verbose 4>&1 | ForEach-Object { "$_" })
            $said[-1] | Should -BeLike '* has ended (Closed): 0 bytes received, 6 sent.'
        }

        It 'asks where the user wants to be asked about closing: its impact is medium' {
            [System.Management.Automation.CommandMetadata]::new((Get-Command Close-Socket)).ConfirmImpact | Should -Be 'Medium'
            [System.Management.Automation.CommandMetadata]::new((Get-Command Close-Socket)).SupportsShouldProcess | Should -BeTrue
        }

        It 'leaves the connection open by -WhatIf' {
            $test = New-TestConnection
            Close-Socket $test.Connection -WhatIf
            [string] $test.Connection.Status | Should -Be 'Open'
        }

        It 'leaves no socket after a hundred times, in good order and aborted' -Skip:(-not $SystemHasProc) {
            [void] (New-TestConnection)
            Clear-TestSocket
            $before = Get-OpenSocketCount
            for ($i = 0; $i -lt 100; $i++) {
                $test = New-TestConnection
                Send-SocketData $test.Connection 'x'
                Close-Socket $test.Connection -Abort:($i % 2 -eq 1)
                $test.Peer.Dispose()
            }
            [void] (Wait-Until { (Get-OpenSocketCount) -le $before } -Because 'all sockets were to be closed')
            @(Get-SocketConnection).Count | Should -Be 0
        }
    }

    Context 'in a script' {
        It 'works under strict mode and $ErrorActionPreference Stop' {
            $test = New-TestConnection
            & {
                Set-StrictMode -Version Latest
                $ErrorActionPreference = 'Stop'
                $test.Connection | Close-Socket
            }
            [string] $test.Connection.Status | Should -Be 'Closed'
        }
    }
}
