BeforeDiscovery {
    $SystemHasProc = Test-Path -Path '/proc/self/fd'
}

BeforeAll {
    . (Join-Path $PSScriptRoot 'Support' 'common.ps1')
}

Describe 'Connect-TcpClient' {
    AfterEach {
        Clear-TestSocket
    }

    Context 'a peer that answers' {
        It 'returns an open connection that knows both ends' {
            $listener = New-RawListener
            $port = $listener.LocalEndPoint.Port
            $connection = Connect-TcpClient 127.0.0.1 $port
            $peer = $listener.Accept()
            $connection | Should -BeOfType 'PSSockets.Engine.Transport.SocketConnection'
            $connection.Status | Should -Be 'Open'
            $connection.RemoteEndPoint.Port | Should -Be $port
            $connection.LocalEndPoint.Port | Should -Be $peer.RemoteEndPoint.Port
            $connection.Framing.ToString() | Should -Be 'Line'
            $connection.Encoding | Should -Be 'utf-8'
            $peer.Dispose()
        }

        It 'connects by a name' {
            $server = Start-TcpServer 0
            (Connect-TcpClient -ComputerName localhost -Port $server.Port).Status | Should -Be 'Open'
        }

        It 'takes the short names <alias> for -ComputerName' -ForEach @(
            @{ Alias = 'HostName' }
            @{ Alias = 'Host' }
            @{ Alias = 'CN' }
        ) {
            $listener = New-RawListener
            $parameters = @{ $alias = '127.0.0.1'; Port = $listener.LocalEndPoint.Port }
            (Connect-TcpClient @parameters).Status | Should -Be 'Open'
        }

        It 'sets no-delay unless told otherwise' {
            $test = New-TestConnection
            (Get-SocketOption $test.Connection).NoDelay | Should -BeTrue
            $test = New-TestConnection @{ SocketOption = @{ NoDelay = $false } }
            (Get-SocketOption $test.Connection).NoDelay | Should -BeFalse
        }

        It 'sets what -SocketOption says before it connects' {
            $test = New-TestConnection @{ SocketOption = @{ KeepAlive = $true; KeepAliveTimeSeconds = 33; Ttl = 17 } }
            $options = Get-SocketOption $test.Connection
            $options.KeepAlive | Should -BeTrue
            $options.KeepAliveTimeSeconds | Should -Be 33
            $options.Ttl | Should -Be 17
        }

        It 'connects from -LocalEndPoint' {
            $test = New-TestConnection @{ LocalEndPoint = '127.0.0.1' }
            [string] $test.Peer.RemoteEndPoint.Address | Should -Be '127.0.0.1'
            $port = Get-UnusedPort
            $test = New-TestConnection @{ LocalEndPoint = "127.0.0.1:$port" }
            $test.Peer.RemoteEndPoint.Port | Should -Be $port
        }

        It 'keeps -Name, and finds it again by it' {
            $test = New-TestConnection @{ Name = 'printer' }
            $test.Connection.Name | Should -Be 'printer'
            (Get-SocketConnection -Name printer).Id | Should -Be $test.Connection.Id
        }

        It 'takes the framing <framing>' -ForEach @(
            @{ Framing = 'Raw' }
            @{ Framing = 'Line' }
            @{ Framing = 'CrLf' }
            @{ Framing = 'Null' }
            @{ Framing = 'OctetCounting' }
            @{ Framing = 'LengthPrefix:4' }
            @{ Framing = 'Fixed:512' }
            @{ Framing = 'Delimiter:END' }
        ) {
            (New-TestConnection @{ Framing = $framing }).Connection.Framing.ToString() | Should -BeExactly $framing
        }

        It 'takes the framing whatever its case, and LengthPrefix as four bytes' {
            (New-TestConnection @{ Framing = 'lengthprefix' }).Connection.Framing.ToString() | Should -BeExactly 'LengthPrefix:4'
        }

        It 'takes the encoding <name>' -ForEach @(
            @{ Name = 'utf8'; Expected = 'utf-8' }
            @{ Name = 'ascii'; Expected = 'us-ascii' }
            @{ Name = 'unicode'; Expected = 'utf-16' }
            @{ Name = 'bigendianunicode'; Expected = 'utf-16BE' }
            @{ Name = 'utf32'; Expected = 'utf-32' }
            @{ Name = 'latin1'; Expected = 'iso-8859-1' }
            @{ Name = 'windows-1252'; Expected = 'windows-1252' }
            @{ Name = 1251; Expected = 'windows-1251' }
        ) {
            (New-TestConnection @{ Encoding = $name }).Connection.Encoding | Should -Be $expected
        }

        It 'gives bytes by -AsByteStream' {
            $test = New-TestConnection @{ AsByteStream = $true }
            Send-Raw $test.Peer "abc`n"
            $message = Receive-SocketData $test.Connection
            , $message | Should -BeOfType [byte[]]
            $message.Length | Should -Be 3
        }

        It 'says by -Verbose what it tries and to whom it is connected' {
            $listener = New-RawListener
            $port = $listener.LocalEndPoint.Port
            $all = Connect-TcpClient 127.0.0.1 $port -Verbose 4>&1
            @($all).Count | Should -Be 3
            "$($all[0])" | Should -BeExactly "Trying 127.0.0.1:$port."
            "$($all[1])" | Should -BeLike "Connected to 127.0.0.1:$port from 127.0.0.1:*"
        }

        It 'says by -Verbose the addresses of a name' {
            $listener = New-RawListener
            $all = Connect-TcpClient localhost $listener.LocalEndPoint.Port -Verbose 4>&1
            "$($all[0])" | Should -Match '^localhost is .*127\.0\.0\.1'
        }

        It 'connects to a Unix domain socket by -UnixSocket' {
            $path = New-TestPath '.sock'
            $server = Start-TcpServer -UnixSocket $path
            $client = Connect-TcpClient -UnixSocket $path
            $accepted = Wait-TcpConnection $server -TimeoutSeconds 10
            Send-SocketData $client 'over the path'
            Receive-SocketData $accepted -TimeoutSeconds 10 | Should -BeExactly 'over the path'
            Stop-SocketServer $server
            Test-Path -Path $path | Should -BeFalse
        }

        It 'looks for a relative -UnixSocket path in the current location' -Skip:(-not $SystemHasProc) {
            $path = New-TestPath '.sock'
            [void] (Start-TcpServer -UnixSocket $path)
            Push-Location -Path ([System.IO.Path]::GetDirectoryName($path))
            try {
                (Connect-TcpClient -UnixSocket ([System.IO.Path]::GetFileName($path))).Status | Should -Be 'Open'
            }
            finally {
                Pop-Location
            }
        }
    }

    Context 'a peer that does not answer' {
        It 'ends with ConnectionRefused where nothing listens' {
            $port = Get-UnusedPort
            $failure = Get-Failure { Connect-TcpClient 127.0.0.1 $port }
            $failure.Id | Should -BeExactly 'ConnectionRefused,PSSockets.Commands.ConnectTcpClientCommand'
            $failure.Category | Should -Be 'ConnectionError'
            $failure.IsTerminating | Should -BeTrue
            $failure.Record.TargetObject | Should -Be "127.0.0.1:$port"
            $failure.Message | Should -BeExactly "Nothing listens on 127.0.0.1:$port (connection refused). Is the server started?"
            $failure.Record.Exception.InnerException | Should -BeOfType [System.Net.Sockets.SocketException]
        }

        It 'names the host as it was given where all its addresses refuse' {
            $port = Get-UnusedPort
            (Get-Failure { Connect-TcpClient localhost $port }).Message | Should -Match "(localhost|127\.0\.0\.1|\[::1\]):$port"
        }

        It 'ends with ConnectTimedOut where nothing answers, within the limit' -Skip:(-not $SystemHasProc) {
            $port = (New-SilentListener).LocalEndPoint.Port
            $clock = [System.Diagnostics.Stopwatch]::StartNew()
            $failure = Get-Failure { Connect-TcpClient 127.0.0.1 $port -TimeoutSeconds 0.3 }
            $clock.Elapsed.TotalSeconds | Should -BeGreaterThan 0.25
            $clock.Elapsed.TotalSeconds | Should -BeLessThan 5
            $failure.Id | Should -BeExactly 'ConnectTimedOut,PSSockets.Commands.ConnectTcpClientCommand'
            $failure.Category | Should -Be 'OperationTimeout'
            $failure.IsTerminating | Should -BeTrue
            $failure.Record.TargetObject | Should -Be "127.0.0.1:$port"
            $failure.Message | Should -BeLike "127.0.0.1:$port did not answer within 0.3 s. *-TimeoutSeconds*"
            $failure.Record.Exception | Should -BeOfType [System.TimeoutException]
        }

        It 'ends with NameNotResolved for a name without an address' {
            $failure = Get-Failure { Connect-TcpClient 'no-such-host.invalid' 80 }
            $failure.Id | Should -BeExactly 'NameNotResolved,PSSockets.Commands.ConnectTcpClientCommand'
            $failure.Category | Should -Be 'ObjectNotFound'
            $failure.IsTerminating | Should -BeTrue
            $failure.Record.TargetObject | Should -Be 'no-such-host.invalid'
            $failure.Message | Should -BeLike "*'no-such-host.invalid'*Check the spelling*"
        }

        It 'ends with NameNotResolved for what can be no name' {
            $long = 'a' * 300
            (Get-Failure { Connect-TcpClient $long 80 }).Id | Should -BeExactly 'NameNotResolved,PSSockets.Commands.ConnectTcpClientCommand'
        }

        It 'ends with an error that names the path where no Unix domain socket is' {
            $path = New-TestPath '.sock'
            $failure = Get-Failure { Connect-TcpClient -UnixSocket $path }
            $failure.Id | Should -BeExactly 'ConnectionRefused,PSSockets.Commands.ConnectTcpClientCommand'
            $failure.Category | Should -Be 'ConnectionError'
            $failure.IsTerminating | Should -BeTrue
            $failure.Record.TargetObject | Should -Be $path
            $failure.Message | Should -BeLike "*$path*"
        }

        It 'ends with ConnectionRefused where a Unix domain socket was left behind' -Skip:(-not $SystemHasProc) {
            $path = New-TestPath '.sock'
            $stale = [System.Net.Sockets.Socket]::new('Unix', 'Stream', 'Unspecified')
            $stale.Bind([System.Net.Sockets.UnixDomainSocketEndPoint]::new($path))
            try {
                (Get-Failure { Connect-TcpClient -UnixSocket $path }).Id | Should -BeExactly 'ConnectionRefused,PSSockets.Commands.ConnectTcpClientCommand'
            }
            finally {
                $stale.Dispose()
                Remove-Item -Path $path -ErrorAction SilentlyContinue
            }
        }

        It 'ends with an error of its own where the Unix path is too long for the system' {
            $path = Join-Path ([System.IO.Path]::GetTempPath()) ('a' * 150)
            $failure = Get-Failure { Connect-TcpClient -UnixSocket $path }
            $failure.Id | Should -BeExactly 'InvalidParameterValue,PSSockets.Commands.ConnectTcpClientCommand'
            $failure.Category | Should -Be 'InvalidArgument'
            $failure.IsTerminating | Should -BeTrue
        }
    }

    Context 'trying again' {
        It 'tries -RetryCount times more, and says so by -Verbose' {
            $port = Get-UnusedPort
            $failure = Get-Failure { Connect-TcpClient 127.0.0.1 $port -RetryCount 2 -RetryIntervalSeconds 0.02 -Verbose 4>&1 }
            $failure.Id | Should -BeExactly 'ConnectionRefused,PSSockets.Commands.ConnectTcpClientCommand'
            @($failure.Output).Count | Should -Be 8
            "$($failure.Output[0])" | Should -BeExactly "Trying 127.0.0.1:$port."
            "$($failure.Output[1])" | Should -BeLike "127.0.0.1:$port failed: Nothing listens*"
            "$($failure.Output[2])" | Should -BeLike "Attempt 1 of 3 failed: Nothing listens on 127.0.0.1:$port*"
            "$($failure.Output[5])" | Should -BeLike 'Attempt 2 of 3 failed:*'
        }

        It 'connects to a server that starts late' {
            $port = Get-UnusedPort
            $background = Start-Background {
                param($port)
                $c = Connect-TcpClient 127.0.0.1 $port -RetryCount 400 -RetryIntervalSeconds 0.02
                $c.Status.ToString()
            } -ArgumentList $port
            Wait-Blocked $background
            [void] (Start-TcpServer $port)
            Wait-Background $background | Should -Be 'Open'
        }
    }

    Context 'bad input' {
        It 'refuses port <port>' -ForEach @(
            @{ Port = 0 }
            @{ Port = 65536 }
            @{ Port = -1 }
        ) {
            { Connect-TcpClient 127.0.0.1 $port } | Should -Throw -ErrorId 'ParameterArgumentValidationError,PSSockets.Commands.ConnectTcpClientCommand'
        }

        It 'refuses an empty host' {
            { Connect-TcpClient '' 80 } | Should -Throw -ErrorId 'ParameterArgumentValidationError,PSSockets.Commands.ConnectTcpClientCommand'
        }

        It 'refuses the framing <framing>, and says what there is' -ForEach @(
            @{ Framing = 'Lines' }
            @{ Framing = 'Fixed' }
            @{ Framing = 'Fixed:0' }
            @{ Framing = 'LengthPrefix:3' }
            @{ Framing = 'Delimiter:' }
            @{ Framing = 'Raw:1' }
            @{ Framing = '1' }
        ) {
            { Connect-TcpClient 127.0.0.1 80 -Framing $framing } |
                Should -Throw -ErrorId 'ParameterArgumentTransformationError,PSSockets.Commands.ConnectTcpClientCommand' -ExpectedMessage '*framing*'
        }

        It 'refuses an unknown encoding, and lists some' {
            { Connect-TcpClient 127.0.0.1 80 -Encoding klingon } |
                Should -Throw -ErrorId 'ParameterArgumentTransformationError,PSSockets.Commands.ConnectTcpClientCommand' -ExpectedMessage "*'klingon'*utf8*latin1*"
        }

        It 'refuses an unknown socket option, and lists the known ones' {
            { Connect-TcpClient 127.0.0.1 80 -SocketOption @{ Nodlay = $true } } |
                Should -Throw -ErrorId 'ParameterArgumentTransformationError,PSSockets.Commands.ConnectTcpClientCommand' -ExpectedMessage "*'Nodlay'*NoDelay*KeepAlive*"
        }

        It 'refuses a socket option''s value that does not fit' {
            { Connect-TcpClient 127.0.0.1 80 -SocketOption @{ Ttl = 'far' } } |
                Should -Throw -ErrorId 'ParameterArgumentTransformationError,PSSockets.Commands.ConnectTcpClientCommand' -ExpectedMessage "*'far'*Ttl*"
        }

        It 'refuses a -LocalEndPoint that is no endpoint' {
            $failure = Get-Failure { Connect-TcpClient 127.0.0.1 80 -LocalEndPoint 'eth0' }
            $failure.Id | Should -BeExactly 'InvalidParameterValue,PSSockets.Commands.ConnectTcpClientCommand'
            $failure.Category | Should -Be 'InvalidArgument'
            $failure.IsTerminating | Should -BeTrue
            $failure.Record.TargetObject | Should -Be 'eth0'
            $failure.Message | Should -BeLike "*'eth0'*192.0.2.1:5000*"
        }

        It 'ends with AddressNotAvailable for a -LocalEndPoint of another machine' -Skip:(-not $SystemHasProc) {
            $port = (New-RawListener).LocalEndPoint.Port
            $failure = Get-Failure { Connect-TcpClient 127.0.0.1 $port -LocalEndPoint '192.0.2.1' }
            $failure.Id | Should -BeExactly 'AddressNotAvailable,PSSockets.Commands.ConnectTcpClientCommand'
            $failure.Category | Should -Be 'ObjectNotFound'
            $failure.Message | Should -BeLike '*192.0.2.1*'
        }

        It 'ends with AddressNotAvailable for a -LocalEndPoint of another family' {
            $port = (New-RawListener).LocalEndPoint.Port
            $failure = Get-Failure { Connect-TcpClient 127.0.0.1 $port -LocalEndPoint '::1' }
            $failure.Id | Should -BeExactly 'AddressNotAvailable,PSSockets.Commands.ConnectTcpClientCommand'
            $failure.Message | Should -BeLike "*127.0.0.1:$port*"
        }

        It 'ends with AddressInUse where -LocalEndPoint has a port that is taken' {
            $listener = New-RawListener
            $taken = (New-RawListener).LocalEndPoint.Port
            $port = $listener.LocalEndPoint.Port
            $failure = Get-Failure { Connect-TcpClient 127.0.0.1 $port -LocalEndPoint "127.0.0.1:$taken" }
            $failure.Id | Should -BeExactly 'AddressInUse,PSSockets.Commands.ConnectTcpClientCommand'
            $failure.Category | Should -Be 'ResourceExists'
        }

        It 'refuses a -MaxFrameLength below the length of fixed frames' {
            $failure = Get-Failure { Connect-TcpClient 127.0.0.1 80 -Framing Fixed:512 -MaxFrameLength 100 }
            $failure.Id | Should -BeExactly 'InvalidParameterCombination,PSSockets.Commands.ConnectTcpClientCommand'
            $failure.Category | Should -Be 'InvalidArgument'
            $failure.IsTerminating | Should -BeTrue
        }

        It 'refuses host and path together' {
            { Connect-TcpClient -ComputerName 127.0.0.1 -Port 80 -UnixSocket x } |
                Should -Throw -ErrorId 'AmbiguousParameterSet,PSSockets.Commands.ConnectTcpClientCommand'
        }

        It 'refuses a negative -TimeoutSeconds' {
            { Connect-TcpClient 127.0.0.1 80 -TimeoutSeconds -1 } | Should -Throw -ErrorId 'ParameterArgumentValidationError,PSSockets.Commands.ConnectTcpClientCommand'
        }
    }

    Context 'ending early' {
        It 'stops at once by Ctrl+C while nothing answers' -Skip:(-not $SystemHasProc) {
            $port = (New-SilentListener).LocalEndPoint.Port
            $background = Start-Background { param($port) Connect-TcpClient 127.0.0.1 $port -TimeoutSeconds 60 } -ArgumentList $port
            Wait-Blocked $background
            Stop-Background $background | Should -BeLessThan 1000
            $background.PowerShell.Streams.Error.Count | Should -Be 0
        }

        It 'stops at once by Ctrl+C in the pause before another try' {
            $port = Get-UnusedPort
            $background = Start-Background { param($port) Connect-TcpClient 127.0.0.1 $port -RetryCount 9 -RetryIntervalSeconds 60 } -ArgumentList $port
            Wait-Blocked $background
            Stop-Background $background | Should -BeLessThan 1000
        }

        It 'leaves the connection to the caller by Select-Object -First 1' {
            $listener = New-RawListener
            $port = $listener.LocalEndPoint.Port
            $connection = Connect-TcpClient 127.0.0.1 $port | Select-Object -First 1
            $connection.Status | Should -Be 'Open'
            Close-Socket $connection
        }

        It 'leaves no socket after a hundred failed and a hundred good connects' -Skip:(-not $SystemHasProc) {
            $server = Start-TcpServer 0
            $closed = Get-UnusedPort
            $server.Port | ForEach-Object { Connect-TcpClient 127.0.0.1 $_ | Close-Socket }
            [void] (Wait-Until { $server.ConnectionCount -le 1 })
            Get-SocketServer | Stop-SocketServer -Force
            $before = Get-OpenSocketCount
            $server = Start-TcpServer 0 -Echo
            for ($i = 0; $i -lt 100; $i++) {
                Connect-TcpClient 127.0.0.1 $server.Port | Close-Socket
                $null = Get-Failure { Connect-TcpClient 127.0.0.1 $closed }
            }
            Stop-SocketServer $server -Force
            [void] (Wait-Until { (Get-OpenSocketCount) -le $before } -Because 'all sockets were to be closed')
            @(Get-SocketConnection).Count | Should -Be 0
        }
    }

    Context 'in a script' {
        It 'can be caught, also under strict mode and $ErrorActionPreference Stop' {
            $port = Get-UnusedPort
            $caught = & {
                Set-StrictMode -Version Latest
                $ErrorActionPreference = 'Stop'
                try {
                    Connect-TcpClient 127.0.0.1 $port
                }
                catch {
                    $_.FullyQualifiedErrorId
                }
            }
            $caught | Should -BeExactly 'ConnectionRefused,PSSockets.Commands.ConnectTcpClientCommand'
        }
    }

    Context 'parameters' {
        It 'has -<name>' -ForEach @(
            @{ Name = 'ComputerName'; Type = [string] }
            @{ Name = 'Port'; Type = [int] }
            @{ Name = 'UnixSocket'; Type = [string] }
            @{ Name = 'TimeoutSeconds'; Type = [double] }
            @{ Name = 'RetryCount'; Type = [int] }
            @{ Name = 'RetryIntervalSeconds'; Type = [double] }
            @{ Name = 'LocalEndPoint'; Type = [string] }
            @{ Name = 'AsByteStream'; Type = [switch] }
        ) {
            Get-Command -Name Connect-TcpClient | Should -HaveParameter $name -Type $type
        }
    }

    It 'says that scheme and port do not belong to the name: <_>' -ForEach 'http://localhost', 'localhost:80' {
        $failure = Get-Failure { Connect-TcpClient $_ 80 }
        $failure.Id | Should -BeLike 'InvalidParameterValue,*'
        $failure.Message | Should -BeLike '*scheme and port*'
    }
}
