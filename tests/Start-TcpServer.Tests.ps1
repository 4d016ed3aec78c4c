Describe 'Start-TcpServer' {
    BeforeAll {
        . "$PSScriptRoot/Support/common.ps1"
        . "$PSScriptRoot/Support/peers.ps1"

        function Connect-By($Address, $Server) {
            $socket = [System.Net.Sockets.Socket]::new(([ipaddress] $Address).AddressFamily, 'Stream', 'Tcp')
            $OpenedByTest.Add($socket)
            $socket.ReceiveTimeout = 10000
            $socket.Connect([ipaddress] $Address, $Server.Port)
            $socket
        }

        # A client that is turned away sees a reset, in the connect or in its first read.
        function Test-TurnedAway($Server) {
            try {
                $count = (Connect-By '127.0.0.1' $Server).Receive([byte[]]::new(1))
                "read $count bytes"
            }
            catch [System.Net.Sockets.SocketException] {
                [string] $_.Exception.GetBaseException().SocketErrorCode -eq 'ConnectionReset'
            }
        }
    }

    AfterEach {
        Clear-TestSocket
    }

    Context 'where it listens' {
        It 'takes a free port for 0 and says which' {
            $first = Start-TcpServer 0
            $second = Start-TcpServer 0
            $first | Should -BeOfType 'PSSockets.Engine.Servers.TcpServer'
            $first.Port | Should -BeGreaterThan 0
            $first.LocalEndPoint.Port | Should -Be $first.Port
            $second.Port | Should -Not -Be $first.Port
            $first.Status | Should -Be 'Running'
        }

        It 'listens on the loopback address only' {
            $server = Start-TcpServer 0
            $server.LocalEndPoint.Address | Should -Be ([ipaddress]::Loopback)
        }

        It 'listens on the port that is given' {
            $port = Get-UnusedPort
            (Start-TcpServer -Port $port).Port | Should -Be $port
        }

        It 'listens on the same port again at once after clients were served' {
            $server = Start-TcpServer 0 { $_ }
            Get-Answer (Connect-ToServer $server) 'x' | Should -BeExactly 'x'
            $port = $server.Port
            $server | Stop-SocketServer
            $server = Start-TcpServer $port { $_ }
            Get-Answer (Connect-ToServer $server) 'y' | Should -BeExactly 'y'
        }

        It 'ends with AddressInUse on a port that is taken' {
            $taken = Start-TcpServer 0
            $failure = Get-Failure { Start-TcpServer $taken.Port }
            $failure.IsTerminating | Should -BeTrue
            $failure.Id | Should -BeLike 'AddressInUse,*'
            $failure.Category | Should -Be 'ResourceExists'
            $failure.Message | Should -BeLike "127.0.0.1:$($taken.Port) is in use*"
            $failure.Output | Should -HaveCount 0
        }

        It 'ends with AddressNotAvailable on an address of another machine' {
            $failure = Get-Failure { Start-TcpServer 0 -Address 192.0.2.1 -WarningAction SilentlyContinue }
            $failure.IsTerminating | Should -BeTrue
            $failure.Id | Should -BeLike 'AddressNotAvailable,*'
        }

        It 'ends with NameNotResolved on a name that nobody has' {
            $failure = Get-Failure { Start-TcpServer 0 -Address no-such-host.invalid }
            $failure.IsTerminating | Should -BeTrue
            $failure.Id | Should -BeLike 'NameNotResolved,*'
        }

        It 'refuses port <_>' -ForEach -1, 65536 {
            { Start-TcpServer $_ } | Should -Throw -ErrorId 'ParameterArgumentValidationError,*'
        }

        It 'takes IPv4 and IPv6 with -Address Any, and warns' -Skip:(-not [System.Net.Sockets.Socket]::OSSupportsIPv6) {
            $server = Start-TcpServer 0 -Echo -Address Any -WarningVariable warnings -WarningAction SilentlyContinue
            $warnings | Should -HaveCount 1
            [string] $warnings[0] | Should -BeLike '*-Allow*'
            foreach ($address in '127.0.0.1', '::1') {
                $socket = Connect-By $address $server
                Send-Raw $socket $address
                Read-RawText $socket $address.Length | Should -BeExactly $address
            }
            @($server.Connections | Where-Object { $_.RemoteEndPoint.Address -eq [ipaddress]::Loopback }) | Should -HaveCount 1
        }

        It 'does not warn on loopback, nor with -Allow' {
            [void] (Start-TcpServer 0 -WarningVariable warnings)
            $warnings | Should -HaveCount 0
            [void] (Start-TcpServer 0 -Address IPv6Loopback -WarningVariable warnings)
            $warnings | Should -HaveCount 0
            [void] (Start-TcpServer 0 -Address IPv4Any -Allow 127.0.0.0/8 -WarningVariable warnings)
            $warnings | Should -HaveCount 0
        }

        It 'takes the address <Address>' -ForEach @(
            @{ Address = 'Loopback'; By = '127.0.0.1' }
            @{ Address = '127.0.0.1'; By = '127.0.0.1' }
            @{ Address = 'localhost'; By = '127.0.0.1' }
            @{ Address = 'IPv4Any'; By = '127.0.0.1' }
            @{ Address = '::1'; By = '::1' }
            @{ Address = '[::1]'; By = '::1' }
            @{ Address = 'IPv6Any'; By = '::1' }
        ) {
            $server = Start-TcpServer 0 -Echo -Address $Address -WarningAction SilentlyContinue
            $socket = Connect-By $By $server
            Send-Raw $socket 'hi'
            Read-RawText $socket 2 | Should -BeExactly 'hi'
        }

        It 'has a -Name, or one of its own' {
            (Start-TcpServer 0 -Name 'mine').Name | Should -BeExactly 'mine'
            $server = Start-TcpServer 0
            $server.Name | Should -BeExactly "TcpServer$($server.Id)"
        }
    }

    Context 'Unix domain sockets' {
        BeforeEach {
            $path = New-TestPath -Extension '.sock'
        }

        AfterEach {
            if (Test-Path -LiteralPath $path) {
                Remove-Item -LiteralPath $path
            }
        }

        It 'listens on a path, and removes it at the stop' {
            $server = Start-TcpServer -UnixSocket $path { "got $_" }
            Test-Path -LiteralPath $path | Should -BeTrue
            $server.Port | Should -Be 0
            Get-Answer (Connect-TcpClient -UnixSocket $path) 'x' | Should -BeExactly 'got x'
            $server | Stop-SocketServer
            Test-Path -LiteralPath $path | Should -BeFalse
        }

        It 'takes over a path that a dead process has left' {
            $stale = [System.Net.Sockets.Socket]::new('Unix', 'Stream', 'Unspecified')
            $stale.Bind([System.Net.Sockets.UnixDomainSocketEndPoint]::new($path))
            # A copy by another name keeps the file when .NET removes its own.
            $kept = "$path.kept"
            [System.IO.File]::Move($path, $kept)
            $stale.Dispose()
            [System.IO.File]::Move($kept, $path)
            Test-Path -LiteralPath $path | Should -BeTrue
            [void] (Start-TcpServer -UnixSocket $path { "got $_" })
            Get-Answer (Connect-TcpClient -UnixSocket $path) 'x' | Should -BeExactly 'got x'
        }

        It 'leaves a live one alone' {
            [void] (Start-TcpServer -UnixSocket $path { "first $_" })
            $failure = Get-Failure { Start-TcpServer -UnixSocket $path }
            $failure.IsTerminating | Should -BeTrue
            $failure.Id | Should -BeLike 'AddressInUse,*'
            Get-Answer (Connect-TcpClient -UnixSocket $path) 'x' | Should -BeExactly 'first x'
        }

        It 'leaves an ordinary file alone' {
            Set-Content -LiteralPath $path -Value 'precious'
            $failure = Get-Failure { Start-TcpServer -UnixSocket $path }
            $failure.IsTerminating | Should -BeTrue
            $failure.Id | Should -BeLike 'AddressInUse,*'
            Get-Content -LiteralPath $path | Should -BeExactly 'precious'
        }

        It 'ends with an error where the directory is missing' {
            $failure = Get-Failure { Start-TcpServer -UnixSocket (Join-Path $path 'missing.sock') }
            $failure.IsTerminating | Should -BeTrue
            $failure.Category | Should -Not -Be 'NotSpecified'
        }

        It 'ends with an error where the path is too long' {
            $failure = Get-Failure { Start-TcpServer -UnixSocket (Join-Path ([System.IO.Path]::GetTempPath()) ('x' * 200)) }
            $failure.IsTerminating | Should -BeTrue
            $failure.Category | Should -Be 'InvalidArgument'
            $failure.Message | Should -BeLike '*path*'
        }
    }

    Context 'parameters that do not go together' {
        It 'refuses <Because>' -ForEach @(
            @{ Because = '-Echo with a handler'; Parameters = @{ Echo = $true; OnMessage = { $_ } } }
            @{ Because = '-InitializationScript without a handler'; Parameters = @{ InitializationScript = { 1 } } }
            @{ Because = '-ImportModule without a handler'; Parameters = @{ ImportModule = 'x' } }
            @{ Because = '-ArgumentList without a handler'; Parameters = @{ ArgumentList = 1 } }
            @{ Because = 'a Fixed frame over -MaxFrameLength'; Parameters = @{ Framing = 'Fixed:100'; MaxFrameLength = 50 } }
        ) {
            $port = Get-UnusedPort
            $failure = Get-Failure { Start-TcpServer $port @Parameters }
            $failure.IsTerminating | Should -BeTrue
            $failure.Id | Should -BeLike 'InvalidParameterCombination,*'
            $failure.Category | Should -Be 'InvalidArgument'
            Get-SocketServer | Should -BeNullOrEmpty
        }

        It 'refuses a port and a Unix socket' {
            { Start-TcpServer -Port 0 -UnixSocket 'x' } | Should -Throw -ErrorId 'AmbiguousParameterSet,*'
        }

        It 'refuses -Address with a Unix socket' {
            { Start-TcpServer -UnixSocket 'x' -Address Any } | Should -Throw -ErrorId 'AmbiguousParameterSet,*'
        }

        It 'says what is wrong with <Name> <Value>' -ForEach @(
            @{ Name = 'Allow'; Value = '10.0.0.0/33'; Message = '*10.0.0.0/33*CIDR*' }
            @{ Name = 'Allow'; Value = 'example'; Message = '*example*not an IP address*' }
            @{ Name = 'Deny'; Value = '1.2.3.4.5'; Message = '*1.2.3.4.5*' }
            @{ Name = 'Framing'; Value = 'Lines'; Message = '*Lines*LengthPrefix*' }
            @{ Name = 'Framing'; Value = 'LengthPrefix:3'; Message = '*1, 2, 4 or 8*' }
            @{ Name = 'Encoding'; Value = 'utf9'; Message = '*utf9*utf8*' }
            @{ Name = 'SocketOption'; Value = @{ NoDelai = $true }; Message = '*NoDelai*NoDelay*' }
            @{ Name = 'SocketOption'; Value = @{ KeepAliveTimeSeconds = 'soon' }; Message = '*KeepAliveTimeSeconds*' }
        ) {
            $parameters = @{ $Name = $Value }
            $failure = Get-Failure { Start-TcpServer 0 @parameters }
            $failure.IsTerminating | Should -BeTrue
            $failure.Message | Should -BeLike $Message
        }
    }

    Context 'echo and framing' {
        It '-Echo sends back every byte as it came' {
            $server = Start-TcpServer 0 -Echo
            $socket = Connect-By '127.0.0.1' $server
            [byte[]] $bytes = 0, 255, 13, 10, 200, 0
            Send-Raw $socket $bytes
            (Read-Raw $socket $bytes.Length) -join ' ' | Should -BeExactly ($bytes -join ' ')
            $socket.Shutdown('Send')
            (Read-Raw $socket).Length | Should -Be 0
            Wait-Until { $server.ConnectionCount -eq 0 } | Should -BeTrue
        }

        It 'answers under -Framing <Framing>' -ForEach @(
            @{ Framing = 'Line'; Sent = "ab`ncd`r`n"; Answer = "<ab>`n<cd>`n" }
            @{ Framing = 'CrLf'; Sent = "ab`r`nc`nd`r`n"; Answer = "<ab>`r`n<c`nd>`r`n" }
            @{ Framing = 'Null'; Sent = "ab`0cd`0"; Answer = "<ab>`0<cd>`0" }
            @{ Framing = 'Delimiter:END'; Sent = 'abENDcdEND'; Answer = '<ab>END<cd>END' }
            @{ Framing = 'Fixed:2'; Sent = 'abcd'; Answer = 'abcd'; Plain = $true }
            @{ Framing = 'OctetCounting'; Sent = '2 ab3 cde'; Answer = '4 <ab>5 <cde>' }
            @{ Framing = 'LengthPrefix'; Sent = "`0`0`0`u{2}ab`0`0`0`u{1}c"; Answer = "`0`0`0`u{4}<ab>`0`0`0`u{3}<c>" }
            @{ Framing = 'LengthPrefix:1'; Sent = "`u{2}ab`u{0}"; Answer = "`u{4}<ab>`u{2}<>" }
            @{ Framing = 'LengthPrefix:2'; Sent = "`0`u{2}ab"; Answer = "`0`u{4}<ab>" }
            @{ Framing = 'Raw'; Sent = 'ab'; Answer = '<ab>' }
        ) {
            $server = if ($Plain) { Start-TcpServer 0 { $_ } -Framing $Framing } else { Start-TcpServer 0 { "<$_>" } -Framing $Framing }
            $socket = Connect-By '127.0.0.1' $server
            Send-Raw $socket $Sent
            Read-RawText $socket $Answer.Length | Should -BeExactly $Answer
            $server.Errors | Should -HaveCount 0
        }

        It 'takes a last line without its end as a message' {
            $server = Start-TcpServer 0 { "<$_>" }
            $socket = Connect-By '127.0.0.1' $server
            Send-Raw $socket "one`ntwo"
            $socket.Shutdown('Send')
            Read-RawText $socket | Should -BeExactly "<one>`n<two>`n"
        }

        It 'keeps a stream that ends inside a counted frame as an EndOfStream error' {
            $server = Start-TcpServer 0 { $_ } -Framing LengthPrefix
            $socket = Connect-By '127.0.0.1' $server
            Send-Raw $socket ([byte[]] (0, 0, 0, 5, 65))
            $socket.Shutdown('Send')
            (Read-Raw $socket).Length | Should -Be 0
            $errors = Wait-ServerError $server
            $errors[0].FullyQualifiedErrorId | Should -Be 'EndOfStream'
        }

        It 'closes the connection that goes over -MaxFrameLength, and only that' {
            $server = Start-TcpServer 0 { "<$_>" } -MaxFrameLength 10
            $good = Connect-ToServer $server
            $bad = Connect-ToServer $server
            Get-Answer $good '1234567890' | Should -BeExactly '<1234567890>'
            Send-SocketData $bad ('x' * 11)
            Wait-ConnectionEnd $bad | Should -BeIn 'reset', 'end'
            $errors = Wait-ServerError $server
            $errors | Should -HaveCount 1
            $errors[0].FullyQualifiedErrorId | Should -Be 'FrameTooLarge'
            $errors[0].CategoryInfo.Category | Should -Be 'LimitsExceeded'
            $errors[0].TargetObject.CloseReason | Should -Be 'ProtocolError'
            Get-Answer $good 'still' | Should -BeExactly '<still>'
        }

        It 'never takes memory for a length that a peer only claims' {
            $server = Start-TcpServer 0 { $_ } -Framing LengthPrefix
            $socket = Connect-By '127.0.0.1' $server
            Send-Raw $socket ([byte[]] (255, 255, 255, 255))
            (Wait-ServerError $server)[0].FullyQualifiedErrorId | Should -BeIn 'FrameTooLarge', 'InvalidFrame'
        }

        It 'uses -Encoding <Encoding>' -ForEach @(
            @{ Encoding = 'latin1'; Bytes = @(228, 10) }
            @{ Encoding = 'unicode'; Bytes = @(228, 0, 10, 0) }
            @{ Encoding = 'utf8'; Bytes = @(195, 164, 10) }
        ) {
            $server = Start-TcpServer 0 { if ($_ -eq "`u{E4}") { $_ } else { "got $_" } } -Encoding $Encoding
            $socket = Connect-By '127.0.0.1' $server
            Send-Raw $socket ([byte[]] $Bytes)
            (Read-Raw $socket $Bytes.Count) -join ' ' | Should -BeExactly ($Bytes -join ' ')
        }

        It 'puts a character together that arrives in two pieces under Raw' {
            $server = Start-TcpServer 0 { $Server.State['text'] = "$($Server.State['text'])$_" } -Framing Raw
            $socket = Connect-By '127.0.0.1' $server
            Send-Raw $socket ([byte[]] (65, 0xE2, 0x82))
            [void] (Wait-Until { $server.State['text'] -eq 'A' })
            Send-Raw $socket ([byte[]] (0xAC, 66))
            Wait-Until { $server.State['text'] -eq "A`u{20AC}B" } | Should -BeTrue
        }

        It 'gives bytes with -AsByteStream' {
            $server = Start-TcpServer 0 { "$($_.GetType().Name) $($_.Length) $($_[0])" } -AsByteStream
            Get-Answer (Connect-ToServer $server) ([byte[]] (200, 1, 2)) | Should -BeExactly 'Byte[] 3 200'
        }
    }

    Context 'limits' {
        It '-MaxConnections turns further clients away and lets them in again later' {
            $server = Start-TcpServer 0 { $_ } -MaxConnections 2
            $first = Connect-ToServer $server
            $second = Connect-ToServer $server
            Get-Answer $first 'x' | Should -BeExactly 'x'
            Get-Answer $second 'x' | Should -BeExactly 'x'
            Test-TurnedAway $server | Should -Be $true
            $server.RefusedCount | Should -Be 1
            $server.AcceptedCount | Should -Be 2
            $first | Close-Socket
            [void] (Wait-Until { $server.ConnectionCount -eq 1 })
            Get-Answer (Connect-ToServer $server) 'y' | Should -BeExactly 'y'
        }

        It '-Allow and -Deny: <Name>' -ForEach @(
            @{ Name = 'allowed by a block'; Filter = @{ Allow = '127.0.0.0/8' }; Served = $true }
            @{ Name = 'allowed by an address'; Filter = @{ Allow = '10.0.0.1', '127.0.0.1' }; Served = $true }
            @{ Name = 'not among those allowed'; Filter = @{ Allow = '10.0.0.0/8', '::1' }; Served = $false }
            @{ Name = 'denied'; Filter = @{ Deny = '127.0.0.1/32' }; Served = $false }
            @{ Name = 'another one denied'; Filter = @{ Deny = '127.0.0.2' }; Served = $true }
            @{ Name = 'denied though allowed'; Filter = @{ Allow = '127.0.0.0/8'; Deny = '127.0.0.1' }; Served = $false }
        ) {
            $server = Start-TcpServer 0 { "got $_" } @Filter
            if ($Served) {
                Get-Answer (Connect-ToServer $server) 'x' | Should -BeExactly 'got x'
            }
            else {
                Test-TurnedAway $server | Should -Be $true
                $server.RefusedCount | Should -Be 1
                $server.ConnectionCount | Should -Be 0
            }
        }

        It '-Allow sees an IPv4 client of a dual-mode server as IPv4' {
            $server = Start-TcpServer 0 { "got $_" } -Address Any -Allow 127.0.0.1
            Get-Answer (Connect-ToServer $server) 'x' | Should -BeExactly 'got x'
        }

        It '-IdleTimeoutSeconds ends a silent connection and leaves a busy one' {
            $server = Start-TcpServer 0 { $_ } -IdleTimeoutSeconds 1
            $silent = Connect-ToServer $server
            $busy = Connect-ToServer $server
            [void] (Wait-Until { $server.ConnectionCount -eq 2 })
            $ended = $server.Connections[0]
            [void] (Wait-Until {
                if ((Get-Answer $busy 'x') -ne 'x') { throw 'no answer' }
                [string] $ended.CloseReason -eq 'IdleTimeout'
            })
            Wait-ConnectionEnd $silent | Should -Be 'reset'
            Get-Answer $busy 'y' | Should -BeExactly 'y'
        }

        It '-Backlog holds clients that are not accepted yet' -Skip:(-not $IsLinux) {
            $server = Start-TcpServer 0 { $_ } -Backlog 1 -Sequential
            $served = Connect-ToServer $server
            Get-Answer $served 'x' | Should -BeExactly 'x'
            $waiting = 0
            $failure = $null
            while ($waiting -lt 50 -and -not $failure.Id) {
                $failure = Get-Failure { Connect-TcpClient 127.0.0.1 $server.Port -TimeoutSeconds 0.3 }
                $waiting++
            }
            $failure.Id | Should -BeLike 'ConnectTimedOut,*'
            $waiting | Should -BeGreaterThan 1
            $waiting | Should -BeLessThan 10
        }

        It '-SocketOption reaches the accepted connections' {
            $server = Start-TcpServer 0 -SocketOption @{ keepAlive = $true; KeepAliveTimeSeconds = 77; NoDelay = $false }
            [void] (Connect-ToServer $server)
            $options = Wait-TcpConnection $server | Get-SocketOption
            $options.KeepAlive | Should -BeTrue
            $options.KeepAliveTimeSeconds | Should -Be 77
            $options.NoDelay | Should -BeFalse
        }
    }

    Context 'without a handler' {
        It 'merges the messages of all clients in the order of their arrival' {
            $server = Start-TcpServer 0
            $clients = 1..3 | ForEach-Object { Connect-ToServer $server }
            $received = foreach ($i in 1..9) {
                Send-SocketData $clients[$i % 3] "message $i"
                $server | Receive-SocketData -TimeoutSeconds 10
            }
            $received | ForEach-Object { $_.Text } | Should -Be (1..9 | ForEach-Object { "message $_" })
            $received[0] | Should -BeOfType 'PSSockets.Engine.Transport.SocketMessage'
            $received[0].RemoteEndPoint.Port | Should -Be $clients[1].LocalEndPoint.Port
        }

        It 'streams with -Wait, and answers go back on the connection of a message' {
            $server = Start-TcpServer 0
            $clients = 1..3 | ForEach-Object { Connect-ToServer $server }
            $clients | ForEach-Object { 'a', 'b' | Send-SocketData $_ }
            $server | Receive-SocketData -Wait -TimeoutSeconds 10 | Select-Object -First 6 |
                ForEach-Object { Send-SocketData $_.Connection "answer to $($_.Text)" }
            foreach ($client in $clients) {
                $client | Receive-SocketData -TotalCount 2 | Should -Be 'answer to a', 'answer to b'
            }
        }

        It 'ends -Wait when the server stops' {
            $server = Start-TcpServer 0
            $reading = Start-Background { param($Server) $Server | Receive-SocketData -Wait | ForEach-Object { $_.Text } } $server
            Wait-Blocked $reading
            $client = Connect-ToServer $server
            Send-SocketData $client 'one'
            [void] (Wait-Until { $reading.Output.Count -eq 1 })
            $server | Stop-SocketServer
            Wait-Background $reading | Should -Be 'one'
        }

        It 'leaves at Ctrl+C within a second, and loses nothing' {
            $server = Start-TcpServer 0
            $client = Connect-ToServer $server
            $reading = Start-Background { param($Server) $Server | Receive-SocketData -Wait | ForEach-Object { $_.Text } } $server
            Send-SocketData $client 'one'
            Wait-Blocked $reading -OutputCount 1
            Stop-Background $reading | Should -BeLessThan 1000
            Send-SocketData $client 'two'
            ($server | Receive-SocketData -TimeoutSeconds 10).Text | Should -BeExactly 'two'
        }

        It 'goes on after Select-Object -First 1, again and again, and leaves no socket behind' {
            $server = Start-TcpServer 0
            $client = Connect-ToServer $server
            1..50 | Send-SocketData $client
            $sockets = if ($IsLinux) { Get-OpenSocketCount }
            foreach ($i in 1..50) {
                ($server | Receive-SocketData -Wait -TimeoutSeconds 10 | Select-Object -First 1).Text | Should -Be "$i"
            }
            if ($IsLinux) {
                Get-OpenSocketCount | Should -Be $sockets
            }
        }

        It 'slows the clients down where nobody reads, and loses nothing' {
            $server = Start-TcpServer 0
            $client = Connect-ToServer $server
            $reading = Start-Background { param($Client) 1..20000 | Send-SocketData $Client -CompleteWrites } $client
            $count = 0
            $server | Receive-SocketData -Wait -TimeoutSeconds 10 | Select-Object -First 20000 | ForEach-Object {
                $count++
                if ($_.Text -ne $count) { throw "Message $count is '$($_.Text)'." }
            }
            $count | Should -Be 20000
            [void] (Wait-Background $reading)
        }

        It 'refuses to be received from where it has a handler or -Echo' {
            foreach ($server in (Start-TcpServer 0 { $_ }), (Start-TcpServer 0 -Echo)) {
                $failure = Get-Failure { $server | Receive-SocketData -TimeoutSeconds 1 }
                $failure.Id | Should -BeLike 'ConnectionBusy,*'
                $failure.Category | Should -Be 'ResourceBusy'
            }
        }
    }
}
