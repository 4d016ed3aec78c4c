Describe 'Open-UdpSocket' {
    BeforeAll {
        . "$PSScriptRoot/Support/common.ps1"
        . "$PSScriptRoot/Support/datagrams.ps1"
    }

    AfterEach {
        Clear-TestSocket
    }

    Context 'unconnected' {
        It 'takes a datagram with its sender, and answers it' {
            $socket = Open-UdpSocket 0 -Address Loopback
            $peer = New-RawDatagramSocket
            Send-RawDatagram $peer $socket.Port "gr`u{FC}n"
            $message = Receive-SocketData $socket
            $message | Should -BeOfType 'PSSockets.Engine.Transport.SocketMessage'
            $message.Text | Should -BeExactly "gr`u{FC}n"
            $message.RemoteEndPoint | Should -Be $peer.LocalEndPoint
            $message.ReceivedAt | Should -BeGreaterThan ([DateTimeOffset]::Now.AddMinutes(-1))
            Send-SocketData $message.Connection 'answer'
            Read-RawDatagram $peer | Should -BeExactly 'answer'
        }

        It 'keeps datagrams apart, empty ones too' {
            $socket = Open-UdpSocket 0 -Address Loopback
            $peer = New-RawDatagramSocket
            'a', '', "b`nc" | ForEach-Object { Send-RawDatagram $peer $socket.Port $_ }
            ($socket | Receive-SocketData -TotalCount 3).Text | Should -Be 'a', '', "b`nc"
            $socket.DatagramsReceived | Should -Be 3
            $socket.BytesReceived | Should -Be 4
        }

        It 'never cuts the largest datagram' {
            $socket = Open-UdpSocket 0 -Address Loopback
            $bytes = [byte[]]::new(65507)
            $bytes[65506] = 7
            Send-RawDatagram (New-RawDatagramSocket) $socket.Port $bytes
            $received = (Receive-SocketData $socket).Bytes
            $received.Length | Should -Be 65507
            $received[65506] | Should -Be 7
        }

        It 'binds to loopback where a port is given, and reports the port that the system chose' {
            $port = Get-UnusedPort
            $socket = Open-UdpSocket $port
            $socket.LocalEndPoint | Should -Be ([System.Net.IPEndPoint]::new([ipaddress]::Loopback, $port))
            (Open-UdpSocket).Port | Should -BeGreaterThan 0
        }

        It 'takes IPv4 and IPv6 with -Address Any, each with its own address' {
            $socket = Open-UdpSocket 0 -Address Any
            Send-UdpDatagram 127.0.0.1 $socket.Port 'four'
            Send-UdpDatagram ::1 $socket.Port 'six'
            $messages = $socket | Receive-SocketData -TotalCount 2
            $messages[0].RemoteEndPoint.Address | Should -Be ([ipaddress] '127.0.0.1')
            $messages[1].RemoteEndPoint.Address | Should -Be ([ipaddress] '::1')
            Send-UdpDatagram -Socket $socket -ComputerName 127.0.0.1 -Port $messages[0].RemoteEndPoint.Port 'back'
        }

        It 'cannot send without a peer, and says how' {
            $socket = Open-UdpSocket
            $failure = Get-Failure { Send-SocketData $socket 'x' }
            $failure.Id | Should -BeLike 'NotConnected,*'
            $failure.Message | Should -BeLike '*Send-UdpDatagram -Socket*'
        }

        It 'gives bytes with -AsByteStream' {
            $socket = Open-UdpSocket 0 -Address Loopback -AsByteStream
            Send-RawDatagram (New-RawDatagramSocket) $socket.Port ([byte[]] (0, 255, 10))
            $received = Receive-SocketData $socket
            , $received | Should -BeOfType 'byte[]'
            $received | Should -Be 0, 255, 10
        }

        It 'takes text in its -Encoding' {
            $socket = Open-UdpSocket 0 -Address Loopback -Encoding latin1
            Send-RawDatagram (New-RawDatagramSocket) $socket.Port ([byte[]] (0xFC))
            (Receive-SocketData $socket).Text | Should -BeExactly "`u{FC}"
        }
    }

    Context 'connected' {
        It 'sends to its peer and hears no other' {
            $peer = New-RawDatagramSocket
            $socket = Open-UdpSocket -ComputerName 127.0.0.1 -Port $peer.LocalEndPoint.Port
            'one', 'two' | Send-SocketData $socket
            Read-RawDatagram $peer | Should -BeExactly 'one'
            Read-RawDatagram $peer | Should -BeExactly 'two'
            Send-RawDatagram (New-RawDatagramSocket) $socket.Port 'from a stranger'
            Send-RawDatagram $peer $socket.Port 'from the peer'
            (Receive-SocketData $socket).Text | Should -BeExactly 'from the peer'
            $socket.RemoteEndPoint | Should -Be $peer.LocalEndPoint
        }

        It 'says ConnectionRefused once where nobody receives, and lives on' {
            $port = Get-UnusedPort
            $socket = Open-UdpSocket -ComputerName 127.0.0.1 -Port $port
            $failure = Get-Failure { 1..5 | Send-SocketData $socket }
            $failure.Count | Should -Be 1
            $failure.Id | Should -BeLike 'ConnectionRefused,*'
            $failure.Message | Should -BeLike "Nothing receives datagrams on 127.0.0.1:$port*"
            $socket.DatagramsSent | Should -Be 5
            (Get-Failure { Receive-SocketData $socket -TimeoutSeconds 5 }).Id | Should -BeLike 'ConnectionRefused,*'
            $peer = New-RawDatagramSocket -Port $port
            Send-SocketData $socket 'now'
            Read-RawDatagram $peer | Should -BeExactly 'now'
        }

        It 'waits on with -Wait and -TotalCount when it has told that nobody receives' {
            foreach ($many in @{ Wait = $true }, @{ TotalCount = 1 }, @{ Wait = $true; ReadCount = 5 }) {
                $port = Get-UnusedPort
                $socket = Open-UdpSocket -ComputerName 127.0.0.1 -Port $port
                Send-SocketData $socket 'lost'
                $peer = New-RawDatagramSocket -Port $port
                Send-RawDatagram $peer $socket.Port 'back'
                $got = $socket | Receive-SocketData @many -TimeoutSeconds 10 -ErrorVariable failure -ErrorAction SilentlyContinue | Select-Object -First 1
                $got[0].Text | Should -BeExactly 'back'
                $failure.Count | Should -Be 1
                $failure[0].FullyQualifiedErrorId | Should -BeLike 'ConnectionRefused,*'
            }
        }

        It 'sends the others where one is too large for a datagram' {
            $peer = New-RawDatagramSocket
            $socket = Open-UdpSocket -ComputerName 127.0.0.1 -Port $peer.LocalEndPoint.Port
            $failure = Get-Failure { 'one', ('x' * 70000), 'two' | Send-SocketData $socket }
            $failure.Count | Should -Be 1
            $failure.Id | Should -BeLike 'DatagramTooLarge,*'
            Read-RawDatagram $peer | Should -BeExactly 'one'
            Read-RawDatagram $peer | Should -BeExactly 'two'
        }

        It 'tells a name that has no address' {
            $failure = Get-Failure { Open-UdpSocket -ComputerName no-such-host.invalid -Port 9 }
            $failure.Id | Should -BeLike 'NameNotResolved,*'
            $failure.IsTerminating | Should -BeTrue
        }
    }

    Context 'multicast and broadcast' {
        It 'joins a group on the loopback interface' {
            $socket = Open-UdpSocket 0 -MulticastGroup 239.255.7.7 -Interface 127.0.0.1
            $socket.MulticastGroups | Should -Be ([ipaddress] '239.255.7.7')
            Send-UdpDatagram 239.255.7.7 $socket.Port 'to all' -Interface 127.0.0.1
            (Receive-SocketData $socket -TimeoutSeconds 10).Text | Should -BeExactly 'to all'
            $socket.LeaveGroup('239.255.7.7')
            Send-UdpDatagram 239.255.7.7 $socket.Port 'not to me' -Interface 127.0.0.1
            (Get-Failure { Receive-SocketData $socket -TimeoutSeconds 0.3 }).Id | Should -BeLike 'ReceiveTimedOut,*'
        }

        It 'takes a group from its source only' -Skip:(-not $IsLinux -and -not $IsWindows) {
            $sender = Open-UdpSocket -Address Loopback -Interface 127.0.0.1
            $socket = Open-UdpSocket 0 -MulticastGroup 232.7.7.7 -MulticastSource 127.0.0.1 -Interface 127.0.0.1
            Send-UdpDatagram -Socket $sender -ComputerName 232.7.7.7 -Port $socket.Port 'wanted'
            (Receive-SocketData $socket -TimeoutSeconds 10).Text | Should -BeExactly 'wanted'
            $other = Open-UdpSocket 0 -MulticastGroup 232.7.7.8 -MulticastSource 127.0.0.9 -Interface 127.0.0.1
            Send-UdpDatagram -Socket $sender -ComputerName 232.7.7.8 -Port $other.Port 'unwanted'
            (Get-Failure { Receive-SocketData $other -TimeoutSeconds 0.3 }).Id | Should -BeLike 'ReceiveTimedOut,*'
        }

        It 'joins an IPv6 group, of the scope that stays on the machine' -Skip:(-not $(. "$PSScriptRoot/Support/datagrams.ps1"; Get-IPv6MulticastInterface)) {
            $card = Get-IPv6MulticastInterface
            $socket = Open-UdpSocket 0 -MulticastGroup ff01::7777 -Interface $card
            Send-UdpDatagram ff01::7777 $socket.Port 'to all' -Interface $card
            (Receive-SocketData $socket -TimeoutSeconds 10).Text | Should -BeExactly 'to all'
        }

        It 'lets several sockets share the port of a group' {
            $first = Open-UdpSocket 0 -MulticastGroup 239.255.7.9 -Interface 127.0.0.1
            $second = Open-UdpSocket $first.Port -MulticastGroup 239.255.7.9 -Interface 127.0.0.1
            Send-UdpDatagram 239.255.7.9 $first.Port 'to both' -Interface 127.0.0.1
            (Receive-SocketData $first -TimeoutSeconds 10).Text | Should -BeExactly 'to both'
            (Receive-SocketData $second -TimeoutSeconds 10).Text | Should -BeExactly 'to both'
        }

        It 'keeps multicast from this machine with -NoMulticastLoopback, and sets the hop limits' {
            $options = Open-UdpSocket -NoMulticastLoopback -Ttl 3 -Broadcast | Get-SocketOption
            $options.MulticastLoopback | Should -BeFalse
            $options.MulticastTtl | Should -Be 3
            $options.Ttl | Should -Be 3
            $options.Broadcast | Should -BeTrue
        }
    }

    Context 'limits' {
        It 'drops what its queue cannot hold, counts it, and keeps the oldest' {
            $socket = Open-UdpSocket 0 -Address Loopback -MaxQueuedDatagrams 10
            $peer = New-RawDatagramSocket
            Send-RawDatagram $peer $socket.Port 'first'
            (Receive-SocketData $socket).Text | Should -BeExactly 'first'
            1..30 | ForEach-Object { Send-RawDatagram $peer $socket.Port "$_" }
            [void] (Wait-Until { $socket.DatagramsReceived -eq 31 })
            $socket.QueuedDatagrams | Should -Be 10
            $socket.DroppedByQueue | Should -Be 20
            ($socket | Receive-SocketData -TotalCount 10).Text | Should -Be @(1..10 | ForEach-Object { "$_" })
        }

        It 'counts what the system dropped before it was asked to receive' -Skip:(-not $IsLinux) {
            $socket = Open-UdpSocket 0 -Address Loopback -ReceiveBufferSize 4096
            $socket.ReceiveBufferSize | Should -Be 8192
            $peer = New-RawDatagramSocket
            1..200 | ForEach-Object { Send-RawDatagram $peer $socket.Port ([byte[]]::new(500)) }
            $socket.DroppedBySystem | Should -BeGreaterThan 100
            $kept = 200 - $socket.DroppedBySystem
            @($socket | Receive-SocketData -TotalCount $kept -TimeoutSeconds 10).Count | Should -Be $kept
        }
    }

    Context 'faults' {
        It 'says <Id> for <Name>' -ForEach @(
            @{ Name = 'a group that is none'; Id = 'InvalidParameterValue'; Parameters = @{ MulticastGroup = '10.0.0.1' } }
            @{ Name = 'a source without a group'; Id = 'InvalidParameterCombination'; Parameters = @{ MulticastSource = '127.0.0.1' } }
            @{ Name = 'an unknown interface'; Id = 'InterfaceNotFound'; Parameters = @{ Interface = 'no-such-card' } }
            @{ Name = 'an address of another machine'; Id = 'AddressNotAvailable'; Parameters = @{ Address = '192.0.2.77' } }
            @{ Name = 'a connected socket without the port of its peer'; Id = 'InvalidParameterValue'; Parameters = @{ ComputerName = 'localhost'; Port = 0 } }
            @{ Name = 'a peer of another family'; Id = 'AddressNotAvailable'; Parameters = @{ ComputerName = '::1'; Port = 9; Address = '127.0.0.1' } }
        ) {
            $failure = Get-Failure { Open-UdpSocket @Parameters }
            $failure.Id | Should -BeLike "$Id,*"
            $failure.IsTerminating | Should -BeTrue
        }

        It 'says AddressInUse for a port that is taken' {
            $socket = Open-UdpSocket 0 -Address Loopback
            (Get-Failure { Open-UdpSocket $socket.Port }).Id | Should -BeLike 'AddressInUse,*'
        }

        It 'has one reader at a time' {
            $socket = Open-UdpSocket 0 -Address Loopback
            $waiting = Start-Background { param($Socket) $Socket | Receive-SocketData -Wait } $socket
            Wait-Blocked $waiting
            (Get-Failure { Receive-SocketData $socket -TimeoutSeconds 1 }).Id | Should -BeLike 'ConnectionBusy,*'
        }

        It 'refuses what is for streams: <Name>' -ForEach @(
            @{ Name = '-Raw'; Call = { Receive-SocketData $socket -Raw } }
            @{ Name = '-ByteCount'; Call = { Receive-SocketData $socket -ByteCount 3 } }
            @{ Name = '-CompleteWrites'; Call = { Send-SocketData $socket 'x' -CompleteWrites } }
            @{ Name = '-Path'; Call = { Send-SocketData $socket -Path $PSCommandPath } }
        ) {
            $socket = Open-UdpSocket -ComputerName 127.0.0.1 -Port 9
            (Get-Failure $Call).Id | Should -BeLike 'InvalidParameterCombination,*'
        }
    }

    Context 'its end' {
        It 'is woken by a close from elsewhere, at once' {
            $socket = Open-UdpSocket 0 -Address Loopback
            $waiting = Start-Background { param($Socket) $Socket | Receive-SocketData -Wait } $socket
            Wait-Blocked $waiting
            $clock = [System.Diagnostics.Stopwatch]::StartNew()
            Close-Socket $socket
            (Get-Failure { Wait-Background $waiting }).Id | Should -BeLike 'ObjectClosed,*'
            $clock.Elapsed.TotalSeconds | Should -BeLessThan 2
            $socket.Status | Should -Be 'Closed'
            (Get-Failure { Receive-SocketData $socket }).Id | Should -BeLike 'ObjectClosed,*'
            (Get-Failure { Get-SocketOption $socket }).Id | Should -BeLike 'ObjectClosed,*'
            { Close-Socket $socket } | Should -Not -Throw
        }

        It 'stops at once by Ctrl+C, and what comes then is kept' {
            $socket = Open-UdpSocket 0 -Address Loopback
            $waiting = Start-Background { param($Socket) $Socket | Receive-SocketData -Wait } $socket
            Wait-Blocked $waiting
            Stop-Background $waiting | Should -BeLessThan 2000
            Send-RawDatagram (New-RawDatagramSocket) $socket.Port 'later'
            (Receive-SocketData $socket -TimeoutSeconds 10).Text | Should -BeExactly 'later'
        }

        It 'ends with Select-Object -First 1 and leaves the rest for the next' {
            $socket = Open-UdpSocket 0 -Address Loopback
            $peer = New-RawDatagramSocket
            'a', 'b' | ForEach-Object { Send-RawDatagram $peer $socket.Port $_ }
            ($socket | Receive-SocketData -Wait | Select-Object -First 1).Text | Should -BeExactly 'a'
            (Receive-SocketData $socket).Text | Should -BeExactly 'b'
        }

        It 'is closed by Use-Socket, and listed until then' {
            $names = Open-UdpSocket 0 -Address Loopback -Name used | Use-Socket { (Get-SocketConnection used).Name }
            $names | Should -BeExactly 'used'
            Get-SocketConnection | Should -BeNullOrEmpty
        }

        It 'is closed by Remove-Module, as a UDP server is' {
            $opened = Wait-Background (Start-Background {
                Open-UdpSocket 0 -Address Loopback
                Start-UdpServer 0 { $_ }
                Remove-Module PSSockets
            })
            $opened.Count | Should -Be 2
            [void] (Wait-Until { [string] $opened[0].Status -eq 'Closed' })
            [void] (Wait-Until { [string] $opened[1].Status -eq 'Stopped' })
        }

        It 'leaves no socket and no thread behind' -Skip:(-not $IsLinux) {
            $repeat = {
                $socket = Open-UdpSocket 0 -Address Loopback
                Send-UdpDatagram 127.0.0.1 $socket.Port 'x'
                [void] (Receive-SocketData $socket)
                Close-Socket $socket
            }
            1..5 | ForEach-Object { & $repeat }
            $sockets = Get-OpenSocketCount
            $threads = Get-ThreadCount '*receiver*'
            1..50 | ForEach-Object { & $repeat }
            [void] (Wait-Until { (Get-OpenSocketCount) -le $sockets })
            [void] (Wait-Until { (Get-ThreadCount '*receiver*') -le $threads })
        }
    }
}
