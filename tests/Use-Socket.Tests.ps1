BeforeDiscovery {
    $SystemHasProc = Test-Path -Path '/proc/self/fd'
}

BeforeAll {
    . (Join-Path $PSScriptRoot 'Support' 'common.ps1')
}

Describe 'Use-Socket' {
    AfterEach {
        Clear-TestSocket
    }

    Context 'a block that runs to its end' {
        It 'gives the socket as $_, returns the block''s output, and closes' {
            $server = Start-TcpServer 0 -Echo
            $connection = Connect-TcpClient 127.0.0.1 $server.Port
            $output = Use-Socket $connection {
                Send-SocketData $_ 'ping'
                Receive-SocketData $_ -TimeoutSeconds 10
                'done'
            }
            $output | Should -Be @('ping', 'done')
            [string] $connection.Status | Should -Be 'Closed'
        }

        It 'takes the socket from the pipeline' {
            $server = Start-TcpServer 0 -Echo
            Connect-TcpClient 127.0.0.1 $server.Port | Use-Socket {
                Send-SocketData $_ 'ping' -PassThru | Receive-SocketData -TimeoutSeconds 10
            } | Should -BeExactly 'ping'
            [void] (Wait-Until { $server.ConnectionCount -eq 0 })
        }

        It 'closes each of several before it runs the block for the next' {
            $first = New-TestConnection
            $second = New-TestConnection
            $seen = $first.Connection, $second.Connection | Use-Socket {
                "$($first.Connection.Status) $($second.Connection.Status)"
            }
            $seen | Should -Be @('Open Open', 'Closed Open')
            [string] $second.Connection.Status | Should -Be 'Closed'
        }

        It 'closes in good order: all that was sent arrives' {
            $test = New-TestConnection
            Use-Socket $test.Connection { 1..1000 | Send-SocketData $_ }
            ((Read-RawText $test.Peer) -split "`n").Count | Should -Be 1001
        }

        It 'runs the block in the caller''s own scope' {
            $test = New-TestConnection
            $count = 1
            Use-Socket $test.Connection { $count = $count + 1; $made = 'inside' }
            $count | Should -Be 2
            $made | Should -BeExactly 'inside'
        }

        It 'hands the output on while the block still runs' {
            $test = New-TestConnection
            $seen = [System.Collections.Generic.List[string]]::new()
            Use-Socket $test.Connection { 'a'; $seen.Add('after a'); 'b' } | ForEach-Object { $seen.Add($_) }
            $seen | Should -Be @('a', 'after a', 'b')
        }

        It 'does not unroll a byte[] that the block gives as one' {
            $test = New-TestConnection
            $output = @(Use-Socket $test.Connection { , [byte[]] (1, 2, 3) })
            $output.Count | Should -Be 1
            , $output[0] | Should -BeOfType [byte[]]
        }

        It 'may be nested' {
            $outer = New-TestConnection
            $inner = New-TestConnection
            Use-Socket $outer.Connection {
                $socket = $_
                Use-Socket $inner.Connection { "$($socket.Id) $($_.Id)" }
                "$($_.Status)"
            } | Should -Be @("$($outer.Connection.Id) $($inner.Connection.Id)", 'Open')
        }

        It 'does not mind that the block closes the socket itself, or does nothing' {
            $test = New-TestConnection
            (Get-Failure { Use-Socket $test.Connection { Close-Socket $_ } }).Count | Should -Be 0
            $test = New-TestConnection
            (Get-Failure { Use-Socket $test.Connection { } }).Count | Should -Be 0
            [string] $test.Connection.Status | Should -Be 'Closed'
        }

        It 'works with a server' {
            $server = Start-TcpServer 0
            Use-Socket $server { [string] $_.Status } | Should -Be 'Running'
            [string] $server.Status | Should -Be 'Stopped'
        }

        It 'gives the caller its own $_ back' {
            $test = New-TestConnection
            'mine' | ForEach-Object {
                Use-Socket $test.Connection { }
                $_
            } | Should -BeExactly 'mine'
        }
    }

    Context 'a block that ends otherwise' {
        It 'closes by throw, and lets the error out' {
            $test = New-TestConnection
            { Use-Socket $test.Connection { throw 'broken' } } | Should -Throw -ExpectedMessage 'broken'
            [string] $test.Connection.Status | Should -Be 'Closed'
        }

        It 'closes by an error under -ErrorAction Stop' {
            $test = New-TestConnection
            { Use-Socket $test.Connection { Receive-SocketData $_ -TimeoutSeconds 0.05 -ErrorAction Stop } } |
                Should -Throw -ErrorId 'ReceiveTimedOut,PSSockets.Commands.ReceiveSocketDataCommand'
            [string] $test.Connection.Status | Should -Be 'Closed'
        }

        It 'goes on after an error that does not end the block' {
            $test = New-TestConnection
            $failure = Get-Failure { Use-Socket $test.Connection { Receive-SocketData $_ -TimeoutSeconds 0.05; 'went on' } }
            $failure.Id | Should -BeLike 'ReceiveTimedOut,*'
            $failure.Output | Should -Be @('went on')
            [string] $test.Connection.Status | Should -Be 'Closed'
        }

        It 'closes by break out of a loop' {
            $test = New-TestConnection
            $passes = 0
            foreach ($i in 1..3) {
                $passes++
                Use-Socket $test.Connection { break }
            }
            $passes | Should -Be 1
            [string] $test.Connection.Status | Should -Be 'Closed'
        }

        It 'closes by return, with what was put out before' {
            $test = New-TestConnection
            Use-Socket $test.Connection { 'before'; return; 'after' } | Should -Be @('before')
            [string] $test.Connection.Status | Should -Be 'Closed'
        }

        It 'closes by Select-Object -First 1' {
            $test = New-TestConnection
            Use-Socket $test.Connection { 1; 2; 3 } | Select-Object -First 1 | Should -Be 1
            [string] $test.Connection.Status | Should -Be 'Closed'
        }

        It 'closes by <name> downstream' -ForEach @(
            @{ Name = 'throw'; Script = { param($c) try { Use-Socket $c { 1; 2 } | ForEach-Object { throw 'no' } } catch { } } }
            @{ Name = 'break'; Script = { param($c) foreach ($once in 1) { Use-Socket $c { 1; 2 } | ForEach-Object { break } } } }
        ) {
            $test = New-TestConnection
            & $script $test.Connection
            [string] $test.Connection.Status | Should -Be 'Closed'
        }

        It 'closes at once by Ctrl+C' {
            $test = New-TestConnection
            $background = Start-Background { param($connection) Use-Socket $connection { Receive-SocketData $_ -Wait } } -ArgumentList $test.Connection
            Wait-Blocked $background
            Stop-Background $background | Should -BeLessThan 1000
            [void] (Wait-Until { [string] $test.Connection.Status -eq 'Closed' })
            (Read-Raw $test.Peer).Length | Should -Be 0
        }

        It 'closes by Ctrl+C while the block sends to a peer that does not read' {
            $test = New-TestConnection @{ Framing = 'Raw' }
            $background = Start-Background { param($connection) Use-Socket $connection { Send-SocketData $_ ([byte[]]::new(16MB)) } } -ArgumentList $test.Connection
            Wait-Blocked $background
            Stop-Background $background | Should -BeLessThan 1000
            [void] (Wait-Until { [string] $test.Connection.Status -eq 'Closed' })
        }

        It 'leaves no socket after a hundred blocks that end in all ways' -Skip:(-not $SystemHasProc) {
            [void] (New-TestConnection)
            Clear-TestSocket
            $before = Get-OpenSocketCount
            $server = Start-TcpServer 0 -Echo
            for ($i = 0; $i -lt 100; $i++) {
                $connection = Connect-TcpClient 127.0.0.1 $server.Port
                switch ($i % 4) {
                    0 { Use-Socket $connection { Send-SocketData $_ 'x' } }
                    1 { try { Use-Socket $connection { throw 'x' } } catch { } }
                    2 { $null = Use-Socket $connection { 1; 2 } | Select-Object -First 1 }
                    3 { foreach ($once in 1) { Use-Socket $connection { break } } }
                }
            }
            Stop-SocketServer $server
            [void] (Wait-Until { (Get-OpenSocketCount) -le $before } -Because 'all sockets were to be closed')
            @(Get-SocketConnection).Count | Should -Be 0
        }
    }

    Context 'bad input' {
        It 'says that the socket may be null' {
            $failure = Get-Failure { Use-Socket $null { } }
            $failure.Id | Should -BeLike 'ParameterArgumentValidationError,*'
            $failure.Message | Should -BeLike '*the socket*'
            (Get-Failure { $null | Use-Socket { } }).Message | Should -BeLike "*'Socket'*null*"
        }

        It 'refuses null, and what is no socket' {
            { Use-Socket $null { } } | Should -Throw -ErrorId 'ParameterArgumentValidationError,PSSockets.Commands.UseSocketCommand'
            { Use-Socket -Socket 'text' -ScriptBlock { } } | Should -Throw -ErrorId 'CannotConvertArgumentNoMessage,PSSockets.Commands.UseSocketCommand'
        }

        It 'refuses what is no block, and leaves the socket open' {
            $test = New-TestConnection
            { Use-Socket $test.Connection $null } | Should -Throw -ErrorId 'ParameterArgumentValidationError,PSSockets.Commands.UseSocketCommand'
            [string] $test.Connection.Status | Should -Be 'Open'
        }

        It 'runs the block for a closed socket too, whose use is the error' {
            $test = New-TestConnection
            Close-Socket $test.Connection
            $failure = Get-Failure { Use-Socket $test.Connection { Send-SocketData $_ 'x' } }
            $failure.Count | Should -Be 1
            $failure.Id | Should -BeExactly 'ObjectClosed,PSSockets.Commands.SendSocketDataCommand'
        }
    }

    Context 'in a script' {
        It 'works under strict mode and $ErrorActionPreference Stop' {
            $test = New-TestConnection
            $result = & {
                Set-StrictMode -Version Latest
                $ErrorActionPreference = 'Stop'
                Use-Socket $test.Connection { Send-SocketData $_ 'strict'; [string] $_.Status }
            }
            $result | Should -Be 'Open'
            Read-RawText $test.Peer | Should -BeExactly "strict`n"
        }
    }
}
