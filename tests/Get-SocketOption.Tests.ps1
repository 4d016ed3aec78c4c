BeforeDiscovery {
    $OnLinux = Test-Path -Path '/proc/self/fd'
}

BeforeAll {
    . (Join-Path $PSScriptRoot 'Support' 'common.ps1')
}

Describe 'Get-SocketOption' {
    AfterEach {
        Clear-TestSocket
    }

    It 'returns the options of a connection' {
        $test = New-TestConnection
        $options = Get-SocketOption $test.Connection
        $options | Should -BeOfType 'PSSockets.Engine.Transport.SocketOptionSet'
        $options.NoDelay | Should -BeTrue
        $options.KeepAlive | Should -BeFalse
        $options.LingerSeconds | Should -Be -1
        $options.SendBufferSize | Should -BeGreaterThan 0
        $options.ReceiveBufferSize | Should -BeGreaterThan 0
        $options.Ttl | Should -BeGreaterThan 0
        $options.TypeOfService | Should -Be 0
        $options.KeepAliveTimeSeconds | Should -BeGreaterThan 0
        $options.KeepAliveIntervalSeconds | Should -BeGreaterThan 0
        $options.KeepAliveRetryCount | Should -BeGreaterThan 0
    }

    It 'says what the system says' {
        $test = New-TestConnection
        Set-SocketOption $test.Connection -Ttl 9 -KeepAlive $true -LingerSeconds 3
        $options = Get-SocketOption -Connection $test.Connection
        $options.Ttl | Should -Be 9
        $options.KeepAlive | Should -BeTrue
        $options.LingerSeconds | Should -Be 3
    }

    It 'takes connections from the pipeline, a server''s too' {
        $pair = New-TestPair
        @($pair.Client, $pair.Accepted | Get-SocketOption).Count | Should -Be 2
        (Get-SocketOption -Socket $pair.Accepted).NoDelay | Should -BeTrue
    }

    It 'shows the same options on the connections of a server that it was started with' {
        $server = Start-TcpServer 0 -SocketOption @{ KeepAlive = $true }
        [void] (Connect-TcpClient 127.0.0.1 $server.Port)
        (Wait-TcpConnection $server -TimeoutSeconds 10 | Get-SocketOption).KeepAlive | Should -BeTrue
    }

    It 'leaves empty what a Unix domain socket does not have' -Skip:(-not $OnLinux) {
        $path = New-TestPath '.sock'
        [void] (Start-TcpServer -UnixSocket $path)
        $options = Connect-TcpClient -UnixSocket $path | Get-SocketOption
        $options.NoDelay | Should -BeNullOrEmpty
        $options.Ttl | Should -BeNullOrEmpty
        $options.SendBufferSize | Should -BeGreaterThan 0
    }

    It 'reads the hop limit of an IPv6 connection' {
        $server = $null
        $failure = Get-Failure { Start-TcpServer 0 -Address ::1 }
        if ($failure.Count -eq 0) {
            $server = $failure.Output[0]
            $options = Connect-TcpClient ::1 $server.Port | Get-SocketOption
            $options.Ttl | Should -BeGreaterThan 0
            $options.TypeOfService | Should -BeNullOrEmpty
        }
        else {
            # A machine without IPv6.
            $failure.Id | Should -BeLike 'AddressNotAvailable,*'
        }
    }

    It 'ends with ObjectClosed on a closed connection, and goes on with the next' {
        $closed = New-TestConnection
        $open = New-TestConnection
        Close-Socket $closed.Connection
        $failure = Get-Failure { $closed.Connection, $open.Connection | Get-SocketOption }
        $failure.Count | Should -Be 1
        $failure.Id | Should -BeExactly 'ObjectClosed,PSSockets.Commands.GetSocketOptionCommand'
        $failure.Category | Should -Be 'InvalidOperation'
        $failure.IsTerminating | Should -BeFalse
        $failure.Record.TargetObject | Should -Be $closed.Connection
        $failure.Message | Should -BeLike "*$($closed.Connection.DisplayName)*"
        $failure.Output.Count | Should -Be 1
    }

    It 'refuses null and what is no connection' {
        { Get-SocketOption $null } | Should -Throw -ErrorId 'ParameterArgumentValidationError,PSSockets.Commands.GetSocketOptionCommand'
        (Get-Failure { 'text' | Get-SocketOption }).Id | Should -BeExactly 'InputObjectNotBound,PSSockets.Commands.GetSocketOptionCommand'
    }

    It 'works under strict mode and $ErrorActionPreference Stop' {
        $test = New-TestConnection
        & {
            Set-StrictMode -Version Latest
            $ErrorActionPreference = 'Stop'
            ($test.Connection | Get-SocketOption).NoDelay
        } | Should -BeTrue
    }

    It 'ends by Select-Object -First 1' {
        $first = New-TestConnection
        $second = New-TestConnection
        @($first.Connection, $second.Connection | Get-SocketOption | Select-Object -First 1).Count | Should -Be 1
    }
}
