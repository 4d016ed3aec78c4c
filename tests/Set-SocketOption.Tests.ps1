BeforeDiscovery {
    $OnLinux = Test-Path -Path '/proc/self/fd'
}

BeforeAll {
    . (Join-Path $PSScriptRoot 'Support' 'common.ps1')
}

Describe 'Set-SocketOption' {
    AfterEach {
        Clear-TestSocket
    }

    It 'sets -<name>' -ForEach @(
        @{ Name = 'NoDelay'; Value = $false }
        @{ Name = 'KeepAlive'; Value = $true }
        @{ Name = 'KeepAliveTimeSeconds'; Value = 61 }
        @{ Name = 'KeepAliveIntervalSeconds'; Value = 7 }
        @{ Name = 'KeepAliveRetryCount'; Value = 5 }
        @{ Name = 'LingerSeconds'; Value = 2 }
        @{ Name = 'LingerSeconds'; Value = 0 }
        @{ Name = 'Ttl'; Value = 33 }
        @{ Name = 'TypeOfService'; Value = 16 }
        @{ Name = 'ReuseAddress'; Value = $true }
    ) {
        $test = New-TestConnection
        $parameters = @{ $name = $value }
        Set-SocketOption $test.Connection @parameters | Should -BeNullOrEmpty
        (Get-SocketOption $test.Connection).$name | Should -Be $value
        $test = New-TestConnection
        Set-SocketOption $test.Connection $parameters
        (Get-SocketOption $test.Connection).$name | Should -Be $value
    }

    It 'sets the buffers to at least what was asked' -ForEach @(
        @{ Name = 'SendBufferSize' }
        @{ Name = 'ReceiveBufferSize' }
    ) {
        $test = New-TestConnection
        $parameters = @{ $name = 65536 }
        Set-SocketOption $test.Connection @parameters
        $size = (Get-SocketOption $test.Connection).$name
        $size | Should -BeGreaterThan 65535
        $size | Should -BeLessThan 131073
    }

    It 'sets several at once, and leaves the others alone' {
        $test = New-TestConnection
        $before = Get-SocketOption $test.Connection
        Set-SocketOption $test.Connection -KeepAlive $true -KeepAliveTimeSeconds 30 -Ttl 12
        $after = Get-SocketOption $test.Connection
        $after.KeepAlive | Should -BeTrue
        $after.KeepAliveTimeSeconds | Should -Be 30
        $after.Ttl | Should -Be 12
        $after.NoDelay | Should -Be $before.NoDelay
        $after.LingerSeconds | Should -Be $before.LingerSeconds
    }

    It 'switches off again' {
        $test = New-TestConnection
        Set-SocketOption $test.Connection -LingerSeconds 5 -KeepAlive $true
        Set-SocketOption $test.Connection -LingerSeconds -1 -KeepAlive $false
        (Get-SocketOption $test.Connection).LingerSeconds | Should -Be -1
        (Get-SocketOption $test.Connection).KeepAlive | Should -BeFalse
    }

    It 'makes a close a reset by -LingerSeconds 0' -Skip:(-not $OnLinux) {
        $test = New-TestConnection
        Set-SocketOption $test.Connection -LingerSeconds 0
        Close-Socket $test.Connection
        $caught = try { Read-Raw $test.Peer } catch { $_.Exception.InnerException }
        [string] $caught.SocketErrorCode | Should -Be 'ConnectionReset'
    }

    It 'returns what is set now by -PassThru' {
        $test = New-TestConnection
        $options = Set-SocketOption $test.Connection -Ttl 44 -PassThru
        $options | Should -BeOfType 'PSSockets.Engine.Transport.SocketOptionSet'
        $options.Ttl | Should -Be 44
        $options.NoDelay | Should -BeTrue
    }

    It 'takes connections from the pipeline' {
        $pair = New-TestPair
        $pair.Client, $pair.Accepted | Set-SocketOption @{ Ttl = 20 }
        (Get-SocketOption $pair.Client).Ttl | Should -Be 20
        (Get-SocketOption $pair.Accepted).Ttl | Should -Be 20
        $pair.Client, $pair.Accepted | Set-SocketOption -Ttl 21
        (Get-SocketOption $pair.Client).Ttl | Should -Be 21
        (Get-SocketOption $pair.Accepted).Ttl | Should -Be 21
    }

    It 'takes the options of another connection, and does not change that object' {
        $first = New-TestConnection
        $second = New-TestConnection
        Set-SocketOption $first.Connection -Ttl 55
        $options = Get-SocketOption $first.Connection
        Set-SocketOption $second.Connection $options -TypeOfService 8
        (Get-SocketOption $second.Connection).Ttl | Should -Be 55
        (Get-SocketOption $second.Connection).TypeOfService | Should -Be 8
        $options.TypeOfService | Should -Be 0
    }

    It 'prefers a parameter to the same name in the hashtable' {
        $test = New-TestConnection
        Set-SocketOption $test.Connection @{ Ttl = 5 } -Ttl 6
        (Get-SocketOption $test.Connection).Ttl | Should -Be 6
    }

    It 'takes names in a hashtable whatever their case, and values as text' {
        $test = New-TestConnection
        Set-SocketOption $test.Connection @{ ttl = '7'; nodelay = 'false' }
        (Get-SocketOption $test.Connection).Ttl | Should -Be 7
        (Get-SocketOption $test.Connection).NoDelay | Should -BeFalse
    }

    It 'refuses a call without any option, and lists them' {
        $test = New-TestConnection
        $failure = Get-Failure { Set-SocketOption $test.Connection }
        $failure.Id | Should -BeExactly 'InvalidParameterCombination,PSSockets.Commands.SetSocketOptionCommand'
        $failure.Category | Should -Be 'InvalidArgument'
        $failure.IsTerminating | Should -BeTrue
        $failure.Message | Should -BeLike '*NoDelay*KeepAlive*Ttl*'
    }

    It 'refuses an unknown name, and lists the known ones' {
        $test = New-TestConnection
        { Set-SocketOption $test.Connection @{ Colour = 'red' } } |
            Should -Throw -ErrorId 'ParameterArgumentTransformationError,PSSockets.Commands.SetSocketOptionCommand' -ExpectedMessage "*'Colour'*NoDelay*"
    }

    It 'refuses the value <value> for -<name>' -ForEach @(
        @{ Name = 'Ttl'; Value = 0 }
        @{ Name = 'Ttl'; Value = 256 }
        @{ Name = 'TypeOfService'; Value = 256 }
        @{ Name = 'LingerSeconds'; Value = -2 }
        @{ Name = 'KeepAliveTimeSeconds'; Value = 0 }
        @{ Name = 'KeepAliveRetryCount'; Value = 128 }
        @{ Name = 'SendBufferSize'; Value = 0 }
    ) {
        $test = New-TestConnection
        $parameters = @{ $name = $value }
        { Set-SocketOption $test.Connection @parameters } |
            Should -Throw -ErrorId 'ParameterArgumentValidationError,PSSockets.Commands.SetSocketOptionCommand'
    }

    It 'says which option the system refuses, and on what' -Skip:(-not $OnLinux) {
        $path = New-TestPath '.sock'
        [void] (Start-TcpServer -UnixSocket $path)
        $connection = Connect-TcpClient -UnixSocket $path
        $failure = Get-Failure { Set-SocketOption $connection -NoDelay $true }
        $failure.Id | Should -BeExactly 'SocketFailed,PSSockets.Commands.SetSocketOptionCommand'
        $failure.Category | Should -Not -Be 'NotSpecified'
        $failure.IsTerminating | Should -BeFalse
        $failure.Record.TargetObject | Should -Be $connection
        $failure.Message | Should -BeLike "*NoDelay*$path*"
    }

    It 'ends with ObjectClosed on a closed connection, and goes on with the next' {
        $closed = New-TestConnection
        $open = New-TestConnection
        Close-Socket $closed.Connection
        $failure = Get-Failure { $closed.Connection, $open.Connection | Set-SocketOption -Ttl 3 }
        $failure.Count | Should -Be 1
        $failure.Id | Should -BeExactly 'ObjectClosed,PSSockets.Commands.SetSocketOptionCommand'
        $failure.Category | Should -Be 'InvalidOperation'
        $failure.IsTerminating | Should -BeFalse
        $failure.Record.TargetObject | Should -Be $closed.Connection
        (Get-SocketOption $open.Connection).Ttl | Should -Be 3
    }

    It 'refuses null and what is no connection' {
        { Set-SocketOption $null -Ttl 3 } | Should -Throw -ErrorId 'ParameterArgumentValidationError,PSSockets.Commands.SetSocketOptionCommand'
        (Get-Failure { 'text' | Set-SocketOption -Ttl 3 }).Id | Should -BeExactly 'InputObjectNotBound,PSSockets.Commands.SetSocketOptionCommand'
    }

    It 'works under strict mode and $ErrorActionPreference Stop' {
        $test = New-TestConnection
        & {
            Set-StrictMode -Version Latest
            $ErrorActionPreference = 'Stop'
            $test.Connection | Set-SocketOption -Ttl 3
        }
        (Get-SocketOption $test.Connection).Ttl | Should -Be 3
    }
}
