BeforeDiscovery {
    $SystemHasProc = Test-Path -Path '/proc/self/fd'
}

BeforeAll {
    . (Join-Path $PSScriptRoot 'Support' 'common.ps1')
    $License = Join-Path $RepositoryRoot 'LICENSE'
}

Describe 'Receive-SocketData' {
    AfterEach {
        Clear-TestSocket
    }

    Context 'one message' {
        It 'returns the next line, without its end' {
            $test = New-TestConnection
            Send-Raw $test.Peer "one`ntwo`n"
            Receive-SocketData $test.Connection -TimeoutSeconds 10 | Should -BeExactly 'one'
            Receive-SocketData $test.Connection -TimeoutSeconds 10 | Should -BeExactly 'two'
        }

        It 'takes CRLF as well, and an empty line as an empty string' {
            $test = New-TestConnection
            Send-Raw $test.Peer "one`r`n`n`r`n"
            $lines = @(Receive-SocketData $test.Connection -TotalCount 3 -TimeoutSeconds 10)
            $lines[0] | Should -BeExactly 'one'
            $lines[1] | Should -BeExactly ''
            $lines[2] | Should -BeExactly ''
        }

        It 'takes a last line without an end as a message' {
            $test = New-TestConnection
            Send-Raw $test.Peer "first`nlast"
            $test.Peer.Shutdown('Send')
            @(Receive-SocketData $test.Connection -Wait) | Should -Be @('first', 'last')
        }

        It 'returns nothing, and no error, at the end of the stream; again and again' {
            $test = New-TestConnection
            $test.Peer.Shutdown('Send')
            foreach ($i in 1..3) {
                $failure = Get-Failure { Receive-SocketData $test.Connection -TimeoutSeconds 10 }
                $failure.Count | Should -Be 0
                $failure.Output.Count | Should -Be 0
            }
            [string] $test.Connection.Status | Should -Be 'EndedByPeer'
        }

        It 'puts a line together that comes byte by byte' {
            $test = New-TestConnection
            $receiving = Start-Background { param($connection) Receive-SocketData $connection -Wait } -ArgumentList $test.Connection
            foreach ($byte in [System.Text.Encoding]::UTF8.GetBytes("größe`r`n€`n")) {
                Send-Raw $test.Peer @($byte)
            }
            $test.Peer.Shutdown('Send')
            @(Wait-Background $receiving) | Should -Be @('größe', '€')
        }

        It 'takes a connection from the pipeline, several in turn' {
            $first = New-TestConnection
            $second = New-TestConnection
            Send-Raw $first.Peer "from the first`n"
            Send-Raw $second.Peer "from the second`n"
            $first.Connection, $second.Connection | Receive-SocketData -TimeoutSeconds 10 | Should -Be @('from the first', 'from the second')
        }

        It 'reads the framing <framing>' -ForEach @(
            @{ Framing = 'Line'; Bytes = "a`nbc`n" }
            @{ Framing = 'CrLf'; Bytes = "a`r`nbc`r`n" }
            @{ Framing = 'Null'; Bytes = "a`0bc`0" }
            @{ Framing = 'Delimiter:END'; Bytes = 'aENDbcEND' }
            @{ Framing = 'OctetCounting'; Bytes = '1 a2 bc' }
            @{ Framing = 'LengthPrefix:1'; Bytes = "$([char] 1)a$([char] 2)bc" }
            @{ Framing = 'LengthPrefix:2'; Bytes = "`0$([char] 1)a`0$([char] 2)bc" }
            @{ Framing = 'LengthPrefix'; Bytes = "`0`0`0$([char] 1)a`0`0`0$([char] 2)bc" }
            @{ Framing = 'LengthPrefix:8'; Bytes = "`0`0`0`0`0`0`0$([char] 1)a`0`0`0`0`0`0`0$([char] 2)bc" }
        ) {
            $test = New-TestConnection @{ Framing = $framing }
            Send-Raw $test.Peer $bytes
            Receive-SocketData $test.Connection -TotalCount 2 -TimeoutSeconds 10 | Should -Be @('a', 'bc')
        }

        It 'reads fixed frames' {
            $test = New-TestConnection @{ Framing = 'Fixed:3' }
            Send-Raw $test.Peer 'abcdefg'
            Receive-SocketData $test.Connection -TotalCount 2 -TimeoutSeconds 10 | Should -Be @('abc', 'def')
        }

        It 'returns whatever has arrived under Raw framing' {
            $test = New-TestConnection @{ Framing = 'Raw' }
            Send-Raw $test.Peer "no end"
            Receive-SocketData $test.Connection -TimeoutSeconds 10 | Should -BeExactly 'no end'
        }

        It 'keeps carriage returns and line feeds that <framing> does not mean' -ForEach @(
            @{ Framing = 'CrLf'; Bytes = "a`nb`rc`r`n"; Expected = "a`nb`rc" }
            @{ Framing = 'Null'; Bytes = "a`nb`r`n`0"; Expected = "a`nb`r`n" }
            @{ Framing = 'OctetCounting'; Bytes = "4 a`nb`n"; Expected = "a`nb`n" }
        ) {
            $test = New-TestConnection @{ Framing = $framing }
            Send-Raw $test.Peer $bytes
            Receive-SocketData $test.Connection -TimeoutSeconds 10 | Should -BeExactly $expected
        }
    }

    Context 'text and bytes' {
        It 'does not break a character that comes in two packets, under Raw framing' {
            $test = New-TestConnection @{ Framing = 'Raw' }
            Send-Raw $test.Peer ([byte[]] (0x61, 0xE2, 0x82))
            $first = Receive-SocketData $test.Connection -TimeoutSeconds 10
            $first | Should -BeExactly 'a'
            Send-Raw $test.Peer ([byte[]] (0xAC, 0x62))
            Receive-SocketData $test.Connection -TimeoutSeconds 10 | Should -BeExactly "$([char] 0x20AC)b"
        }

        It 'shows a character that the end of the stream cuts off as a replacement' {
            $test = New-TestConnection @{ Framing = 'Raw' }
            Send-Raw $test.Peer ([byte[]] (0x61, 0xE2, 0x82))
            $test.Peer.Shutdown('Send')
            (Receive-SocketData $test.Connection -Wait) -join '' | Should -BeExactly "a$([char] 0xFFFD)"
        }

        It 'replaces bad bytes, and does not fail' {
            $test = New-TestConnection
            Send-Raw $test.Peer ([byte[]] (0x61, 0xFF, 0x62, 0x0A))
            Receive-SocketData $test.Connection -TimeoutSeconds 10 | Should -BeExactly "a$([char] 0xFFFD)b"
        }

        It 'reads lines of the encoding <encoding>' -ForEach @(
            @{ Encoding = 'unicode' }
            @{ Encoding = 'bigendianunicode' }
            @{ Encoding = 'utf32' }
            @{ Encoding = 'bigendianutf32' }
            @{ Encoding = 'windows-1252' }
            @{ Encoding = 'utf8' }
        ) {
            $pair = New-TestPair @{ Encoding = $encoding }
            # In UTF-16 the middle character has a byte that looks like a line feed.
            $text = if ($encoding -eq 'windows-1252') { "é€" } else { "é€$([char] 0x0A0A)$([char] 0x010A)x" }
            $text, 'next' | Send-SocketData $pair.Client
            Receive-SocketData $pair.Accepted -TotalCount 2 -TimeoutSeconds 10 | Should -Be @($text, 'next')
        }

        It 'reads one message in another -Encoding' {
            $test = New-TestConnection
            Send-Raw $test.Peer ([byte[]] (0xE9, 0x0A, 0xC3, 0xA9, 0x0A))
            Receive-SocketData $test.Connection -Encoding latin1 -TimeoutSeconds 10 | Should -BeExactly "$([char] 0xE9)"
            Receive-SocketData $test.Connection -TimeoutSeconds 10 | Should -BeExactly "$([char] 0xE9)"
        }

        It 'gives one byte[] per message by -AsByteStream' {
            $test = New-TestConnection
            Send-Raw $test.Peer "abc`nde`n"
            $messages = @(Receive-SocketData $test.Connection -AsByteStream -TotalCount 2 -TimeoutSeconds 10)
            $messages.Count | Should -Be 2
            , $messages[0] | Should -BeOfType [byte[]]
            [System.BitConverter]::ToString($messages[0]) | Should -Be '61-62-63'
            $messages[1].Length | Should -Be 2
        }

        It 'gives text from a connection of bytes by -Encoding' {
            $test = New-TestConnection @{ AsByteStream = $true }
            Send-Raw $test.Peer "abc`n"
            Receive-SocketData $test.Connection -Encoding utf8 -TimeoutSeconds 10 | Should -BeExactly 'abc'
        }

        It 'carries all byte values there and back' {
            $pair = New-TestPair @{ Framing = 'LengthPrefix'; AsByteStream = $true }
            [byte[]] $all = 0..255
            Send-SocketData $pair.Client $all
            $received = Receive-SocketData $pair.Accepted -TimeoutSeconds 10
            [System.Linq.Enumerable]::SequenceEqual($received, $all) | Should -BeTrue
        }
    }

    Context '-ByteCount' {
        It 'returns exactly so many bytes, past the framing, and leaves the rest' {
            $test = New-TestConnection
            Send-Raw $test.Peer "ab`ncdef`n"
            Receive-SocketData $test.Connection -ByteCount 4 -TimeoutSeconds 10 | Should -BeExactly "ab`nc"
            Receive-SocketData $test.Connection -TimeoutSeconds 10 | Should -BeExactly 'def'
        }

        It 'waits for all of them' {
            $test = New-TestConnection
            $receiving = Start-Background { param($connection) Receive-SocketData $connection -ByteCount 6 } -ArgumentList $test.Connection
            Send-Raw $test.Peer 'abc'
            Wait-Blocked $receiving
            Send-Raw $test.Peer 'def'
            Wait-Background $receiving | Should -BeExactly 'abcdef'
        }

        It 'ends with EndOfStream where fewer come, and leaves them readable' {
            $test = New-TestConnection
            Send-Raw $test.Peer 'abc'
            $test.Peer.Shutdown('Send')
            $failure = Get-Failure { Receive-SocketData $test.Connection -ByteCount 4 -TimeoutSeconds 10 }
            $failure.Id | Should -BeExactly 'EndOfStream,PSSockets.Commands.ReceiveSocketDataCommand'
            $failure.Category | Should -Be 'ProtocolError'
            $failure.IsTerminating | Should -BeFalse
            $failure.Count | Should -Be 1
            $failure.Record.TargetObject | Should -Be $test.Connection
            $failure.Message | Should -BeLike "$($test.Connection.DisplayName): * 3 of 4 bytes*-Raw*"
            Receive-SocketData $test.Connection -Raw -TimeoutSeconds 10 | Should -BeExactly 'abc'
        }

        It 'returns pieces by -TotalCount' {
            $test = New-TestConnection
            Send-Raw $test.Peer 'abcdefgh'
            Receive-SocketData $test.Connection -ByteCount 2 -TotalCount 3 -TimeoutSeconds 10 | Should -Be @('ab', 'cd', 'ef')
        }

        It 'refuses <value>' -ForEach @(
            @{ Value = 0 }
            @{ Value = -1 }
        ) {
            $test = New-TestConnection
            { Receive-SocketData $test.Connection -ByteCount $value } |
                Should -Throw -ErrorId 'ParameterArgumentValidationError,PSSockets.Commands.ReceiveSocketDataCommand'
        }
    }

    Context '-Delimiter' {
        It 'returns what comes before the mark, past the framing' {
            $test = New-TestConnection
            Send-Raw $test.Peer "a`nb;c;rest`n"
            Receive-SocketData $test.Connection -Delimiter ';' -TotalCount 2 -TimeoutSeconds 10 | Should -Be @("a`nb", 'c')
            Receive-SocketData $test.Connection -TimeoutSeconds 10 | Should -BeExactly 'rest'
        }

        It 'finds a mark that comes in two packets' {
            $test = New-TestConnection
            $receiving = Start-Background { param($connection) Receive-SocketData $connection -Delimiter "`r`n`r`n" } -ArgumentList $test.Connection
            Send-Raw $test.Peer "head`r`n`r"
            Wait-Blocked $receiving
            Send-Raw $test.Peer "`nbody`n"
            Wait-Background $receiving | Should -BeExactly 'head'
            Receive-SocketData $test.Connection -TimeoutSeconds 10 | Should -BeExactly 'body'
        }

        It 'takes the last piece without a mark at the end of the stream' {
            $test = New-TestConnection
            Send-Raw $test.Peer 'a;b'
            $test.Peer.Shutdown('Send')
            Receive-SocketData $test.Connection -Delimiter ';' -Wait | Should -Be @('a', 'b')
        }
    }

    Context '-Until' {
        It 'returns all up to the match, the match too' {
            $test = New-TestConnection
            Send-Raw $test.Peer "220 ready`r`nlogin: "
            Receive-SocketData $test.Connection -Until 'login:\s' -TimeoutSeconds 10 | Should -BeExactly "220 ready`r`nlogin: "
        }

        It 'leaves what stands behind the match' {
            $test = New-TestConnection
            Send-Raw $test.Peer "name? rest`n"
            Receive-SocketData $test.Connection -Until '\?\s' -TimeoutSeconds 10 | Should -BeExactly 'name? '
            Receive-SocketData $test.Connection -TimeoutSeconds 10 | Should -BeExactly 'rest'
        }

        It 'finds a match whose characters come in pieces' {
            $test = New-TestConnection
            $receiving = Start-Background { param($connection) Receive-SocketData $connection -Until '€>' } -ArgumentList $test.Connection
            foreach ($byte in [System.Text.Encoding]::UTF8.GetBytes("ä€>ö`n")) {
                Send-Raw $test.Peer @($byte)
            }
            Wait-Background $receiving | Should -BeExactly 'ä€>'
            Receive-SocketData $test.Connection -TimeoutSeconds 10 | Should -BeExactly 'ö'
        }

        It 'ends with EndOfStream where nothing matches, and leaves the bytes readable' {
            $test = New-TestConnection
            Send-Raw $test.Peer 'no prompt'
            $test.Peer.Shutdown('Send')
            $failure = Get-Failure { Receive-SocketData $test.Connection -Until '>' -TimeoutSeconds 10 }
            $failure.Id | Should -BeExactly 'EndOfStream,PSSockets.Commands.ReceiveSocketDataCommand'
            $failure.Category | Should -Be 'ProtocolError'
            $failure.Message | Should -BeLike "*$($test.Connection.DisplayName)*'>'*9 bytes*"
            Receive-SocketData $test.Connection -Raw -TimeoutSeconds 10 | Should -BeExactly 'no prompt'
        }

        It 'refuses a pattern that is none' {
            $test = New-TestConnection
            $failure = Get-Failure { Receive-SocketData $test.Connection -Until '(' }
            $failure.Id | Should -BeExactly 'InvalidParameterValue,PSSockets.Commands.ReceiveSocketDataCommand'
            $failure.Category | Should -Be 'InvalidArgument'
            $failure.Record.TargetObject | Should -Be '('
            $failure.IsTerminating | Should -BeTrue
        }

        It 'gives up a pattern that backtracks without end, and keeps the data' {
            $test = New-TestConnection
            $text = 'a' * 40
            Send-Raw $test.Peer "$text!`n"
            $failure = Get-Failure { Receive-SocketData $test.Connection -Until '^(a+)+$' -TimeoutSeconds 20 }
            $failure.Id | Should -BeExactly 'InvalidParameterValue,PSSockets.Commands.ReceiveSocketDataCommand'
            $failure.Category | Should -Be 'InvalidArgument'
            $failure.Count | Should -Be 1
            Receive-SocketData $test.Connection -TimeoutSeconds 10 | Should -BeExactly "$text!"
        }
    }

    Context '-Raw' {
        It 'returns all to the end of the stream as one value' {
            $test = New-TestConnection
            Send-Raw $test.Peer "a`nb`r`nc"
            $test.Peer.Shutdown('Send')
            $all = @(Receive-SocketData $test.Connection -Raw)
            $all.Count | Should -Be 1
            $all[0] | Should -BeExactly "a`nb`r`nc"
        }

        It 'returns bytes by -AsByteStream' {
            $test = New-TestConnection
            Send-Raw $test.Peer ([byte[]] (1, 2, 255))
            $test.Peer.Shutdown('Send')
            $all = Receive-SocketData $test.Connection -Raw -AsByteStream
            , $all | Should -BeOfType [byte[]]
            [System.BitConverter]::ToString($all) | Should -Be '01-02-FF'
        }

        It 'takes -TimeoutSeconds as a limit of silence' {
            $test = New-TestConnection
            $sending = Start-Background {
                param($peer)
                foreach ($i in 1..6) {
                    [System.Threading.Thread]::Sleep(200)
                    [void] $peer.Send([byte[]] (65))
                }
                $peer.Shutdown('Send')
            } -ArgumentList $test.Peer
            Receive-SocketData $test.Connection -Raw -TimeoutSeconds 1 | Should -BeExactly 'AAAAAA'
            $null = Wait-Background $sending
        }

        It 'returns nothing for a stream without bytes' {
            $test = New-TestConnection
            $test.Peer.Shutdown('Send')
            Receive-SocketData $test.Connection -Raw | Should -BeNullOrEmpty
        }

        It 'does not go with -<other>' -ForEach @(
            @{ Other = 'Wait'; Value = $true }
            @{ Other = 'TotalCount'; Value = 2 }
            @{ Other = 'ReadCount'; Value = 2 }
            @{ Other = 'ByteCount'; Value = 2 }
            @{ Other = 'Delimiter'; Value = ';' }
            @{ Other = 'Until'; Value = ';' }
        ) {
            $test = New-TestConnection
            $parameters = @{ $other = $value }
            $failure = Get-Failure { Receive-SocketData $test.Connection -Raw @parameters }
            $failure.Id | Should -BeExactly 'InvalidParameterCombination,PSSockets.Commands.ReceiveSocketDataCommand'
            $failure.Category | Should -Be 'InvalidArgument'
            $failure.IsTerminating | Should -BeTrue
            $failure.Message | Should -Match "-Raw.*-$other|-$other.*-Raw"
        }
    }

    Context '-Wait, -TotalCount and -ReadCount' {
        It 'returns every message until the peer ends, by -Wait' {
            $pair = New-TestPair
            1..10000 | Send-SocketData $pair.Accepted -CompleteWrites
            $lines = @(Receive-SocketData $pair.Client -Wait)
            $lines.Count | Should -Be 10000
            $lines[9999] | Should -BeExactly '10000'
        }

        It 'hands on each message as it comes' {
            $test = New-TestConnection
            $receiving = Start-Background { param($connection) Receive-SocketData $connection -Wait } -ArgumentList $test.Connection
            Send-Raw $test.Peer "one`n"
            [void] (Wait-Until { $receiving.Output.Count -eq 1 })
            Send-Raw $test.Peer "two`n"
            [void] (Wait-Until { $receiving.Output.Count -eq 2 })
            $receiving.Result.IsCompleted | Should -BeFalse
            $test.Peer.Shutdown('Send')
            @(Wait-Background $receiving) | Should -Be @('one', 'two')
        }

        It 'has a limit of silence for -Wait only where -TimeoutSeconds is given' {
            $test = New-TestConnection
            Send-Raw $test.Peer "one`n"
            $failure = Get-Failure { Receive-SocketData $test.Connection -Wait -TimeoutSeconds 0.1 }
            $failure.Output | Should -Be @('one')
            $failure.Id | Should -BeExactly 'ReceiveTimedOut,PSSockets.Commands.ReceiveSocketDataCommand'
        }

        It 'returns at most -TotalCount messages, and leaves the others' {
            $test = New-TestConnection
            Send-Raw $test.Peer "1`n2`n3`n4`n"
            @(Receive-SocketData $test.Connection -TotalCount 3 -TimeoutSeconds 10) | Should -Be @('1', '2', '3')
            Receive-SocketData $test.Connection -First 1 -TimeoutSeconds 10 | Should -BeExactly '4'
        }

        It 'returns fewer where the stream ends' {
            $test = New-TestConnection
            Send-Raw $test.Peer "1`n2`n"
            $test.Peer.Shutdown('Send')
            @(Receive-SocketData $test.Connection -TotalCount 5) | Should -Be @('1', '2')
        }

        It 'returns arrays by -ReadCount, as Get-Content does' {
            $pair = New-TestPair
            1..10 | Send-SocketData $pair.Accepted -CompleteWrites
            [void] (Wait-Until { [string] $pair.Accepted.Status -eq 'WritesCompleted' })
            $sizes = @(Receive-SocketData $pair.Client -Wait -ReadCount 4 | ForEach-Object { , $_ } | ForEach-Object { $_.Count })
            ($sizes | Measure-Object -Sum).Sum | Should -Be 10
            ($sizes | Measure-Object -Maximum).Maximum | Should -BeLessThan 5
            $sizes.Count | Should -BeLessThan 10
        }

        It 'does not hold back what is there to fill an array' {
            $test = New-TestConnection
            Send-Raw $test.Peer "1`n2`n3`n"
            $array = Receive-SocketData $test.Connection -ReadCount 100 -TimeoutSeconds 10
            $array.Count | Should -Be 3
        }

        It 'counts messages, not arrays, by -TotalCount with -ReadCount' {
            $test = New-TestConnection
            Send-Raw $test.Peer "1`n2`n3`n4`n5`n6`n"
            $all = @(Receive-SocketData $test.Connection -ReadCount 2 -TotalCount 5 -TimeoutSeconds 10 | ForEach-Object { $_ })
            $all | Should -Be @('1', '2', '3', '4', '5')
        }

        It 'gives arrays of byte[] by -AsByteStream -ReadCount' {
            $test = New-TestConnection
            Send-Raw $test.Peer "ab`ncd`n"
            $array = Receive-SocketData $test.Connection -AsByteStream -ReadCount 2 -TimeoutSeconds 10
            $array.Count | Should -Be 2
            , $array[1] | Should -BeOfType [byte[]]
        }

        It 'writes an error once, behind the messages before it' {
            $test = New-TestConnection @{ Framing = 'LengthPrefix:1' }
            Send-Raw $test.Peer ([byte[]] (1, 65, 1, 66, 9, 67))
            $test.Peer.Shutdown('Send')
            # Now the end is known already when the arrays are filled.
            (Get-Failure { Receive-SocketData $test.Connection -ByteCount 100 -TimeoutSeconds 10 }).Id | Should -BeLike 'EndOfStream,*'
            $failure = Get-Failure { Receive-SocketData $test.Connection -Wait -ReadCount 100 }
            @($failure.Output | ForEach-Object { $_ }) | Should -Be @('A', 'B')
            $failure.Count | Should -Be 1
            $failure.Id | Should -BeLike 'EndOfStream,*'
        }
    }

    Context '-OutFile' {
        It 'saves the stream to its end as it is' {
            $path = New-TestPath
            try {
                $pair = New-TestPair
                Send-SocketData $pair.Accepted -Path $License -CompleteWrites
                Receive-SocketData $pair.Client -OutFile $path | Should -BeNullOrEmpty
                [System.Linq.Enumerable]::SequenceEqual([System.IO.File]::ReadAllBytes($path), [System.IO.File]::ReadAllBytes($License)) | Should -BeTrue
            }
            finally {
                Remove-Item -Path $path -ErrorAction SilentlyContinue
            }
        }

        It 'saves -ByteCount bytes and leaves the rest' {
            $path = New-TestPath
            try {
                $test = New-TestConnection
                Send-Raw $test.Peer "abcdrest`n"
                Receive-SocketData $test.Connection -OutFile $path -ByteCount 4 -TimeoutSeconds 10
                Get-Content -Path $path -Raw | Should -BeExactly 'abcd'
                Receive-SocketData $test.Connection -TimeoutSeconds 10 | Should -BeExactly 'rest'
            }
            finally {
                Remove-Item -Path $path -ErrorAction SilentlyContinue
            }
        }

        It 'says how much there was where the stream ends early' {
            $path = New-TestPath
            try {
                $test = New-TestConnection
                Send-Raw $test.Peer 'abc'
                $test.Peer.Shutdown('Send')
                $failure = Get-Failure { Receive-SocketData $test.Connection -OutFile $path -ByteCount 4 -TimeoutSeconds 10 }
                $failure.Id | Should -BeExactly 'EndOfStream,PSSockets.Commands.ReceiveSocketDataCommand'
                $failure.Message | Should -BeLike "*3 of 4 bytes*'$path'*"
                $failure.Message | Should -Not -BeLike '*stay readable*'
                Get-Content -Path $path -Raw | Should -BeExactly 'abc'
            }
            finally {
                Remove-Item -Path $path -ErrorAction SilentlyContinue
            }
        }

        It 'says at a timeout where the data is' {
            $path = New-TestPath
            try {
                $test = New-TestConnection
                Send-Raw $test.Peer 'abc'
                $failure = Get-Failure { Receive-SocketData $test.Connection -OutFile $path -TimeoutSeconds 0.1 }
                $failure.Id | Should -BeExactly 'ReceiveTimedOut,PSSockets.Commands.ReceiveSocketDataCommand'
                $failure.Message | Should -BeLike "$($test.Connection.DisplayName) sent nothing within 0.1 s.*'$path'*"
                Get-Content -Path $path -Raw | Should -BeExactly 'abc'
            }
            finally {
                Remove-Item -Path $path -ErrorAction SilentlyContinue
            }
        }

        It 'says which file cannot be written, and leaves the data' {
            $test = New-TestConnection
            Send-Raw $test.Peer "data`n"
            $path = Join-Path (New-TestPath) 'file'
            $failure = Get-Failure { Receive-SocketData $test.Connection -OutFile $path -TimeoutSeconds 10 }
            $failure.Id | Should -BeExactly 'FileNotAccessible,PSSockets.Commands.ReceiveSocketDataCommand'
            $failure.Record.TargetObject | Should -Be $path
            $failure.IsTerminating | Should -BeFalse
            Receive-SocketData $test.Connection -TimeoutSeconds 10 | Should -BeExactly 'data'
        }

        It 'does not go with -<other>' -ForEach @(
            @{ Other = 'Wait'; Value = $true }
            @{ Other = 'TotalCount'; Value = 2 }
            @{ Other = 'ReadCount'; Value = 2 }
            @{ Other = 'Delimiter'; Value = ';' }
            @{ Other = 'Until'; Value = ';' }
            @{ Other = 'Encoding'; Value = 'utf8' }
        ) {
            $test = New-TestConnection
            $path = New-TestPath
            $parameters = @{ $other = $value }
            $failure = Get-Failure { Receive-SocketData $test.Connection -OutFile $path @parameters }
            $failure.Id | Should -BeExactly 'InvalidParameterCombination,PSSockets.Commands.ReceiveSocketDataCommand'
            $failure.IsTerminating | Should -BeTrue
            $failure.Message | Should -BeLike "*-OutFile*-$other*"
            Test-Path -Path $path | Should -BeFalse
        }
    }

    Context 'from a server' {
        It 'merges the messages of all clients, with their senders' {
            $server = Start-TcpServer 0
            $clients = 1..3 | ForEach-Object { Connect-TcpClient 127.0.0.1 $server.Port }
            foreach ($client in $clients) {
                Send-SocketData $client "from $($client.LocalEndPoint.Port)"
            }
            $messages = @(Receive-SocketData $server -TotalCount 3 -TimeoutSeconds 10)
            $messages[0] | Should -BeOfType 'PSSockets.Engine.Transport.SocketMessage'
            foreach ($message in $messages) {
                $message.Text | Should -BeExactly "from $($message.RemoteEndPoint.Port)"
            }
            @($messages | ForEach-Object { $_.RemoteEndPoint.Port } | Sort-Object -Unique).Count | Should -Be 3
        }

        It 'lets the message''s connection answer' {
            $server = Start-TcpServer 0
            $client = Connect-TcpClient 127.0.0.1 $server.Port
            Send-SocketData $client 'ping'
            $message = $server | Receive-SocketData -TimeoutSeconds 10
            Send-SocketData $message.Connection 'pong'
            Receive-SocketData $client -TimeoutSeconds 10 | Should -BeExactly 'pong'
        }

        It 'brings 10,000 messages of four clients, each client''s in order' {
            $server = Start-TcpServer 0
            $senders = 1..4 | ForEach-Object {
                Start-Background {
                    param($port, $letter)
                    $c = Connect-TcpClient 127.0.0.1 $port
                    1..2500 | ForEach-Object { "$letter $_" } | Send-SocketData $c
                    Close-Socket $c
                } -ArgumentList $server.Port, $_
            }
            $last = @{}
            $wrong = 0
            Receive-SocketData $server -TotalCount 10000 -TimeoutSeconds 10 | ForEach-Object {
                $letter, [int] $number = $_.Text -split ' '
                if ($number -ne [int] $last[$letter] + 1) {
                    $wrong++
                }
                $last[$letter] = $number
            }
            $senders | ForEach-Object { $null = Wait-Background $_ }
            $wrong | Should -Be 0
            ($last.Values | Measure-Object -Sum).Sum | Should -Be 10000
        }

        It 'ends when the server stops' {
            $server = Start-TcpServer 0
            $receiving = Start-Background { param($server) Receive-SocketData $server -Wait } -ArgumentList $server
            Wait-Blocked $receiving
            Stop-SocketServer $server
            @(Wait-Background $receiving).Count | Should -Be 0
        }

        It 'shows a message without what would steer the terminal, as a <View>' -ForEach @(
            @{ View = 'table' }
            @{ View = 'list' }
        ) {
            $server = Start-TcpServer 0
            Send-SocketData (Connect-TcpClient 127.0.0.1 $server.Port) "a$([char] 27)[31mred$([char] 7)"
            $message = Receive-SocketData $server -TimeoutSeconds 10
            $message.Text | Should -BeExactly "a$([char] 27)[31mred$([char] 7)"
            $shown = if ($View -eq 'list') { $message | Format-List | Out-String } else { $message | Out-String }
            $shown | Should -BeLike "*a$([char] 0xFFFD)?31mred$([char] 0xFFFD)*"
            $shown | Should -Not -BeLike "*$([char] 7)*"
            $shown | Should -Not -BeLike "*$([char] 27)?31m*"
        }

        It 'refuses -<other>, which is for one connection' -ForEach @(
            @{ Other = 'ByteCount'; Value = 2 }
            @{ Other = 'Delimiter'; Value = ';' }
            @{ Other = 'Until'; Value = ';' }
            @{ Other = 'Raw'; Value = $true }
            @{ Other = 'OutFile'; Value = 'x' }
            @{ Other = 'Encoding'; Value = 'ascii' }
            @{ Other = 'AsByteStream'; Value = $true }
        ) {
            $server = Start-TcpServer 0
            $parameters = @{ $other = $value }
            $failure = Get-Failure { Receive-SocketData $server @parameters }
            $failure.Id | Should -BeExactly 'InvalidParameterCombination,PSSockets.Commands.ReceiveSocketDataCommand'
            $failure.Category | Should -Be 'InvalidArgument'
            $failure.Message | Should -BeLike "-$other*$($server.DisplayName)*"
        }

        It 'ends with ConnectionBusy for a server with a handler' {
            $server = Start-TcpServer 0 -Echo
            $failure = Get-Failure { Receive-SocketData $server }
            $failure.Id | Should -BeExactly 'ConnectionBusy,PSSockets.Commands.ReceiveSocketDataCommand'
            $failure.Category | Should -Be 'ResourceBusy'
            $failure.IsTerminating | Should -BeFalse
        }

        It 'ends with ReceiveTimedOut, and ObjectClosed once stopped' {
            $server = Start-TcpServer 0
            (Get-Failure { Receive-SocketData $server -TimeoutSeconds 0.05 }).Id | Should -BeExactly 'ReceiveTimedOut,PSSockets.Commands.ReceiveSocketDataCommand'
            Stop-SocketServer $server
            (Get-Failure { Receive-SocketData $server }).Id | Should -BeExactly 'ObjectClosed,PSSockets.Commands.ReceiveSocketDataCommand'
        }
    }

    Context 'errors' {
        It 'ends with ReceiveTimedOut within the limit, and keeps what has come' {
            $test = New-TestConnection
            Send-Raw $test.Peer 'half a'
            $clock = [System.Diagnostics.Stopwatch]::StartNew()
            $failure = Get-Failure { Receive-SocketData $test.Connection -TimeoutSeconds 0.2 }
            $clock.Elapsed.TotalSeconds | Should -BeGreaterThan 0.15
            $clock.Elapsed.TotalSeconds | Should -BeLessThan 5
            $failure.Id | Should -BeExactly 'ReceiveTimedOut,PSSockets.Commands.ReceiveSocketDataCommand'
            $failure.Category | Should -Be 'OperationTimeout'
            $failure.IsTerminating | Should -BeFalse
            $failure.Record.TargetObject | Should -Be $test.Connection
            $failure.Record.Exception | Should -BeOfType [System.TimeoutException]
            $failure.Message | Should -BeLike "$($test.Connection.DisplayName) did not send a message within 0.2 s. What has arrived stays readable; -TimeoutSeconds*"
            Send-Raw $test.Peer " line`n"
            Receive-SocketData $test.Connection -TimeoutSeconds 10 | Should -BeExactly 'half a line'
        }

        It 'names where nothing came in time, for what has no single peer' {
            $server = Start-TcpServer 0
            (Get-Failure { Receive-SocketData $server -TimeoutSeconds 0.1 }).Message | Should -BeLike "No message came to $($server.LocalEndPoint) within 0.1 s.*"
            Use-Socket (Open-UdpSocket 0 -Address 127.0.0.1) {
                $socket = $_
                (Get-Failure { Receive-SocketData $socket -TimeoutSeconds 0.1 }).Message | Should -BeLike "No message came to $($socket.LocalEndPoint) within 0.1 s.*"
            }
        }

        It 'names what was waited for by -<way>, and keeps the data' -ForEach @(
            @{ Way = 'ByteCount'; Value = 10; Expected = '*10 bytes*' }
            @{ Way = 'Delimiter'; Value = '##'; Expected = "*'##'*" }
            @{ Way = 'Until'; Value = 'x+y'; Expected = "*'x+y'*" }
            @{ Way = 'Raw'; Value = $true; Expected = '*nothing*' }
        ) {
            $test = New-TestConnection
            Send-Raw $test.Peer 'part'
            $parameters = @{ $way = $value }
            $failure = Get-Failure { Receive-SocketData $test.Connection -TimeoutSeconds 0.1 @parameters }
            $failure.Id | Should -BeExactly 'ReceiveTimedOut,PSSockets.Commands.ReceiveSocketDataCommand'
            $failure.Message | Should -BeLike $expected
            $test.Peer.Shutdown('Send')
            Receive-SocketData $test.Connection -TimeoutSeconds 10 | Should -BeExactly 'part'
        }

        It 'ends with ConnectionReset where the peer aborts, after what had come' {
            $test = New-TestConnection
            Send-Raw $test.Peer "before`n"
            Receive-SocketData $test.Connection -TimeoutSeconds 10 | Should -BeExactly 'before'
            $test.Peer.Close(0)
            $failure = Get-Failure { Receive-SocketData $test.Connection -TimeoutSeconds 10 }
            $failure.Id | Should -BeExactly 'ConnectionReset,PSSockets.Commands.ReceiveSocketDataCommand'
            $failure.Category | Should -Be 'ConnectionError'
            $failure.IsTerminating | Should -BeFalse
            $failure.Record.TargetObject | Should -Be $test.Connection
            $failure.Message | Should -BeLike "*$($test.Connection.DisplayName)*reset*"
            (Get-Failure { Receive-SocketData $test.Connection -TimeoutSeconds 10 }).Id | Should -BeLike 'ConnectionReset,*'
        }

        It 'still returns what had come before the peer aborted' -Skip:(-not $SystemHasProc) {
            $test = New-TestConnection
            Send-Raw $test.Peer "one`ntwo`nrest"
            $test.Peer.Close(0)
            $failure = Get-Failure { Receive-SocketData $test.Connection -Wait -TimeoutSeconds 10 }
            $failure.Output | Should -Be @('one', 'two')
            $failure.Count | Should -Be 1
            $failure.Id | Should -BeExactly 'ConnectionReset,PSSockets.Commands.ReceiveSocketDataCommand'
        }

        It 'still returns why the peer aborted where a send has noticed it first' -Skip:(-not $SystemHasProc) {
            $test = New-TestConnection
            Send-Raw $test.Peer "550 not today`n"
            $test.Peer.Close(0)
            [void] (Wait-Until { (Get-Failure { Send-SocketData $test.Connection 'more' }).Id -like 'ConnectionReset,*' })
            Receive-SocketData $test.Connection -TimeoutSeconds 10 | Should -BeExactly '550 not today'
            (Get-Failure { Receive-SocketData $test.Connection -TimeoutSeconds 10 }).Id | Should -BeLike 'ConnectionReset,*'
        }

        It 'ends with ObjectClosed on a closed connection' {
            $test = New-TestConnection
            Send-Raw $test.Peer "unread`n"
            Close-Socket $test.Connection
            $failure = Get-Failure { Receive-SocketData $test.Connection }
            $failure.Id | Should -BeExactly 'ObjectClosed,PSSockets.Commands.ReceiveSocketDataCommand'
            $failure.Category | Should -Be 'InvalidOperation'
            $failure.IsTerminating | Should -BeFalse
            $failure.Message | Should -BeExactly "The connection to $($test.Connection.DisplayName) is closed."
        }

        It 'ends a waiting receive when another pipeline closes the connection' {
            $test = New-TestConnection
            $receiving = Start-Background { param($connection) Receive-SocketData $connection -Wait } -ArgumentList $test.Connection
            Wait-Blocked $receiving
            Close-Socket $test.Connection
            { Wait-Background $receiving } | Should -Throw -ErrorId 'ObjectClosed,PSSockets.Commands.ReceiveSocketDataCommand'
        }

        It 'goes on with the next connection of the pipeline after an error' {
            $closed = New-TestConnection
            $open = New-TestConnection
            Close-Socket $closed.Connection
            Send-Raw $open.Peer "alive`n"
            $failure = Get-Failure { $closed.Connection, $open.Connection | Receive-SocketData -TimeoutSeconds 10 }
            $failure.Count | Should -Be 1
            $failure.Output | Should -Be @('alive')
        }

        It 'ends with ConnectionBusy while another command receives' {
            $test = New-TestConnection
            $receiving = Start-Background { param($connection) Receive-SocketData $connection -Wait } -ArgumentList $test.Connection
            Wait-Blocked $receiving
            $failure = Get-Failure { Receive-SocketData $test.Connection -TimeoutSeconds 1 }
            $failure.Id | Should -BeExactly 'ConnectionBusy,PSSockets.Commands.ReceiveSocketDataCommand'
            $failure.Category | Should -Be 'ResourceBusy'
            [void] (Stop-Background $receiving)
            Send-Raw $test.Peer "free again`n"
            Receive-SocketData $test.Connection -TimeoutSeconds 10 | Should -BeExactly 'free again'
        }

        It 'ends with FrameTooLarge over -MaxFrameLength, and closes that connection' {
            $test = New-TestConnection @{ MaxFrameLength = 10 }
            Send-Raw $test.Peer ('x' * 100)
            $failure = Get-Failure { Receive-SocketData $test.Connection -TimeoutSeconds 10 }
            $failure.Id | Should -BeExactly 'FrameTooLarge,PSSockets.Commands.ReceiveSocketDataCommand'
            $failure.Category | Should -Be 'LimitsExceeded'
            $failure.IsTerminating | Should -BeFalse
            $failure.Message | Should -BeLike "$($test.Connection.DisplayName):*10 bytes*-MaxFrameLength*"
            [string] $test.Connection.Status | Should -Be 'Closed'
            [string] $test.Connection.CloseReason | Should -Be 'ProtocolError'
        }

        It 'takes no memory for an absurd length' {
            $test = New-TestConnection @{ Framing = 'LengthPrefix:8' }
            Send-Raw $test.Peer ([byte[]] (255, 255, 255, 255, 255, 255, 255, 255))
            (Get-Failure { Receive-SocketData $test.Connection -TimeoutSeconds 10 }).Id | Should -BeLike 'FrameTooLarge,*'
        }

        It 'ends with InvalidFrame where the peer counts wrongly' {
            $test = New-TestConnection @{ Framing = 'OctetCounting' }
            Send-Raw $test.Peer '<13>no count'
            $failure = Get-Failure { Receive-SocketData $test.Connection -TimeoutSeconds 10 }
            $failure.Id | Should -BeExactly 'InvalidFrame,PSSockets.Commands.ReceiveSocketDataCommand'
            $failure.Category | Should -Be 'ProtocolError'
            $failure.Message | Should -BeLike "$($test.Connection.DisplayName):*-Framing*"
        }

        It 'ends with EndOfStream inside a frame of <framing>, and leaves the bytes readable' -ForEach @(
            @{ Framing = 'LengthPrefix:2'; Bytes = "`0$([char] 5)abc" }
            @{ Framing = 'Fixed:5'; Bytes = 'abc' }
            @{ Framing = 'OctetCounting'; Bytes = '5 abc' }
        ) {
            $test = New-TestConnection @{ Framing = $framing }
            Send-Raw $test.Peer $bytes
            $test.Peer.Shutdown('Send')
            $failure = Get-Failure { Receive-SocketData $test.Connection -Wait }
            $failure.Id | Should -BeExactly 'EndOfStream,PSSockets.Commands.ReceiveSocketDataCommand'
            $failure.Count | Should -Be 1
            $failure.Message | Should -BeLike '*3 of 5 bytes*'
            Receive-SocketData $test.Connection -Raw -TimeoutSeconds 10 | Should -BeExactly $bytes
        }

        It 'refuses -<a> with -<b>' -ForEach @(
            @{ A = 'ByteCount'; B = 'Delimiter'; Parameters = @{ ByteCount = 1; Delimiter = ';' } }
            @{ A = 'Delimiter'; B = 'Until'; Parameters = @{ Delimiter = ';'; Until = ';' } }
            @{ A = 'AsByteStream'; B = 'Encoding'; Parameters = @{ AsByteStream = $true; Encoding = 'utf8' } }
            @{ A = 'AsByteStream'; B = 'Until'; Parameters = @{ AsByteStream = $true; Until = ';' } }
        ) {
            $test = New-TestConnection
            $failure = Get-Failure { Receive-SocketData $test.Connection @parameters }
            $failure.Id | Should -BeExactly 'InvalidParameterCombination,PSSockets.Commands.ReceiveSocketDataCommand'
            $failure.Category | Should -Be 'InvalidArgument'
            $failure.IsTerminating | Should -BeTrue
            $failure.Message | Should -BeLike "*-$a*-$b*"
        }

        It 'refuses what is nothing to receive from' {
            (Get-Failure { 'host' | Receive-SocketData }).Id | Should -BeLike 'InputObjectNotBound,PSSockets.Commands.ReceiveSocketDataCommand'
            { Receive-SocketData $null } | Should -Throw -ErrorId 'ParameterArgumentValidationError,PSSockets.Commands.ReceiveSocketDataCommand'
        }
    }

    Context 'ending early' {
        It 'stops at once by Ctrl+C: <name>' -ForEach @(
            @{ Name = '-Wait'; Script = { param($connection) Receive-SocketData $connection -Wait } }
            @{ Name = 'one message without a limit'; Script = { param($connection) Receive-SocketData $connection -TimeoutSeconds 0 } }
            @{ Name = '-ByteCount'; Script = { param($connection) Receive-SocketData $connection -ByteCount 9 } }
            @{ Name = '-Until'; Script = { param($connection) Receive-SocketData $connection -Until '>' } }
            @{ Name = '-Raw'; Script = { param($connection) Receive-SocketData $connection -Raw } }
            @{ Name = '-ReadCount'; Script = { param($connection) Receive-SocketData $connection -Wait -ReadCount 5 } }
        ) {
            $test = New-TestConnection
            Send-Raw $test.Peer 'kept'
            $background = Start-Background $script -ArgumentList $test.Connection
            Wait-Blocked $background
            Stop-Background $background | Should -BeLessThan 1000
            $background.PowerShell.Streams.Error.Count | Should -Be 0
            Send-Raw $test.Peer "`n"
            Receive-SocketData $test.Connection -TimeoutSeconds 10 | Should -BeExactly 'kept'
        }

        It 'stops at once by Ctrl+C: -OutFile' {
            $path = New-TestPath
            try {
                $test = New-TestConnection
                $background = Start-Background { param($connection, $path) Receive-SocketData $connection -OutFile $path } -ArgumentList $test.Connection, $path
                Wait-Blocked $background
                Stop-Background $background | Should -BeLessThan 1000
                [System.IO.File]::Delete($path)
            }
            finally {
                Remove-Item -Path $path -ErrorAction SilentlyContinue
            }
        }

        It 'stops at once by Ctrl+C: a server' {
            $server = Start-TcpServer 0
            $background = Start-Background { param($server) Receive-SocketData $server -Wait } -ArgumentList $server
            Wait-Blocked $background
            Stop-Background $background | Should -BeLessThan 1000
        }

        It 'stops at once by Ctrl+C while messages pour in' {
            $server = Start-TcpServer 0 -Echo
            $client = Connect-TcpClient 127.0.0.1 $server.Port
            Send-SocketData $client ('x' * 1000)
            $background = Start-Background { param($c) Receive-SocketData $c -Wait | ForEach-Object { Send-SocketData $c $_; 1 } } -ArgumentList $client
            [void] (Wait-Until { $background.Output.Count -gt 100 })
            Stop-Background $background | Should -BeLessThan 1000
        }

        It 'takes nothing more after Ctrl+C while messages pour in' {
            $test = New-TestConnection
            $lines = [System.Text.Encoding]::ASCII.GetBytes(-join (1..50000).ForEach({ "$_`n" }))
            [void] (Start-Background { param($peer, $bytes) $peer.Send($bytes) } -ArgumentList $test.Peer, $lines)
            $next = 1
            $lost = 0
            foreach ($round in 1..20) {
                $background = Start-Background { param($c) Receive-SocketData $c -Wait } -ArgumentList $test.Connection
                [void] (Wait-Until { $background.Output.Count -gt 100 })
                [void] (Stop-Background $background)
                $lost += [int] $background.Output[0] - $next
                [int] $background.Output[-1] - [int] $background.Output[0] | Should -Be ($background.Output.Count - 1)
                $next = [int] $background.Output[-1] + 1
                if ($next -gt 40000) {
                    break
                }
            }
            # The stop can still fall between the taking and the write of a message; without the look in between it lost one each time.
            $round | Should -BeGreaterThan 1
            $lost | Should -BeLessThan ($round * 0.75)
        }

        It 'ends by Select-Object -First 2, and leaves the third message' {
            $test = New-TestConnection
            Send-Raw $test.Peer "1`n2`n3`n"
            @(Receive-SocketData $test.Connection -Wait | Select-Object -First 2) | Should -Be @('1', '2')
            Receive-SocketData $test.Connection -TimeoutSeconds 10 | Should -BeExactly '3'
        }

        It 'can be read from again after <name> downstream' -ForEach @(
            @{ Name = 'break'; Script = { param($c) foreach ($once in 1) { Receive-SocketData $c -Wait | ForEach-Object { break } } } }
            @{ Name = 'throw'; Script = { param($c) try { Receive-SocketData $c -Wait | ForEach-Object { throw 'no' } } catch { } } }
            @{ Name = 'return'; Script = { param($c) $null = & { Receive-SocketData $c -Wait | Select-Object -First 1; return } } }
        ) {
            $test = New-TestConnection
            Send-Raw $test.Peer "1`n2`n"
            & $script $test.Connection
            Receive-SocketData $test.Connection -TimeoutSeconds 10 | Should -BeExactly '2'
            [string] $test.Connection.Status | Should -Be 'Open'
        }

        It 'leaves what it had decoded ahead to the next command, whatever way that reads (after <_> lines)' -ForEach 1, 5, 1500, 3000 {
            $test = New-TestConnection
            Send-Raw $test.Peer (-join (1..5000).ForEach({ "line $_ ".PadRight(40, 'x') + "`n" }))
            $before = @(Receive-SocketData $test.Connection -Wait | Select-Object -First $_)
            $before.Count | Should -Be $_
            $before[-1] | Should -BeLike "line $_ *"
            $test.Connection.MessagesReceived | Should -Be $_
            $bytes = Receive-SocketData $test.Connection -ByteCount 41 -AsByteStream
            [System.Text.Encoding]::ASCII.GetString($bytes) | Should -BeLike "line $($_ + 1) *`n"
            @(Receive-SocketData $test.Connection -TotalCount (5000 - $_ - 1))[-1] | Should -BeLike 'line 5000 *'
        }

        It 'leaves no socket after a hundred times -Wait | Select-Object -First 2' -Skip:(-not $SystemHasProc) {
            [void] (New-TestConnection)
            Clear-TestSocket
            $before = Get-OpenSocketCount
            $server = Start-TcpServer 0
            for ($i = 0; $i -lt 100; $i++) {
                $client = Connect-TcpClient 127.0.0.1 $server.Port
                $accepted = Wait-TcpConnection $server -TimeoutSeconds 10
                'a', 'b', 'c' | Send-SocketData $accepted
                @(Receive-SocketData $client -Wait | Select-Object -First 2).Count | Should -Be 2
                $client, $accepted | Close-Socket
            }
            Stop-SocketServer $server
            [void] (Wait-Until { (Get-OpenSocketCount) -le $before } -Because 'all sockets were to be closed')
            @(Get-SocketConnection).Count | Should -Be 0
        }

        It 'leaves nothing receiving after a hundred timeouts' {
            $test = New-TestConnection
            for ($i = 0; $i -lt 100; $i++) {
                (Get-Failure { Receive-SocketData $test.Connection -TimeoutSeconds 0.001 }).Id | Should -BeLike 'ReceiveTimedOut,*'
            }
            Send-Raw $test.Peer "still there`n"
            Receive-SocketData $test.Connection -TimeoutSeconds 10 | Should -BeExactly 'still there'
        }
    }

    Context 'in a script' {
        It 'works under strict mode and $ErrorActionPreference Stop' {
            $test = New-TestConnection
            Send-Raw $test.Peer "one`n"
            $result = & {
                Set-StrictMode -Version Latest
                $ErrorActionPreference = 'Stop'
                Receive-SocketData $test.Connection -TimeoutSeconds 10
                try {
                    Receive-SocketData $test.Connection -TimeoutSeconds 0.05
                }
                catch [System.TimeoutException] {
                    'timed out'
                }
            }
            $result | Should -Be @('one', 'timed out')
        }
    }
}
