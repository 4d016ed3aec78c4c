BeforeDiscovery {
    $SystemHasProc = Test-Path -Path '/proc/self/fd'
}

BeforeAll {
    . (Join-Path $PSScriptRoot 'Support' 'common.ps1')
    . (Join-Path $PSScriptRoot 'Support' 'peers.ps1')
    $License = Join-Path $RepositoryRoot 'LICENSE'

    # Fills the peer's and the system's buffers, until a send does not get through.
    function Send-TooMuch {
        param($Connection)
        $block = [byte[]]::new(4MB)
        Get-Failure { Send-SocketData $Connection $block -TimeoutSeconds 0.2; Send-SocketData $Connection $block -TimeoutSeconds 0.2 }
    }
}

Describe 'Send-SocketData' {
    AfterEach {
        Stop-Peer
        Clear-TestSocket
    }

    Context 'what goes out' {
        It 'sends text as a line' {
            $test = New-TestConnection
            Send-SocketData $test.Connection 'hello'
            Read-RawText $test.Peer 6 | Should -BeExactly "hello`n"
        }

        It 'returns nothing' {
            $test = New-TestConnection
            Send-SocketData $test.Connection 'hello' | Should -BeNullOrEmpty
        }

        It 'sends <text> as UTF-8' -ForEach @(
            @{ Text = 'Grüße' }
            @{ Text = '日本語' }
            @{ Text = "$([char]::ConvertFromUtf32(0x1F600))" }
        ) {
            $test = New-TestConnection
            Send-SocketData $test.Connection $text -CompleteWrites
            Read-RawText $test.Peer | Should -BeExactly "$text`n"
        }

        It 'sends text in the connection''s encoding <encoding>, the line''s end too' -ForEach @(
            @{ Encoding = 'unicode'; Expected = 'E9-00-0A-00' }
            @{ Encoding = 'bigendianunicode'; Expected = '00-E9-00-0A' }
            @{ Encoding = 'utf32'; Expected = 'E9-00-00-00-0A-00-00-00' }
            @{ Encoding = 'latin1'; Expected = 'E9-0A' }
            @{ Encoding = 'ascii'; Expected = '3F-0A' }
            @{ Encoding = 'utf8BOM'; Expected = 'C3-A9-0A' }
        ) {
            $test = New-TestConnection @{ Encoding = $encoding }
            Send-SocketData $test.Connection "$([char] 0xE9)" -CompleteWrites
            [System.BitConverter]::ToString((Read-Raw $test.Peer)) | Should -BeExactly $expected
        }

        It 'frames <framing>' -ForEach @(
            @{ Framing = 'Raw'; Expected = 'ab' }
            @{ Framing = 'Line'; Expected = "a`nb`n" }
            @{ Framing = 'CrLf'; Expected = "a`r`nb`r`n" }
            @{ Framing = 'Null'; Expected = "a`0b`0" }
            @{ Framing = 'Delimiter:END'; Expected = 'aENDbEND' }
            @{ Framing = 'OctetCounting'; Expected = '1 a1 b' }
            @{ Framing = 'Fixed:1'; Expected = 'ab' }
            @{ Framing = 'LengthPrefix:1'; Expected = "$([char] 1)a$([char] 1)b" }
            @{ Framing = 'LengthPrefix:2'; Expected = "`0$([char] 1)a`0$([char] 1)b" }
            @{ Framing = 'LengthPrefix'; Expected = "`0`0`0$([char] 1)a`0`0`0$([char] 1)b" }
            @{ Framing = 'LengthPrefix:8'; Expected = "`0`0`0`0`0`0`0$([char] 1)a`0`0`0`0`0`0`0$([char] 1)b" }
        ) {
            $test = New-TestConnection @{ Framing = $framing }
            'a', 'b' | Send-SocketData $test.Connection -CompleteWrites
            Read-RawText $test.Peer | Should -BeExactly $expected
        }

        It 'sends an empty string as an empty line' {
            $test = New-TestConnection
            Send-SocketData $test.Connection ''
            Read-RawText $test.Peer 1 | Should -BeExactly "`n"
        }

        It 'sends nothing for <name>' -ForEach @(
            @{ Name = 'null'; Value = $null }
            @{ Name = 'an empty array'; Value = @() }
            @{ Name = 'an array of null'; Value = @($null) }
        ) {
            $test = New-TestConnection
            Send-SocketData $test.Connection $value
            $value | Send-SocketData $test.Connection
            Send-SocketData $test.Connection -CompleteWrites
            (Read-Raw $test.Peer).Length | Should -Be 0
        }

        It 'sends an empty byte array as an empty message' {
            $test = New-TestConnection
            Send-SocketData $test.Connection ([byte[]]::new(0)) -CompleteWrites
            Read-RawText $test.Peer | Should -BeExactly "`n"
        }

        It 'sends each element of an array as a message, given as argument or by pipeline' {
            $test = New-TestConnection
            Send-SocketData $test.Connection 'one', 'two'
            'three', 'four' | Send-SocketData $test.Connection -CompleteWrites
            Read-RawText $test.Peer | Should -BeExactly "one`ntwo`nthree`nfour`n"
        }

        It 'sends a byte array as one message' {
            $test = New-TestConnection @{ Framing = 'LengthPrefix:2' }
            Send-SocketData $test.Connection ([byte[]] (1, 2, 255)) -CompleteWrites
            [System.BitConverter]::ToString((Read-Raw $test.Peer)) | Should -BeExactly '00-03-01-02-FF'
        }

        It 'sends a byte array from the pipeline as one message, unrolled or not' {
            $test = New-TestConnection @{ Framing = 'LengthPrefix:2' }
            , [byte[]] (1, 2, 3) | Send-SocketData $test.Connection
            [byte[]] (4, 5, 6) | Send-SocketData $test.Connection -CompleteWrites
            [System.BitConverter]::ToString((Read-Raw $test.Peer)) | Should -BeExactly '00-03-01-02-03-00-03-04-05-06'
        }

        It 'gathers single bytes up to the next text' {
            $test = New-TestConnection
            [byte] 65, [byte] 66, 'text', [byte] 67 | Send-SocketData $test.Connection -CompleteWrites
            Read-RawText $test.Peer | Should -BeExactly "AB`ntext`nC`n"
        }

        It 'sends numbers and other objects as their text, whatever the culture' {
            $test = New-TestConnection
            $before = [cultureinfo]::CurrentCulture
            try {
                [cultureinfo]::CurrentCulture = 'de-DE'
                42, 1.5, $true, [ipaddress]::Loopback, ([pscustomobject] @{ A = 1 }) | Send-SocketData $test.Connection -CompleteWrites
            }
            finally {
                [cultureinfo]::CurrentCulture = $before
            }
            Read-RawText $test.Peer | Should -BeExactly "42`n1.5`nTrue`n127.0.0.1`n@{A=1}`n"
        }

        It 'sends nothing for a task' {
            $test = New-TestConnection
            'a', [System.Threading.Tasks.Task]::CompletedTask, [System.Threading.Tasks.Task]::FromResult(1), 'b' | Send-SocketData $test.Connection -CompleteWrites
            Read-RawText $test.Peer | Should -BeExactly "a`nb`n"
        }

        It 'sends a hashtable as one message, not its entries' {
            $test = New-TestConnection
            Send-SocketData $test.Connection @{ A = 1; B = 2 } -CompleteWrites
            Read-RawText $test.Peer | Should -BeExactly "System.Collections.Hashtable`n"
        }

        It 'sends the characters of control and escape as they are' {
            $test = New-TestConnection @{ Framing = 'Raw' }
            Send-SocketData $test.Connection "$([char] 27)[31m`a`0" -CompleteWrites
            [System.BitConverter]::ToString((Read-Raw $test.Peer)) | Should -BeExactly '1B-5B-33-31-6D-07-00'
        }

        It 'takes -Connection, -Socket and -Server by name' {
            $test = New-TestConnection
            Send-SocketData -Connection $test.Connection -InputObject 'a'
            Send-SocketData -Socket $test.Connection -InputObject 'b' -CompleteWrites
            Read-RawText $test.Peer | Should -BeExactly "a`nb`n"
        }
    }

    Context 'much' {
        It 'sends 10,000 lines from a pipeline, in order and whole' {
            $pair = New-TestPair
            $reading = Start-Background { param($connection) Receive-SocketData $connection -Wait } -ArgumentList $pair.Accepted
            1..10000 | ForEach-Object { "line $_" } | Send-SocketData $pair.Client -CompleteWrites
            $lines = @(Wait-Background $reading)
            $lines.Count | Should -Be 10000
            $lines[0] | Should -BeExactly 'line 1'
            $lines[9999] | Should -BeExactly 'line 10000'
            ($lines -join ',') -ceq ((1..10000 | ForEach-Object { "line $_" }) -join ',') | Should -BeTrue
        }

        It 'sends a single line of a slow source at once' {
            $test = New-TestConnection
            $background = Start-Background {
                param($connection, $go)
                & { 'first'; [void] $go.Wait(10000); 'second' } | Send-SocketData $connection
            } -ArgumentList $test.Connection, ($go = [System.Threading.ManualResetEventSlim]::new())
            Read-RawText $test.Peer 6 | Should -BeExactly "first`n"
            $background.Result.IsCompleted | Should -BeFalse
            $go.Set()
            Read-RawText $test.Peer 7 | Should -BeExactly "second`n"
            $null = Wait-Background $background
        }

        It 'sends 8 MiB in one message while the peer reads' {
            $test = New-TestConnection @{ Framing = 'Raw' }
            $bytes = [byte[]]::new(8MB)
            [System.Random]::new(7).NextBytes($bytes)
            $sending = Start-Background { param($connection, $bytes) Send-SocketData $connection $bytes -CompleteWrites } -ArgumentList $test.Connection, $bytes
            $received = Read-Raw $test.Peer
            $null = Wait-Background $sending
            [System.Linq.Enumerable]::SequenceEqual($received, $bytes) | Should -BeTrue
        }

        It 'never tears a message apart that another pipeline sends too' {
            $test = New-TestConnection
            $senders = 'a', 'b', 'c' | ForEach-Object {
                Start-Background { param($connection, $letter) 1..300 | ForEach-Object { $letter * 200 } | Send-SocketData $connection } -ArgumentList $test.Connection, $_
            }
            $lines = (Read-RawText $test.Peer (3 * 300 * 201)) -split "`n"
            $senders | ForEach-Object { $null = Wait-Background $_ }
            @($lines | Where-Object { $_ -cnotmatch '^(a{200}|b{200}|c{200})?$' }).Count | Should -Be 0
            @($lines | Where-Object { $_ -clike 'b*' }).Count | Should -Be 300
        }
    }

    Context '-NoNewline' {
        It 'leaves the end of the line to the next one' {
            $test = New-TestConnection
            Send-SocketData $test.Connection 'user: ' -NoNewline
            Send-SocketData $test.Connection 'root'
            Read-RawText $test.Peer 11 | Should -BeExactly "user: root`n"
        }

        It 'joins what the pipeline brings' {
            $test = New-TestConnection
            'a', 'b', 'c' | Send-SocketData $test.Connection -NoNewline -CompleteWrites
            Read-RawText $test.Peer | Should -BeExactly 'abc'
        }

        It 'is refused under <framing>, where no mark ends a message' -ForEach @(
            @{ Framing = 'LengthPrefix:4' }
            @{ Framing = 'Fixed:3' }
            @{ Framing = 'OctetCounting' }
        ) {
            $test = New-TestConnection @{ Framing = $framing }
            $failure = Get-Failure { Send-SocketData $test.Connection 'abc' -NoNewline }
            $failure.Id | Should -BeExactly 'InvalidParameterCombination,PSSockets.Commands.SendSocketDataCommand'
            $failure.Category | Should -Be 'InvalidArgument'
            $failure.IsTerminating | Should -BeTrue
            $failure.Message | Should -BeLike "*-NoNewline*$framing*"
        }
    }

    Context '-CompleteWrites' {
        It 'ends our stream after the data, and still receives' {
            $test = New-TestConnection
            Send-SocketData $test.Connection 'question' -CompleteWrites
            Read-RawText $test.Peer | Should -BeExactly "question`n"
            [string] $test.Connection.Status | Should -Be 'WritesCompleted'
            Send-Raw $test.Peer "answer`n"
            Receive-SocketData $test.Connection -TimeoutSeconds 10 | Should -BeExactly 'answer'
        }

        It 'needs no data' {
            $test = New-TestConnection
            Send-SocketData $test.Connection -CompleteWrites
            (Read-Raw $test.Peer).Length | Should -Be 0
        }

        It 'may be given twice' {
            $test = New-TestConnection
            Send-SocketData $test.Connection -CompleteWrites
            (Get-Failure { Send-SocketData $test.Connection -CompleteWrites }).Count | Should -Be 0
        }

        It 'makes a later send an error of its own' {
            $test = New-TestConnection
            Send-SocketData $test.Connection -CompleteWrites
            $failure = Get-Failure { Send-SocketData $test.Connection 'more' }
            $failure.Id | Should -BeExactly 'ObjectClosed,PSSockets.Commands.SendSocketDataCommand'
            $failure.Category | Should -Be 'InvalidOperation'
            $failure.Message | Should -BeLike "*sending side*$($test.Connection.DisplayName)*"
        }

        It 'is refused for a server' {
            $server = Start-TcpServer 0
            $failure = Get-Failure { Send-SocketData $server 'x' -CompleteWrites }
            $failure.Id | Should -BeExactly 'InvalidParameterCombination,PSSockets.Commands.SendSocketDataCommand'
            $failure.IsTerminating | Should -BeTrue
        }
    }

    Context '-Path' {
        It 'sends a file as it is' {
            $test = New-TestConnection
            Send-SocketData $test.Connection -Path $License -CompleteWrites
            [System.Linq.Enumerable]::SequenceEqual((Read-Raw $test.Peer), [System.IO.File]::ReadAllBytes($License)) | Should -BeTrue
        }

        It 'sends a file as one message under a counted framing' {
            $pair = New-TestPair @{ Framing = 'LengthPrefix'; AsByteStream = $true }
            Send-SocketData $pair.Client -Path $License
            $received = Receive-SocketData $pair.Accepted -TimeoutSeconds 10
            [System.Linq.Enumerable]::SequenceEqual($received, [System.IO.File]::ReadAllBytes($License)) | Should -BeTrue
        }

        It 'sends a file of 5 MiB, and one that is empty' {
            $path = New-TestPath
            $bytes = [byte[]]::new(5MB)
            [System.Random]::new(3).NextBytes($bytes)
            try {
                [System.IO.File]::WriteAllBytes($path, $bytes)
                $test = New-TestConnection
                $sending = Start-Background { param($connection, $path) Send-SocketData $connection -Path $path -CompleteWrites } -ArgumentList $test.Connection, $path
                $received = Read-Raw $test.Peer
                $null = Wait-Background $sending
                [System.Linq.Enumerable]::SequenceEqual($received, $bytes) | Should -BeTrue

                [System.IO.File]::WriteAllBytes($path, [byte[]]::new(0))
                $test = New-TestConnection
                Send-SocketData $test.Connection -Path $path -CompleteWrites
                (Read-Raw $test.Peer).Length | Should -Be 0
            }
            finally {
                Remove-Item -Path $path -ErrorAction SilentlyContinue
            }
        }

        It 'sends a file as one message although others send meanwhile' {
            $path = New-TestPath
            try {
                [System.IO.File]::WriteAllBytes($path, [byte[]]::new(900000))
                $pair = New-TestPair @{ Framing = 'LengthPrefix'; AsByteStream = $true }
                $signal = [hashtable]::Synchronized(@{ Stop = $false })
                $others = Start-Background -ArgumentList $pair.Client, $signal -ScriptBlock {
                    param($connection, $signal)
                    while (-not $signal.Stop) {
                        Send-SocketData $connection 'other'
                    }
                }
                $reading = Start-Background -ArgumentList $pair.Accepted -ScriptBlock {
                    param($connection)
                    Receive-SocketData $connection -Wait | ForEach-Object { $_.Length }
                }
                for ($i = 0; $i -lt 10; $i++) {
                    Send-SocketData $pair.Client -Path $path
                }
                $signal.Stop = $true
                $null = Wait-Background $others
                Close-Socket $pair.Client
                $lengths = @(Wait-Background $reading)
                @($lengths | Where-Object { $_ -eq 900000 }).Count | Should -Be 10
                @($lengths | Where-Object { $_ -ne 900000 -and $_ -ne 5 }).Count | Should -Be 0
            }
            finally {
                Remove-Item -Path $path -ErrorAction SilentlyContinue
            }
        }

        It 'sends a file whose length the system does not know, under <framing> framing' -Skip:(-not $SystemHasProc) -ForEach @(
            @{ Framing = 'LengthPrefix' }
            @{ Framing = 'Raw' }
        ) {
            $pair = New-TestPair @{ Framing = $framing }
            Send-SocketData $pair.Client -Path /proc/version
            Receive-SocketData $pair.Accepted -TimeoutSeconds 10 | Should -BeExactly ([System.IO.File]::ReadAllText('/proc/version'))
        }

        It 'sends what a pipe gives, under <framing> framing' -Skip:(-not $SystemHasProc) -ForEach @(
            @{ Framing = 'LengthPrefix' }
            @{ Framing = 'Raw' }
        ) {
            $path = New-TestPath
            try {
                [void] (Wait-Peer (Start-Peer -FileName 'mkfifo' -ArgumentList $path))
                $pair = New-TestPair @{ Framing = $framing }
                [void] (Start-Peer -FileName 'sh' -ArgumentList '-c', 'echo through the pipe > "$0"', $path)
                Send-SocketData $pair.Client -Path $path
                Receive-SocketData $pair.Accepted -TimeoutSeconds 10 | Should -BeExactly "through the pipe`n"
            }
            finally {
                Remove-Item -Path $path -ErrorAction SilentlyContinue
            }
        }

        It 'says that a file could not be read further, under <framing> framing' -Skip:(-not $SystemHasProc) -ForEach @(
            @{ Framing = 'LengthPrefix' }
            @{ Framing = 'Raw' }
        ) {
            $test = New-TestConnection @{ Framing = $framing }
            $failure = Get-Failure { Send-SocketData $test.Connection -Path /proc/self/mem -PassThru }
            $failure.Id | Should -BeExactly 'FileNotAccessible,PSSockets.Commands.SendSocketDataCommand'
            $failure.IsTerminating | Should -BeFalse
            $failure.Output.Count | Should -Be 0
            [string] $test.Connection.Status | Should -Be 'Open'
        }

        It 'takes a path relative to the current location' {
            $test = New-TestConnection
            Push-Location -Path $RepositoryRoot
            try {
                Send-SocketData $test.Connection -Path LICENSE -CompleteWrites
            }
            finally {
                Pop-Location
            }
            (Read-Raw $test.Peer).Length | Should -Be ([System.IO.FileInfo]::new($License).Length)
        }

        It 'says which file is not there, and leaves the connection as it is' {
            $test = New-TestConnection
            $path = New-TestPath
            $failure = Get-Failure { Send-SocketData $test.Connection -Path $path }
            $failure.Id | Should -BeExactly 'FileNotAccessible,PSSockets.Commands.SendSocketDataCommand'
            $failure.Category | Should -Be 'ObjectNotFound'
            $failure.Record.TargetObject | Should -Be $path
            $failure.IsTerminating | Should -BeFalse
            $failure.Message | Should -BeLike "*$path*"
            [string] $test.Connection.Status | Should -Be 'Open'
        }

        It 'says that a folder cannot be sent' {
            $test = New-TestConnection
            (Get-Failure { Send-SocketData $test.Connection -Path $RepositoryRoot }).Id |
                Should -BeExactly 'FileNotAccessible,PSSockets.Commands.SendSocketDataCommand'
        }

        It 'is refused for a server, and together with -InputObject or -NoNewline' {
            $server = Start-TcpServer 0
            $test = New-TestConnection
            (Get-Failure { Send-SocketData $server -Path $License }).Id |
                Should -BeExactly 'InvalidParameterCombination,PSSockets.Commands.SendSocketDataCommand'
            { Send-SocketData $test.Connection -InputObject x -Path $License } | Should -Throw -ErrorId 'AmbiguousParameterSet,PSSockets.Commands.SendSocketDataCommand'
            { Send-SocketData $test.Connection -Path $License -NoNewline } | Should -Throw -ErrorId 'AmbiguousParameterSet,PSSockets.Commands.SendSocketDataCommand'
        }
    }

    Context '-PassThru' {
        It 'gives the connection on, so that the answer can be read' {
            $server = Start-TcpServer 0 -Echo
            $connection = Connect-TcpClient 127.0.0.1 $server.Port
            Send-SocketData $connection 'ping' -PassThru | Receive-SocketData -TimeoutSeconds 10 | Should -BeExactly 'ping'
        }

        It 'gives it on once, however much was sent' {
            $test = New-TestConnection
            @('a', 'b' | Send-SocketData $test.Connection -PassThru).Count | Should -Be 1
        }

        It 'gives nothing on where sending failed' {
            $test = New-TestConnection
            Close-Socket $test.Connection
            $failure = Get-Failure { Send-SocketData $test.Connection 'a' -PassThru }
            $failure.Count | Should -Be 1
            $failure.Output.Count | Should -Be 0
        }
    }

    Context 'to a server' {
        It 'sends to every connection' {
            $server = Start-TcpServer 0
            $clients = 1..3 | ForEach-Object { Connect-TcpClient 127.0.0.1 $server.Port }
            [void] (Wait-Until { $server.ConnectionCount -eq 3 })
            'news', 'more' | Send-SocketData $server
            foreach ($client in $clients) {
                Receive-SocketData $client -TotalCount 2 -TimeoutSeconds 10 | Should -Be @('news', 'more')
            }
        }

        It 'is no error where nobody is connected' {
            $server = Start-TcpServer 0
            (Get-Failure { Send-SocketData $server 'news' }).Count | Should -Be 0
        }

        It 'leaves out a client that has gone' {
            $server = Start-TcpServer 0
            $gone = Connect-TcpClient 127.0.0.1 $server.Port
            $there = Connect-TcpClient 127.0.0.1 $server.Port
            [void] (Wait-Until { $server.ConnectionCount -eq 2 })
            Close-Socket $gone -Abort
            $failure = Get-Failure { 1..20 | Send-SocketData $server }
            $failure.Count | Should -Be 0
            @(Receive-SocketData $there -TotalCount 20 -TimeoutSeconds 10).Count | Should -Be 20
        }

        It 'ends with ObjectClosed once it has stopped' {
            $server = Start-TcpServer 0
            Stop-SocketServer $server
            $failure = Get-Failure { Send-SocketData $server 'news' }
            $failure.Id | Should -BeExactly 'ObjectClosed,PSSockets.Commands.SendSocketDataCommand'
            $failure.IsTerminating | Should -BeFalse
        }
    }

    Context 'errors' {
        It 'ends with ObjectClosed on a closed connection, once for a whole pipeline' {
            $test = New-TestConnection
            Close-Socket $test.Connection
            $failure = Get-Failure { 1..100 | Send-SocketData $test.Connection }
            $failure.Count | Should -Be 1
            $failure.Id | Should -BeExactly 'ObjectClosed,PSSockets.Commands.SendSocketDataCommand'
            $failure.Category | Should -Be 'InvalidOperation'
            $failure.IsTerminating | Should -BeFalse
            $failure.Record.TargetObject | Should -Be $test.Connection
            $failure.Message | Should -BeExactly "The connection to $($test.Connection.DisplayName) is closed."
        }

        It 'ends with ConnectionReset where the peer has aborted' {
            $test = New-TestConnection
            $test.Peer.Close(0)
            $seen = @{}
            [void] (Wait-Until {
                $seen.Failure = Get-Failure { Send-SocketData $test.Connection 'into the void' }
                $seen.Failure.Count -gt 0
            })
            $seen.Failure.Id | Should -BeExactly 'ConnectionReset,PSSockets.Commands.SendSocketDataCommand'
            $seen.Failure.Category | Should -Be 'ConnectionError'
            $seen.Failure.IsTerminating | Should -BeFalse
            $seen.Failure.Message | Should -BeLike "*$($test.Connection.DisplayName)*reset*"
            [string] $test.Connection.CloseReason | Should -Be 'ResetByPeer'
        }

        It 'ends with SendTimedOut where the peer does not read, and says how much waits' {
            $test = New-TestConnection @{ Framing = 'Raw' }
            $clock = [System.Diagnostics.Stopwatch]::StartNew()
            $failure = Send-TooMuch $test.Connection
            $clock.Elapsed.TotalSeconds | Should -BeLessThan 5
            $failure.Id | Should -BeExactly 'SendTimedOut,PSSockets.Commands.SendSocketDataCommand'
            $failure.Category | Should -Be 'OperationTimeout'
            $failure.IsTerminating | Should -BeFalse
            $failure.Record.TargetObject | Should -Be $test.Connection
            $failure.Message | Should -BeLike "$($test.Connection.DisplayName) did not take all data within 0.2 s; * bytes stay queued*-TimeoutSeconds*"
            $test.Connection.QueuedBytes | Should -BeGreaterThan 0
        }

        It 'sends what was queued at the timeout when the peer reads on, then more' {
            $test = New-TestConnection @{ Framing = 'Raw' }
            $block = [byte[]]::new(12MB)
            (Get-Failure { Send-SocketData $test.Connection $block -TimeoutSeconds 0.2 }).Id | Should -BeLike 'SendTimedOut,*'
            $received = Read-Raw $test.Peer 12MB
            $received.Length | Should -Be 12MB
            Send-SocketData $test.Connection 'again'
            Read-RawText $test.Peer 5 | Should -BeExactly 'again'
        }

        It 'refuses a message that does not fit <framing>, and goes on' -ForEach @(
            @{ Framing = 'Fixed:4'; Bad = 'too long'; Id = 'FrameTooLarge'; Good = 'good'; Expected = 'good' }
            @{ Framing = 'Fixed:4'; Bad = 'no'; Id = 'InvalidFrame'; Good = 'good'; Expected = 'good' }
            @{ Framing = 'OctetCounting'; Bad = ''; Id = 'InvalidFrame'; Good = 'good'; Expected = '4 good' }
            @{ Framing = 'LengthPrefix:1'; Bad = 'x' * 256; Id = 'FrameTooLarge'; Good = 'ok'; Expected = "$([char] 2)ok" }
        ) {
            $test = New-TestConnection @{ Framing = $framing }
            $failure = Get-Failure { Send-SocketData $test.Connection $bad }
            $failure.Id | Should -BeExactly "$id,PSSockets.Commands.SendSocketDataCommand"
            $failure.Category | Should -BeIn @('LimitsExceeded', 'ProtocolError')
            $failure.IsTerminating | Should -BeFalse
            Send-SocketData $test.Connection $good -CompleteWrites
            Read-RawText $test.Peer | Should -BeExactly $expected
        }

        It 'refuses a connection of null, and what is no connection' {
            { Send-SocketData $null 'x' } | Should -Throw -ErrorId 'ParameterArgumentValidationError,PSSockets.Commands.SendSocketDataCommand'
            { Send-SocketData -Connection 'host' -InputObject 'x' } | Should -Throw -ErrorId 'CannotConvertArgumentNoMessage,PSSockets.Commands.SendSocketDataCommand'
        }

        It 'can be caught by -ErrorAction Stop, and is kept by -ErrorVariable' {
            $test = New-TestConnection
            Close-Socket $test.Connection
            { Send-SocketData $test.Connection 'x' -ErrorAction Stop } | Should -Throw -ErrorId 'ObjectClosed,PSSockets.Commands.SendSocketDataCommand'
            Send-SocketData $test.Connection 'x' -ErrorAction SilentlyContinue -ErrorVariable problem
            $problem.Count | Should -Be 1
        }
    }

    Context 'ending early' {
        It 'stops at once by Ctrl+C while the peer does not read' {
            $test = New-TestConnection @{ Framing = 'Raw' }
            $background = Start-Background { param($connection) Send-SocketData $connection ([byte[]]::new(16MB)) -TimeoutSeconds 0 } -ArgumentList $test.Connection
            Wait-Blocked $background
            Stop-Background $background | Should -BeLessThan 1000
        }

        It 'stops at once by Ctrl+C in the middle of a long pipeline and of a file' {
            $path = New-TestPath
            try {
                [System.IO.File]::WriteAllBytes($path, [byte[]]::new(16MB))
                $test = New-TestConnection
                $background = Start-Background { param($connection) 1..1000000 | ForEach-Object { 'x' * 1000 } | Send-SocketData $connection } -ArgumentList $test.Connection
                Wait-Blocked $background
                Stop-Background $background | Should -BeLessThan 1000

                $test = New-TestConnection
                $background = Start-Background { param($connection, $path) Send-SocketData $connection -Path $path } -ArgumentList $test.Connection, $path
                Wait-Blocked $background
                Stop-Background $background | Should -BeLessThan 1000
            }
            finally {
                Remove-Item -Path $path -ErrorAction SilentlyContinue
            }
        }

        It 'sends what came before a throw upstream' {
            $test = New-TestConnection
            { & { 'before'; throw 'upstream' } | Send-SocketData $test.Connection } | Should -Throw -ExpectedMessage 'upstream'
            Read-RawText $test.Peer 7 | Should -BeExactly "before`n"
        }

        It 'ends quietly by Select-Object -First 1 behind -PassThru' {
            $test = New-TestConnection
            (1..10 | Send-SocketData $test.Connection -PassThru | Select-Object -First 1).Id | Should -Be $test.Connection.Id
        }

        It 'leaves no socket after a hundred timeouts' -Skip:(-not $SystemHasProc) {
            [void] (New-TestConnection)
            Clear-TestSocket
            $before = Get-OpenSocketCount
            $block = [byte[]]::new(2MB)
            for ($i = 0; $i -lt 100; $i++) {
                $test = New-TestConnection @{ Framing = 'Raw'; SocketOption = @{ SendBufferSize = 8192 } }
                (Get-Failure { Send-SocketData $test.Connection $block -TimeoutSeconds 0.001 }).Count | Should -Be 1
                Close-Socket $test.Connection -Abort
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
                'strict' | Send-SocketData $test.Connection -CompleteWrites
            }
            Read-RawText $test.Peer | Should -BeExactly "strict`n"
        }
    }

    Context 'a message that does not fit the framing' {
        It 'is an error of its own under <Framing>, and the others are sent' -ForEach @(
            @{ Framing = 'OctetCounting'; Bad = ''; Id = 'InvalidFrame' }
            @{ Framing = 'LengthPrefix:1'; Bad = 'x' * 300; Id = 'FrameTooLarge' }
            @{ Framing = 'Fixed:1'; Bad = 'xyz'; Id = 'FrameTooLarge' }
        ) {
            $pair = New-TestPair @{ Framing = $Framing }
            'a', $Bad, 'b', 'c' | Send-SocketData $pair.Client -ErrorVariable sendErrors -ErrorAction SilentlyContinue
            @($sendErrors).Count | Should -Be 1
            $sendErrors[0].FullyQualifiedErrorId | Should -BeLike "$Id,*"
            Receive-SocketData $pair.Accepted -TotalCount 3 -TimeoutSeconds 10 | Should -Be 'a', 'b', 'c'
        }
    }
}
