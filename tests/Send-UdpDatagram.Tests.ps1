Describe 'Send-UdpDatagram' {
    BeforeAll {
        . "$PSScriptRoot/Support/common.ps1"
        . "$PSScriptRoot/Support/datagrams.ps1"
    }

    BeforeEach {
        $peer = New-RawDatagramSocket
        $port = $peer.LocalEndPoint.Port
    }

    AfterEach {
        Clear-TestSocket
    }

    Context 'sending' {
        It 'sends each object of the pipeline as a datagram' {
            'one', 2, ([byte[]] (104, 105)), '' | Send-UdpDatagram 127.0.0.1 $port
            1..4 | ForEach-Object { Read-RawDatagram $peer } | Should -Be 'one', '2', 'hi', ''
        }

        It 'gathers single bytes, as a pipeline gives a byte array, into one' {
            [byte[]] (97, 98, 99) | Send-UdpDatagram 127.0.0.1 $port
            Read-RawDatagram $peer | Should -BeExactly 'abc'
        }

        It 'takes a name, IPv4 first' {
            Send-UdpDatagram localhost $port 'by name'
            Read-RawDatagram $peer | Should -BeExactly 'by name'
        }

        It 'sends in its -Encoding' {
            Send-UdpDatagram 127.0.0.1 $port "`u{FC}" -Encoding unicode
            $buffer = [byte[]]::new(10)
            $peer.Receive($buffer) | Should -Be 2
            $buffer[0] | Should -Be 0xFC
        }

        It 'sends by a socket, to anybody or to its peer' {
            $socket = Open-UdpSocket 0 -Address Loopback
            'to anybody' | Send-UdpDatagram -Socket $socket -ComputerName 127.0.0.1 -Port $port
            Read-RawDatagram $peer | Should -BeExactly 'to anybody'
            $connected = Open-UdpSocket -ComputerName 127.0.0.1 -Port $port
            Send-UdpDatagram -Socket $connected 'to the peer'
            Read-RawDatagram $peer | Should -BeExactly 'to the peer'
            $connected.DatagramsSent | Should -Be 1
        }

        It 'says nothing where nobody receives, as nothing is known' {
            (Get-Failure { 1..3 | Send-UdpDatagram 127.0.0.1 (Get-UnusedPort) }).Count | Should -Be 0
        }
    }

    Context '-Batch' {
        It 'joins lines up to the size, each datagram as full as can be' {
            1..1000 | ForEach-Object { "metric.$_`:1|c" } | Send-UdpDatagram 127.0.0.1 $port -Batch
            $datagrams = [System.Collections.Generic.List[string]]::new()
            while (($datagrams -join "`n").Split("`n").Length -lt 1000) {
                $datagrams.Add((Read-RawDatagram $peer))
            }
            ($datagrams -join "`n").Split("`n") | Should -Be (1..1000 | ForEach-Object { "metric.$_`:1|c" })
            $datagrams | ForEach-Object { $_.Length | Should -BeLessOrEqual 1432 }
            $datagrams[0].Length | Should -BeGreaterThan 1410
            $peer.Available | Should -Be 0
        }

        It 'sends what is longer by itself alone' {
            'aa', 'bb', 'a longer line', 'cc' | Send-UdpDatagram 127.0.0.1 $port -BatchSize 5
            1..3 | ForEach-Object { Read-RawDatagram $peer } | Should -Be "aa`nbb", 'a longer line', 'cc'
        }

        It 'sends what a slow source gave before it ends, and stops at once by Ctrl+C' {
            $sending = Start-Background { param($Port) & { 'a', 'b'; Start-Sleep -Seconds 30 } | Send-UdpDatagram 127.0.0.1 $Port -Batch } $port
            Read-RawDatagram $peer | Should -BeExactly "a`nb"
            Stop-Background $sending | Should -BeLessThan 2000
        }

        It 'sends by Ctrl+C what it has taken, and when a later command ends the pipeline' {
            $taken = [System.Threading.ManualResetEventSlim]::new()
            $sending = Start-Background { param($Port, $Taken) & { 'a'; $Taken.Set(); Start-Sleep -Seconds 30 } | Send-UdpDatagram 127.0.0.1 $Port -Batch } $port, $taken
            $taken.Wait(10000) | Should -BeTrue
            Stop-Background $sending | Should -BeLessThan 2000
            Read-RawDatagram $peer | Should -BeExactly 'a'
            'b', 'c' | Send-UdpDatagram 127.0.0.1 $port -Batch | Select-Object -First 1
            Read-RawDatagram $peer | Should -BeExactly "b`nc"
        }

        It 'tells in the pipeline what went wrong with what was sent late' {
            $socket = Open-UdpSocket -ComputerName 127.0.0.1 -Port $port
            $failure = Get-Failure { & { 'a'; Close-Socket $socket; Start-Sleep -Seconds 2; 'b' } | Send-UdpDatagram -Socket $socket -Batch }
            $failure.Count | Should -BeGreaterOrEqual 1
            $failure.Id | Should -BeLike 'ObjectClosed,*'
        }

        It 'sends nothing for nothing' {
            @() | Send-UdpDatagram 127.0.0.1 $port -Batch
            Send-UdpDatagram 127.0.0.1 $port 'end'
            Read-RawDatagram $peer | Should -BeExactly 'end'
        }
    }

    Context '-Interface' {
        It 'sends from the address of the interface' {
            Send-UdpDatagram 127.0.0.1 $port 'x' -Interface 127.0.0.1
            $sender = [System.Net.IPEndPoint]::new([ipaddress]::Any, 0)
            $null = $peer.ReceiveFrom([byte[]]::new(9), [ref] $sender)
            "$($sender.Address)" | Should -BeExactly '127.0.0.1'
        }

        It 'broadcasts over it' -Skip:(-not $IsLinux) {
            $any = [System.Net.Sockets.Socket]::new('InterNetwork', 'Dgram', 'Udp')
            $OpenedByTest.Add($any)
            $any.ReceiveTimeout = 10000
            $any.Bind([System.Net.IPEndPoint]::new([ipaddress]::Any, 0))
            Send-UdpDatagram 255.255.255.255 $any.LocalEndPoint.Port 'to all' -Broadcast -Interface lo
            $sender = [System.Net.IPEndPoint]::new([ipaddress]::Any, 0)
            $any.ReceiveFrom([byte[]]::new(9), [ref] $sender) | Should -Be 6
            "$($sender.Address)" | Should -BeExactly '127.0.0.1'
        }

        It 'says AddressNotAvailable where it has no address of the family' {
            $failure = Get-Failure { Send-UdpDatagram fe80::1 9 'x' -Interface 127.0.0.1 }
            $failure.Id | Should -BeLike 'AddressNotAvailable,*'
            $failure.IsTerminating | Should -BeTrue
        }
    }

    Context '-WaitReply' {
        It 'gives the reply with its sender, one for each datagram' {
            $server = Start-UdpServer 0 { "Echo: $_" }
            $replies = 'a', 'b', 'c' | Send-UdpDatagram 127.0.0.1 $server.Port -WaitReply
            $replies.Text | Should -Be 'Echo: a', 'Echo: b', 'Echo: c'
            $replies[0].RemoteEndPoint | Should -Be $server.LocalEndPoint
        }

        It 'collects replies until the limit, silently once one has come' {
            $server = Start-UdpServer 0 { 1..3 }
            $clock = [System.Diagnostics.Stopwatch]::StartNew()
            $failure = Get-Failure { Send-UdpDatagram 127.0.0.1 $server.Port 'x' -WaitReply -ReplyCount 10 -TimeoutSeconds 0.5 }
            $failure.Count | Should -Be 0
            $failure.Output.Text | Should -Be '1', '2', '3'
            $clock.Elapsed.TotalSeconds | Should -BeGreaterThan 0.4
            (Send-UdpDatagram 127.0.0.1 $server.Port 'x' -WaitReply -ReplyCount 2).Text | Should -Be '1', '2'
        }

        It 'writes ReceiveTimedOut where no reply comes, and asks on' {
            $failure = Get-Failure { 'a', 'b' | Send-UdpDatagram 127.0.0.1 $port -WaitReply -TimeoutSeconds 0.1 }
            $failure.Count | Should -Be 2
            $failure.Id | Should -BeLike 'ReceiveTimedOut,*'
            $failure.Category | Should -Be 'OperationTimeout'
            $failure.IsTerminating | Should -BeFalse
            1..2 | ForEach-Object { Read-RawDatagram $peer } | Should -Be 'a', 'b'
        }

        It 'writes ConnectionRefused at once where nobody receives' {
            $clock = [System.Diagnostics.Stopwatch]::StartNew()
            $failure = Get-Failure { 'a', 'b' | Send-UdpDatagram 127.0.0.1 (Get-UnusedPort) -WaitReply -TimeoutSeconds 20 }
            $failure.Count | Should -Be 2
            $failure.Id | Should -BeLike 'ConnectionRefused,*'
            $failure.Category | Should -Be 'ConnectionError'
            $clock.Elapsed.TotalSeconds | Should -BeLessThan 10
        }

        It 'takes replies of many to what went to a group' {
            $first = Start-UdpServer 0 { 'first' } -MulticastGroup 239.255.7.11 -Interface 127.0.0.1 -WarningAction Ignore
            [void] (Start-UdpServer $first.Port { 'second' } -MulticastGroup 239.255.7.11 -Interface 127.0.0.1 -WarningAction Ignore)
            $replies = Send-UdpDatagram 239.255.7.11 $first.Port 'who?' -Interface 127.0.0.1 -WaitReply -ReplyCount 2 -TimeoutSeconds 10
            $replies.Text | Sort-Object | Should -Be 'first', 'second'
        }

        It 'waits on a socket that was given' {
            $server = Start-UdpServer 0 { "Echo: $_" }
            $socket = Open-UdpSocket -ComputerName 127.0.0.1 -Port $server.Port
            ('a', 'b' | Send-UdpDatagram -Socket $socket -WaitReply).Text | Should -Be 'Echo: a', 'Echo: b'
            $socket.Status | Should -Be 'Open'
        }

        It 'stops at once by Ctrl+C' {
            $asking = Start-Background { param($Port) Send-UdpDatagram 127.0.0.1 $Port 'x' -WaitReply -TimeoutSeconds 0 } $port
            Wait-Blocked $asking
            Stop-Background $asking | Should -BeLessThan 2000
        }

        It 'leaves no socket behind, however the pipeline ends' -Skip:(-not $IsLinux) {
            $server = Start-UdpServer 0 { "Echo: $_" }
            $ask = { [void] (1..3 | Send-UdpDatagram 127.0.0.1 $server.Port -WaitReply | Select-Object -First 1) }
            1..3 | ForEach-Object { & $ask }
            $before = Get-OpenSocketCount
            1..30 | ForEach-Object { & $ask }
            [void] (Wait-Until { (Get-OpenSocketCount) -le $before })
        }
    }

    Context 'faults' {
        It 'writes DatagramTooLarge for what no datagram can hold, and sends the others' {
            $failure = Get-Failure { ([byte[]]::new(65508)), 'fits' | Send-UdpDatagram 127.0.0.1 $port }
            $failure.Count | Should -Be 1
            $failure.Id | Should -BeLike 'DatagramTooLarge,*'
            $failure.Category | Should -Be 'LimitsExceeded'
            $failure.Message | Should -BeLike "*127.0.0.1:$port*65507*65508*"
            Read-RawDatagram $peer | Should -BeExactly 'fits'
        }

        It 'writes AccessDenied for a broadcast that was not asked for' {
            $failure = Get-Failure { Send-UdpDatagram 255.255.255.255 9 'x' }
            $failure.Id | Should -BeLike 'AccessDenied,*'
            $failure.Category | Should -Be 'PermissionDenied'
            $failure.Message | Should -BeLike '*-Broadcast*'
        }

        It 'says <Id> for <Name>' -ForEach @(
            @{ Name = 'a name without address'; Id = 'NameNotResolved'; Call = { Send-UdpDatagram no-such-host.invalid 9 'x' } }
            @{ Name = 'an unknown interface'; Id = 'InterfaceNotFound'; Call = { Send-UdpDatagram 127.0.0.1 9 'x' -Interface nix } }
            @{ Name = '-ReplyCount without -WaitReply'; Id = 'InvalidParameterCombination'; Call = { Send-UdpDatagram 127.0.0.1 9 'x' -ReplyCount 2 } }
            @{ Name = 'a host without port by a socket'; Id = 'InvalidParameterCombination'; Call = { Send-UdpDatagram -Socket (Open-UdpSocket) 'x' -ComputerName localhost } }
        ) {
            $failure = Get-Failure $Call
            $failure.Id | Should -BeLike "$Id,*"
            $failure.IsTerminating | Should -BeTrue
        }

        It 'writes NotConnected by a socket without a peer' {
            (Get-Failure { Send-UdpDatagram -Socket (Open-UdpSocket) 'x' }).Id | Should -BeLike 'NotConnected,*'
        }

        It 'writes ObjectClosed by a closed socket' {
            $socket = Open-UdpSocket
            Close-Socket $socket
            (Get-Failure { Send-UdpDatagram -Socket $socket 'x' -ComputerName 127.0.0.1 -Port 9 }).Id | Should -BeLike 'ObjectClosed,*'
        }

        It 'writes AddressNotAvailable where the socket is not of the family' {
            $socket = Open-UdpSocket 0 -Address Loopback
            (Get-Failure { Send-UdpDatagram -Socket $socket 'x' -ComputerName ::1 -Port 9 }).Id | Should -BeLike 'AddressNotAvailable,*'
        }
    }
}
