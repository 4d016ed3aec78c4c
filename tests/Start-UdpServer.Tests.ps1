Describe 'Start-UdpServer' {
    BeforeAll {
        . "$PSScriptRoot/Support/common.ps1"
        . "$PSScriptRoot/Support/peers.ps1"
        . "$PSScriptRoot/Support/datagrams.ps1"

        function Get-Reply($Server, $Message, [hashtable] $Parameters = @{}) {
            (Send-UdpDatagram 127.0.0.1 $Server.Port $Message -WaitReply -TimeoutSeconds 10 -ErrorAction Stop @Parameters).Text
        }
    }

    AfterEach {
        Clear-TestSocket
    }

    Context 'with a handler' {
        It 'sends its output to the sender, each object as a datagram' {
            $server = Start-UdpServer 0 { "Echo: $_"; [byte[]] (33, 33); '' }
            Get-Reply $server "gr`u{FC}n" @{ ReplyCount = 3 } | Should -Be "Echo: gr`u{FC}n", '!!', ''
        }

        It 'answers nothing where the handler outputs nothing, and an empty datagram is a message' {
            $server = Start-UdpServer 0 { if ($_ -eq '') { 'empty' } }
            (Get-Failure { Send-UdpDatagram 127.0.0.1 $server.Port 'x' -WaitReply -TimeoutSeconds 0.3 }).Id | Should -BeLike 'ReceiveTimedOut,*'
            Get-Reply $server '' | Should -BeExactly 'empty'
        }

        It 'has the sender in $Connection and the server in $Server' {
            $server = Start-UdpServer 0 { "$($Connection.RemoteEndPoint.Port) $($Server.Name) $($Connection.Server.Id -eq $Server.Id)" } -Name named
            $socket = Open-UdpSocket -ComputerName 127.0.0.1 -Port $server.Port
            (Send-UdpDatagram -Socket $socket 'x' -WaitReply).Text | Should -BeExactly "$($socket.Port) named True"
        }

        It 'keeps a state for each sender and one for all' {
            $server = Start-UdpServer 0 { "$($Connection.State.Increment('n')) $($Server.State.Increment('n'))" }
            $first = Open-UdpSocket -ComputerName 127.0.0.1 -Port $server.Port
            $second = Open-UdpSocket -ComputerName 127.0.0.1 -Port $server.Port
            $texts = $first, $first, $second | ForEach-Object { (Send-UdpDatagram -Socket $_ 'x' -WaitReply).Text }
            $texts | Should -Be '1 1', '2 2', '1 3'
            $server.PeerCount | Should -Be 2
            $server.Peers[0].DatagramsReceived | Should -Be 2
        }

        It 'gives bytes with -AsByteStream, and text in its -Encoding' {
            Get-Reply (Start-UdpServer 0 { "$($_.GetType().Name) $($_.Length)" } -AsByteStream) ([byte[]] (0, 255)) | Should -BeExactly 'Byte[] 2'
            Get-Reply (Start-UdpServer 0 { $_.Length } -Encoding latin1) ([byte[]] (0xFC, 0xFC)) | Should -BeExactly '2'
        }

        It 'keeps the order of a sender whatever the number of workers' {
            $server = Start-UdpServer 0 { $_ } -ThrottleLimit 4
            $socket = Open-UdpSocket -ComputerName 127.0.0.1 -Port $server.Port
            1..300 | Send-SocketData $socket
            ($socket | Receive-SocketData -TotalCount 300 -TimeoutSeconds 10).Text | Should -Be @(1..300 | ForEach-Object { "$_" })
        }

        It 'handles several senders at a time' {
            $server = Start-UdpServer 0 {
                $entered = $Server.State['Entered']
                [void] $entered.Signal()
                "$($entered.Wait(10000))"
            } -ThrottleLimit 3
            $server.State['Entered'] = [System.Threading.CountdownEvent]::new(3)
            $sockets = 1..3 | ForEach-Object { Open-UdpSocket -ComputerName 127.0.0.1 -Port $server.Port }
            $sockets | ForEach-Object { Send-SocketData $_ 'x' }
            $sockets | ForEach-Object { (Receive-SocketData $_ -TimeoutSeconds 15).Text } | Should -Be 'True', 'True', 'True'
        }

        It 'takes $using:, -ArgumentList and -InitializationScript' {
            $word = 'captured'
            $server = Start-UdpServer 0 { param($First) "$using:word $First $(Get-It)" } -ArgumentList 'given' -InitializationScript { function Get-It { 'made' } }
            Get-Reply $server 'x' | Should -BeExactly 'captured given made'
        }

        It 'lives on after an error, which it keeps' {
            $server = Start-UdpServer 0 { if ($_ -eq 'bad') { throw 'broken' }; 'fine' }
            Send-UdpDatagram 127.0.0.1 $server.Port 'bad'
            $errors = Wait-ServerError $server
            $errors[0].FullyQualifiedErrorId | Should -BeExactly 'HandlerFailed'
            "$($errors[0])" | Should -BeLike '*broken*'
            $errors[0].TargetObject | Should -BeOfType 'PSSockets.Engine.Datagrams.UdpPeer'
            Get-Reply $server 'good' | Should -BeExactly 'fine'
        }

        It 'keeps the error of a reply that is too large' {
            $server = Start-UdpServer 0 { , [byte[]]::new(70000) }
            Send-UdpDatagram 127.0.0.1 $server.Port 'x'
            (Wait-ServerError $server)[0].FullyQualifiedErrorId | Should -BeExactly 'DatagramTooLarge'
        }

        It 'stops a call that takes too long' {
            $server = Start-UdpServer 0 { if ($_ -eq 'slow') { Start-Sleep 60 }; 'fine' } -HandlerTimeoutSeconds 0.3
            Send-UdpDatagram 127.0.0.1 $server.Port 'slow'
            (Wait-ServerError $server)[0].FullyQualifiedErrorId | Should -BeExactly 'HandlerTimedOut'
            Get-Reply $server 'quick' | Should -BeExactly 'fine'
        }

        It 'reports a call that sits in foreign code when the limit passes, and only once' {
            $gate = [System.Threading.ManualResetEventSlim]::new()
            try {
                $server = Start-UdpServer 0 { if ($_ -eq 'foreign') { $args[0].Wait() }; 'fine' } -HandlerTimeoutSeconds 0.3 -ThrottleLimit 1 -ArgumentList $gate
                Send-UdpDatagram 127.0.0.1 $server.Port 'foreign'
                (Wait-ServerError $server)[0].FullyQualifiedErrorId | Should -BeExactly 'HandlerTimedOut'
            }
            finally {
                $gate.Set()
            }
            Get-Reply $server 'next' | Should -BeExactly 'fine'
            $server.ErrorCount | Should -Be 1
        }

        It 'keeps the error of a datagram that is no text in a strict encoding, and goes on' {
            $strict = [System.Text.UTF8Encoding]::new($false, $true)
            $server = Start-UdpServer 0 { "Echo: $_" } -Encoding $strict -ThrottleLimit 1
            Send-UdpDatagram 127.0.0.1 $server.Port ([byte[]] (255, 255))
            (Wait-ServerError $server)[0].FullyQualifiedErrorId | Should -BeExactly 'InvalidFrame'
            Get-Reply $server 'text' | Should -BeExactly 'Echo: text'
        }

        It 'stops at once by Ctrl+C while -InitializationScript runs, and frees the port' {
            $port = (Start-UdpServer 0 -Name probe).Port
            Stop-SocketServer -Name probe
            $background = Start-Background -ArgumentList $port -ScriptBlock {
                param($port)
                Start-UdpServer $port { $_ } -InitializationScript { Start-Sleep -Seconds 3600 }
            }
            Wait-Blocked $background
            Stop-Background $background | Should -BeLessThan 2000
            (Start-UdpServer $port).Port | Should -Be $port
        }

        It 'stops with -OnHandlerError Stop' {
            $server = Start-UdpServer 0 { throw 'broken' } -OnHandlerError Stop
            Send-UdpDatagram 127.0.0.1 $server.Port 'x'
            [void] (Wait-Until { [string] $server.Status -eq 'Stopped' })
        }

        It 'drops and counts what its handler is too slow for, and stays alive' {
            $server = Start-UdpServer 0 { [void] $Server.State['Gate'].Wait(10000); 'done' } -MaxQueuedDatagrams 10
            $server.State['Gate'] = [System.Threading.ManualResetEventSlim]::new($false)
            $socket = Open-UdpSocket -ComputerName 127.0.0.1 -Port $server.Port
            1..100 | Send-SocketData $socket
            [void] (Wait-Until { $server.MessagesReceived -eq 100 })
            $server.MessagesDropped | Should -BeGreaterThan 90
            $server.State['Gate'].Set()
            $kept = 100 - $server.MessagesDropped
            @($socket | Receive-SocketData -TotalCount $kept -TimeoutSeconds 10).Count | Should -Be $kept
        }
    }

    Context 'without a handler' {
        It 'gives the messages of all senders in their order, and takes answers' {
            $server = Start-UdpServer 0
            $peers = 1..2 | ForEach-Object { New-RawDatagramSocket }
            Send-RawDatagram $peers[0] $server.Port 'a'
            Send-RawDatagram $peers[1] $server.Port 'b'
            $messages = $server | Receive-SocketData -TotalCount 2
            $messages.Text | Should -Be 'a', 'b'
            $messages | ForEach-Object { Send-SocketData $_.Connection "$_$_" }
            $peers | ForEach-Object { Read-RawDatagram $_ } | Should -Be 'aa', 'bb'
        }

        It 'raises MessageReceived' {
            $server = Start-UdpServer 0
            Register-ObjectEvent -InputObject $server -EventName MessageReceived -SourceIdentifier udp
            try {
                Send-UdpDatagram 127.0.0.1 $server.Port 'told'
                $told = Wait-Event -SourceIdentifier udp -Timeout 10
                $told.SourceEventArgs.Message.Text | Should -BeExactly 'told'
            }
            finally {
                Unregister-Event -SourceIdentifier udp
                Remove-Event -SourceIdentifier udp -ErrorAction Ignore
            }
        }

        It 'leaves what its subscribers have not taken to who receives next, when they unsubscribe' {
            $server = Start-UdpServer 0
            Register-ObjectEvent -InputObject $server -EventName MessageReceived -SourceIdentifier udp
            try {
                $socket = Open-UdpSocket -ComputerName 127.0.0.1 -Port $server.Port
                1..1500 | Send-SocketData $socket
                $null = Wait-Until { $server.MessagesReceived -eq 1500 -and @(Get-Event -SourceIdentifier udp).Count -ge 1000 }
                Unregister-Event -SourceIdentifier udp
                $last = [int] @(Get-Event -SourceIdentifier udp)[-1].SourceEventArgs.Message.Text
                $rest = @($server | Receive-SocketData -TotalCount (1500 - $last) -TimeoutSeconds 10)
                [int] $rest[0].Text | Should -Be ($last + 1)
                [int] $rest[-1].Text | Should -Be 1500
            }
            finally {
                Unregister-Event -SourceIdentifier udp -ErrorAction Ignore
                Remove-Event -SourceIdentifier udp -ErrorAction Ignore
            }
        }

        It 'gives objects that become JSON at once' {
            $server = Start-UdpServer 0
            $socket = Open-UdpSocket -ComputerName 127.0.0.1 -Port $server.Port
            Send-SocketData $socket 'x'
            $message = $server | Receive-SocketData -TimeoutSeconds 10
            $converting = Start-Background {
                foreach ($item in $args) { (ConvertTo-Json -InputObject $item -Depth 2 -WarningAction SilentlyContinue).Length }
            } -ArgumentList $socket, $server, $message
            @(Wait-Background $converting -TimeoutSeconds 20).Count | Should -Be 3
        }

        It 'refuses -AsByteStream, for its messages have their bytes' {
            (Get-Failure { Start-UdpServer 0 | Receive-SocketData -AsByteStream }).Id | Should -BeLike 'InvalidParameterCombination,*'
        }

        It 'stops waiting by Ctrl+C, and ends with the server' {
            $server = Start-UdpServer 0
            $waiting = Start-Background { param($Server) $Server | Receive-SocketData -Wait } $server
            Wait-Blocked $waiting
            Stop-Background $waiting | Should -BeLessThan 2000
            $waiting = Start-Background { param($Server) $Server | Receive-SocketData -Wait } $server
            Wait-Blocked $waiting
            Send-UdpDatagram 127.0.0.1 $server.Port 'last'
            [void] (Wait-Until { $waiting.Output.Count -eq 1 })
            Stop-UdpServer $server
            (Wait-Background $waiting).Text | Should -BeExactly 'last'
        }

        It 'cannot be received from where it has a handler' {
            $server = Start-UdpServer 0 { $_ }
            (Get-Failure { Receive-SocketData $server }).Id | Should -BeLike 'ConnectionBusy,*'
        }
    }

    Context 'who may' {
        It 'sends every datagram back with -Echo, empty ones and what is no text too' {
            $server = Start-UdpServer 0 -Echo -Encoding ascii
            $peer = New-RawDatagramSocket
            Send-RawDatagram $peer $server.Port "`u{FC}"
            Read-RawDatagram $peer | Should -BeExactly "`u{FC}"
            Send-RawDatagram $peer $server.Port ''
            $peer.Receive([byte[]]::new(9)) | Should -Be 0
            $server.MessagesSent | Should -Be 2
            (Get-Failure { Receive-SocketData $server }).Id | Should -BeLike 'ConnectionBusy,*'
            (Get-Failure { Start-UdpServer 0 { $_ } -Echo }).Id | Should -BeLike 'InvalidParameterCombination,*'
        }

        It 'is sent to by Send-SocketData: every sender it knows gets it' {
            $server = Start-UdpServer 0
            $peers = 1..3 | ForEach-Object { New-RawDatagramSocket }
            $peers | ForEach-Object { Send-RawDatagram $_ $server.Port 'here' }
            $null = $server | Receive-SocketData -TotalCount 3 -TimeoutSeconds 10
            'news', 'more' | Send-SocketData $server
            foreach ($peer in $peers) {
                1..2 | ForEach-Object { Read-RawDatagram $peer } | Should -Be 'news', 'more'
            }
            (Get-Failure { Send-SocketData $server ('x' * 65508) }).Id | Should -BeLike 'DatagramTooLarge,*'
            Stop-SocketServer $server
            (Get-Failure { Send-SocketData $server 'x' }).Id | Should -BeLike 'ObjectClosed,*'
        }

        It 'takes no datagrams of who is denied, and counts them' {
            $server = Start-UdpServer 0 { 'no' } -Deny 127.0.0.0/8
            (Get-Failure { Send-UdpDatagram 127.0.0.1 $server.Port 'x' -WaitReply -TimeoutSeconds 0.3 }).Id | Should -BeLike 'ReceiveTimedOut,*'
            $server.RefusedCount | Should -Be 1
            $server.PeerCount | Should -Be 0
        }

        It 'warns beyond loopback without an allow list' {
            $warnings = @()
            [void] (Start-UdpServer 0 -Address Any -WarningVariable warnings -WarningAction SilentlyContinue)
            "$warnings" | Should -BeLike '*beyond loopback*-Allow*'
            [void] (Start-UdpServer 0 -Address Any -Allow 127.0.0.1 -WarningVariable warnings -WarningAction SilentlyContinue)
            $warnings.Count | Should -Be 0
        }

        It 'serves IPv4 and IPv6 with -Address Any' {
            $server = Start-UdpServer 0 { "$($Connection.RemoteEndPoint.Address)" } -Address Any -Allow 127.0.0.1, ::1
            Get-Reply $server 'x' | Should -BeExactly '127.0.0.1'
            (Send-UdpDatagram ::1 $server.Port 'x' -WaitReply).Text | Should -BeExactly '::1'
        }
    }

    Context 'the list of servers, and the stop' {
        It 'is listed beside the servers of TCP, by name and id' {
            $tcp = Start-TcpServer 0
            $udp = Start-UdpServer 0 -Name datagrams
            $udp.Id | Should -Not -Be $tcp.Id
            (Get-SocketServer).Count | Should -Be 2
            Get-SocketServer datagrams | Should -Be $udp
            Get-SocketServer -Id $udp.Id | Should -Be $udp
            $udp | Out-String | Should -Match 'datagrams +127'
            Stop-SocketServer -Name datagrams
            Get-SocketServer | Should -Be $tcp
        }

        It 'answers what has arrived, then frees the port' {
            $server = Start-UdpServer 0 { [System.Threading.Thread]::Sleep(20); $_ }
            $socket = Open-UdpSocket -ComputerName 127.0.0.1 -Port $server.Port
            1..10 | Send-SocketData $socket
            $server | Stop-UdpServer
            ($socket | Receive-SocketData -TotalCount 10 -TimeoutSeconds 5).Text | Should -Be @(1..10 | ForEach-Object { "$_" })
            $server.Status | Should -Be 'Stopped'
            (Open-UdpSocket $server.Port).Port | Should -Be $server.Port
        }

        It 'ends a handler that is under way with -Force' {
            $server = Start-UdpServer 0 { $Server.State['in'] = $true; Start-Sleep 60 }
            Send-UdpDatagram 127.0.0.1 $server.Port 'x'
            [void] (Wait-Until { $server.State['in'] })
            $clock = [System.Diagnostics.Stopwatch]::StartNew()
            Stop-SocketServer $server -Force
            $clock.Elapsed.TotalSeconds | Should -BeLessThan 5
        }

        It 'stops from inside its handler' {
            $server = Start-UdpServer 0 { Stop-SocketServer $Server; 'bye' }
            Get-Reply $server 'x' | Should -BeExactly 'bye'
            [void] (Wait-Until { [string] $server.Status -eq 'Stopped' })
        }

        It 'leaves no socket and no thread behind' -Skip:(-not $IsLinux) {
            $repeat = {
                $server = Start-UdpServer 0 { $_ }
                [void] (Get-Reply $server 'x')
                Stop-SocketServer $server
            }
            1..3 | ForEach-Object { & $repeat }
            $sockets = Get-OpenSocketCount
            $threads = Get-ThreadCount 'UdpServer*'
            1..15 | ForEach-Object { & $repeat }
            [void] (Wait-Until { (Get-OpenSocketCount) -le $sockets })
            [void] (Wait-Until { (Get-ThreadCount 'UdpServer*') -le $threads })
        }
    }

    Context 'faults' {
        It 'says AddressInUse for a port that is taken' {
            $server = Start-UdpServer 0
            $failure = Get-Failure { Start-UdpServer $server.Port }
            $failure.Id | Should -BeLike 'AddressInUse,*'
            $failure.Category | Should -Be 'ResourceExists'
            $failure.IsTerminating | Should -BeTrue
        }

        It 'says <Id> for <Name>, and leaves nothing open' -ForEach @(
            @{ Name = 'a handler with a process block'; Id = 'InvalidHandler'; Parameters = @{ OnMessage = { process { } } } }
            @{ Name = 'an initialization script that fails'; Id = 'InvalidHandler'; Parameters = @{ OnMessage = { 1 }; InitializationScript = { throw 'no' } } }
            @{ Name = 'arguments without a handler'; Id = 'InvalidParameterCombination'; Parameters = @{ ArgumentList = 1 } }
            @{ Name = 'a group that is none'; Id = 'InvalidParameterValue'; Parameters = @{ MulticastGroup = '192.0.2.1' } }
            @{ Name = 'an unknown interface'; Id = 'InterfaceNotFound'; Parameters = @{ Interface = 'nix' } }
            @{ Name = 'an address of another machine'; Id = 'AddressNotAvailable'; Parameters = @{ Address = '192.0.2.77' } }
            @{ Name = 'a name that has no address'; Id = 'NameNotResolved'; Parameters = @{ Address = 'no-such-host.invalid' } }
        ) {
            $failure = Get-Failure { Start-UdpServer 0 @Parameters -WarningAction Ignore }
            $failure.Id | Should -BeLike "$Id,*"
            $failure.IsTerminating | Should -BeTrue
            Get-SocketServer | Should -BeNullOrEmpty
        }
    }
}
