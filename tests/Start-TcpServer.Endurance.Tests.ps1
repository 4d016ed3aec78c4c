Describe 'Start-TcpServer in the long run' {
    BeforeAll {
        . "$PSScriptRoot/Support/common.ps1"
    }

    AfterEach {
        Clear-TestSocket
    }

    Context '-HandlerTimeoutSeconds' {
        It 'stops a call that <Name>, reports it, and goes on with the next message' -ForEach @(
            @{ Name = 'sleeps'; Word = 'sleep' }
            @{ Name = 'loops'; Word = 'loop' }
            @{ Name = 'waits for data'; Word = 'receive' }
        ) {
            $server = Start-TcpServer 0 -HandlerTimeoutSeconds 0.3 -ThrottleLimit 1 -OnMessage {
                switch ($_) {
                    'sleep' { Start-Sleep -Seconds 60 }
                    'loop' { while ($true) { } }
                    'receive' { Receive-SocketData $Connection -TimeoutSeconds 60 }
                }
                "done $_"
            }
            $client = Connect-TcpClient -ComputerName localhost -Port $server.Port
            Send-SocketData $client 'first'
            Receive-SocketData $client -TimeoutSeconds 10 | Should -BeExactly 'done first'
            Send-SocketData $client $Word
            $null = Wait-Until { $server.ErrorCount -eq 1 }
            $server.Errors[0].FullyQualifiedErrorId | Should -Be 'HandlerTimedOut'
            $server.Errors[0].CategoryInfo.Category | Should -Be 'OperationTimeout'
            $server.Errors[0].TargetObject.RemoteEndPoint.Port | Should -Be $client.LocalEndPoint.Port
            Send-SocketData $client 'next'
            Receive-SocketData $client -TimeoutSeconds 10 | Should -BeExactly 'done next'
            $server.ErrorCount | Should -Be 1
        }

        It 'reports a call that sits in foreign code when the limit passes, and only once' {
            $gate = [System.Threading.ManualResetEventSlim]::new()
            try {
                $server = Start-TcpServer 0 -HandlerTimeoutSeconds 0.3 -ThrottleLimit 1 -ArgumentList $gate -OnMessage {
                    if ($_ -eq 'foreign') { $args[0].Wait() }
                    "done $_"
                }
                $client = Connect-TcpClient -ComputerName localhost -Port $server.Port
                Send-SocketData $client 'foreign'
                $null = Wait-Until { $server.ErrorCount -eq 1 } -Because 'the call is overdue, though it has not ended'
                $server.Errors[0].FullyQualifiedErrorId | Should -Be 'HandlerTimedOut'
                "$($server.Errors[0])" | Should -BeLike 'OnMessage: *0*3 s*'
                $server.Errors[0].TargetObject.RemoteEndPoint.Port | Should -Be $client.LocalEndPoint.Port
            }
            finally {
                $gate.Set()
            }
            Send-SocketData $client 'next'
            $null = Wait-Until { (Receive-SocketData $client -TimeoutSeconds 10) -eq 'done next' }
            $server.ErrorCount | Should -Be 1
        }

        It 'stops that call only: others at the same time are not touched' {
            $server = Start-TcpServer 0 -HandlerTimeoutSeconds 0.5 -ThrottleLimit 2 -OnMessage {
                if ($_ -eq 'hang') { Start-Sleep -Seconds 60 }
                $_
            }
            $hanging = Connect-TcpClient -ComputerName localhost -Port $server.Port
            $busy = Connect-TcpClient -ComputerName localhost -Port $server.Port
            Send-SocketData $hanging 'hang'
            $count = 0
            $null = Wait-Until -TimeoutSeconds 20 {
                Send-SocketData $busy "$count"
                Receive-SocketData $busy -TimeoutSeconds 10 | Should -BeExactly "$count"
                $script:count = ++$count
                $server.ErrorCount -ge 1
            }
            $server.ErrorCount | Should -Be 1
        }

        It 'keeps functions of -InitializationScript and $using: after a stopped call' {
            $greeting = 'hi'
            $server = Start-TcpServer 0 -HandlerTimeoutSeconds 0.3 -ThrottleLimit 1 -InitializationScript { function Get-Twice { $args[0] * 2 } } -OnMessage {
                if ($_ -eq 'hang') { Start-Sleep -Seconds 60 }
                "$($using:greeting) $(Get-Twice $_)"
            }
            $client = Connect-TcpClient -ComputerName localhost -Port $server.Port
            Send-SocketData $client 'hang', 'ab'
            Receive-SocketData $client -TimeoutSeconds 10 | Should -BeExactly 'hi abab'
        }
    }

    It 'holds back a client of 300,000 lines while the handler is busy, and loses none' {
        $gate = [System.Threading.ManualResetEventSlim]::new()
        $server = Start-TcpServer 0 -ArgumentList $gate -OnMessage {
            $args[0].Wait()
            $null = $Server.State.Increment('count')
            $null = $Server.State.Increment('sum', [long] $_)
        }
        $client = Connect-TcpClient -ComputerName localhost -Port $server.Port
        $sending = Start-Background { param($Client) 1..300000 | ForEach-Object { $_.ToString('d80') } | Send-SocketData $Client -TimeoutSeconds 0 } -ArgumentList $client
        $null = Wait-Until -TimeoutSeconds 30 { $client.QueuedBytes -ge 1MB } -Because 'the client was to be held back'
        $server.MessagesReceived | Should -BeLessOrEqual 1
        $sending.Result.IsCompleted | Should -BeFalse
        $gate.Set()
        $null = Wait-Until -TimeoutSeconds 60 { $server.State.count -eq 300000 }
        $server.State.sum | Should -Be (300000L * 300001 / 2)
        $null = Wait-Background $sending
        $server.ErrorCount | Should -Be 0
    }

    It 'holds back 300,000 lines that nobody receives, and gives all of them in order later' {
        $server = Start-TcpServer 0
        $client = Connect-TcpClient -ComputerName localhost -Port $server.Port
        $sending = Start-Background { param($Client) 1..300000 | ForEach-Object { $_.ToString('d80') } | Send-SocketData $Client -TimeoutSeconds 0 -CompleteWrites } -ArgumentList $client
        [int] (Receive-SocketData $server -TimeoutSeconds 10).Text | Should -Be 1
        $null = Wait-Until -TimeoutSeconds 30 { $client.QueuedBytes -ge 1MB } -Because 'the client was to be held back'
        $server.QueuedMessages | Should -BeLessOrEqual 1025
        $expected = 2
        $server | Receive-SocketData -TotalCount 299999 -TimeoutSeconds 30 | ForEach-Object {
            if ([int] $_.Text -ne $expected) { throw "$expected was to come, not $_" }
            $expected++
        }
        $expected | Should -Be 300001
        $null = Wait-Background $sending
    }

    It 'keeps the messages of its clients from everybody else' {
        $server = Start-TcpServer 0 -OnConnect { 'hello' } -OnMessage { Start-Sleep -Milliseconds 300; "Echo: $_" }
        $client = Connect-TcpClient -ComputerName localhost -Port $server.Port
        Receive-SocketData $client -TimeoutSeconds 10 | Should -BeExactly 'hello'
        (Get-Failure { $server.Connections[0] | Receive-SocketData -TimeoutSeconds 1 }).Id | Should -BeLike 'ConnectionBusy,*'
        Send-SocketData $client 'one'
        $null = Wait-Until { $server.MessagesReceived -eq 1 }
        (Get-Failure { $server.Connections[0] | Receive-SocketData -TimeoutSeconds 1 }).Id | Should -BeLike 'ConnectionBusy,*'
        Send-SocketData $client 'two'
        Receive-SocketData $client -TotalCount 2 -TimeoutSeconds 10 | Should -Be 'Echo: one', 'Echo: two'
    }

    It 'does not count the time of its handler as idle' {
        $server = Start-TcpServer 0 -IdleTimeoutSeconds 0.4 -OnMessage { Start-Sleep -Milliseconds 1200; 'late' }
        $client = Connect-TcpClient -ComputerName localhost -Port $server.Port
        Send-SocketData $client 'x'
        Receive-SocketData $client -TimeoutSeconds 10 | Should -BeExactly 'late'
        (Get-Failure { Receive-SocketData $client -TimeoutSeconds 10 }).Id | Should -BeLike 'ConnectionReset,*'
    }

    It 'goes on with the others where one recipient resets while it is waited for' {
        $server = Start-TcpServer 0 -SlowConsumer Wait
        $silent = Connect-TcpClient -ComputerName localhost -Port $server.Port
        $null = Wait-Until { $server.ConnectionCount -eq 1 }
        $reader = Connect-TcpClient -ComputerName localhost -Port $server.Port
        $null = Wait-Until { $server.ConnectionCount -eq 2 }
        $sending = Start-Background { param($Server) 1..60 | ForEach-Object { "$_".PadLeft(200000) } | Send-SocketData $Server -TimeoutSeconds 0 } -ArgumentList $server
        $receiving = Start-Background { param($Client) Receive-SocketData $Client -TotalCount 60 -TimeoutSeconds 30 } -ArgumentList $reader
        $null = Wait-Until -TimeoutSeconds 30 { ($server.Connections | Where-Object QueuedBytes -GT 900KB) } -Because 'the sender was to wait for the silent one'
        Close-Socket $silent -Abort
        $null = Wait-Background $sending -TimeoutSeconds 60
        @(Wait-Background $receiving -TimeoutSeconds 60).Count | Should -Be 60
    }

    It 'lets a handler use every client cmdlet of the module' {
        $echo = Start-TcpServer 0 -Echo
        $port = $echo.Port
        $path = New-TestPath
        $server = Start-TcpServer 0 -OnMessage {
            $client = Connect-TcpClient -ComputerName localhost -Port $using:port
            Set-SocketOption $client -KeepAlive $true
            $keepAlive = (Get-SocketOption $client).KeepAlive
            Send-SocketData $client $_
            $answer = Receive-SocketData $client -TimeoutSeconds 10
            $listed = @(Get-SocketConnection -Id $client.Id).Count
            Close-Socket $client
            $inner = Start-TcpServer -UnixSocket $using:path
            $twice = Connect-TcpClient -UnixSocket $using:path | Use-Socket -ScriptBlock {
                $peer = Wait-TcpConnection $inner -TimeoutSeconds 10
                Send-SocketData $_ 'inner' -CompleteWrites
                Receive-SocketData $peer -Raw -TimeoutSeconds 10
                Close-Socket $peer
            }
            $servers = @(Get-SocketServer -Id $inner.Id).Count
            Stop-SocketServer $inner
            "$answer $keepAlive $listed $($twice.Trim()) $servers $($client.Status) $($inner.Status)"
        }
        $client = Connect-TcpClient -ComputerName localhost -Port $server.Port
        Send-SocketData $client 'ping'
        Receive-SocketData $client -TimeoutSeconds 20 | Should -BeExactly 'ping True 1 inner 1 Closed Stopped'
        $server.Errors | Should -BeNullOrEmpty
    }

    It 'starts and stops a thousand times and leaves no thread or socket' -Skip:(-not $IsLinux) {
        function Invoke-Once {
            $server = Start-TcpServer 0 -ThrottleLimit 1 -OnMessage { $_ }
            $client = Connect-TcpClient -ComputerName localhost -Port $server.Port
            Send-SocketData $client 'x'
            if ((Receive-SocketData $client -TimeoutSeconds 10) -ne 'x') { throw 'no echo' }
            Close-Socket $client
            Stop-SocketServer $server
        }
        1..10 | ForEach-Object { Invoke-Once }
        [System.GC]::Collect()
        $sockets = Get-OpenSocketCount
        $threads = [System.Diagnostics.Process]::GetCurrentProcess().Threads.Count
        1..1000 | ForEach-Object { Invoke-Once }
        $null = Wait-Until { (Get-OpenSocketCount) -le $sockets }
        $null = Wait-Until { [System.Diagnostics.Process]::GetCurrentProcess().Threads.Count -le $threads + 8 }
        @(Get-SocketServer).Count | Should -Be 0
        [System.GC]::Collect()
        [System.GC]::WaitForPendingFinalizers()
        [System.GC]::Collect()
        [System.GC]::GetTotalMemory($true) / 1MB | Should -BeLessThan 400
    }

    It 'has a State that works like a hashtable' {
        $server = Start-TcpServer 0 -OnMessage {
            $State = $Connection.State
            $State.Add('a', 1)
            $State['b'] = 2
            $before = "$($State.Contains('A')) $($State.Count)"
            $State.Remove('a')
            $State.Remove('none')
            "$before $($State.Count) $($State.a) $($State.b)"
        }
        $client = Connect-TcpClient -ComputerName localhost -Port $server.Port
        Send-SocketData $client 'x'
        Receive-SocketData $client -TimeoutSeconds 10 | Should -BeExactly 'True 2 1  2'
    }
}
