BeforeDiscovery {
    # An address of this machine that is not loopback.
    $OwnAddress = [System.Net.NetworkInformation.NetworkInterface]::GetAllNetworkInterfaces() | Where-Object { $_.OperationalStatus -eq 'Up' } |
        ForEach-Object { $_.GetIPProperties().UnicastAddresses } | ForEach-Object { $_.Address } |
        Where-Object { $_.AddressFamily -eq 'InterNetwork' -and -not [ipaddress]::IsLoopback($_) } | ForEach-Object { "$_" } | Select-Object -First 1
}

Describe 'Start-ChatServer' {
    BeforeAll {
        . "$PSScriptRoot/Support/common.ps1"
        . "$PSScriptRoot/Support/peers.ps1"

        # Reads up to a line like the pattern, and gives that line.
        function Read-Line {
            param($Connection, [string] $Like)
            while ($true) {
                $line = Receive-SocketData $Connection -TimeoutSeconds 10 -ErrorAction Stop
                if ($null -eq $line) {
                    throw "The connection ended before '$Like' came."
                }
                if ($line -like $Like) {
                    return $line
                }
            }
        }

        # A member of the chat, in plain text.
        function Join-Chat {
            param($Server, [string] $Nick)
            $connection = Connect-ToServer $Server
            Send-SocketData $connection "/nick $Nick"
            [void] (Read-Line $connection "*You are now $Nick.")
            $connection
        }

        function ConvertTo-Secret {
            param([string] $Text)
            $secret = [securestring]::new()
            $Text.ToCharArray() | ForEach-Object { $secret.AppendChar($_) }
            $secret
        }
    }

    AfterEach {
        Clear-TestSocket
        Stop-Peer
    }

    It 'lets people talk, who see who said what' {
        $server = Start-ChatServer 0
        $ann = Join-Chat $server 'ann'
        $bob = Join-Chat $server 'bob'
        'hello', '/me waves', '/msg ann psst' | Send-SocketData $bob
        Read-Line $ann '*bob: hello' | Should -BeExactly '[lobby] bob: hello'
        Read-Line $ann '*waves' | Should -BeExactly '[lobby] * bob waves'
        Read-Line $ann '*psst' | Should -BeExactly '[private] bob: psst'
        $server.MemberCount | Should -Be 2
        $server.Members[0].Nick | Should -BeExactly 'ann'
        $server.Rooms[0].MemberCount | Should -Be 2
    }

    It 'has a bot in three lines' {
        $server = Start-ChatServer 0 {
            if ($_.Text -eq '!sum') { "$($_.From): $(20 + 22)" }
        }
        $ann = Join-Chat $server 'ann'
        '!sum', '/msg bot !sum' | Send-SocketData $ann
        $answers = 1..2 | ForEach-Object { Read-Line $ann '*42' }
        $answers | Sort-Object | Should -Be '[lobby] bot: ann: 42', '[private] bot: ann: 42'
    }

    It 'keeps the errors of the bot and goes on' {
        $server = Start-ChatServer 0 { if ($_.Text -eq 'bad') { throw 'oops' } else { 'fine' } } -BotNick 'robot'
        $ann = Join-Chat $server 'ann'
        'bad', 'good' | Send-SocketData $ann
        Read-Line $ann '*fine' | Should -BeExactly '[lobby] robot: fine'
        $failure = Wait-ServerError $server
        $failure[0].FullyQualifiedErrorId | Should -BeExactly 'HandlerFailed'
        $failure[0].ToString() | Should -BeLike '*oops*'
    }

    It 'asks for the password first' {
        $server = Start-ChatServer 0 -Password (ConvertTo-Secret 'open sesame') -OperatorPassword (ConvertTo-Secret 'boss')
        $ann = Connect-ToServer $server
        Receive-SocketData $ann | Should -BeLike '-- This chat has a password*'
        'wrong', 'open sesame', '/oper boss' | Send-SocketData $ann
        Receive-SocketData $ann | Should -BeExactly '!! The password is wrong.'
        [void] (Read-Line $ann '*You are an operator now.')
        (Get-ChatMember $server).IsOperator | Should -BeTrue
    }

    It 'gives what is said as objects, private messages excepted' {
        $server = Start-ChatServer 0 -Room 'team'
        $watch = Start-Background { param($Server) $Server | Receive-SocketData -Wait | Where-Object Kind -EQ 'Message' | Select-Object -First 1 } $server
        Wait-Blocked $watch
        $ann = Join-Chat $server 'ann'
        '/msg ann secret', 'hello' | Send-SocketData $ann
        $message = (Wait-Background $watch)[0]
        $message.From | Should -BeExactly 'ann'
        $message.Room | Should -BeExactly 'team'
        $message.Text | Should -BeExactly 'hello'
    }

    It 'raises events' {
        $server = Start-ChatServer 0
        Register-ObjectEvent $server MemberJoined -SourceIdentifier 'joined'
        Register-ObjectEvent $server MessageReceived -SourceIdentifier 'said'
        try {
            $ann = Join-Chat $server 'ann'
            Send-SocketData $ann 'hello'
            $event = Wait-Until { Get-Event 'joined' -ErrorAction Ignore }
            @($event)[0].SourceEventArgs.Member.Nick | Should -BeLike 'guest*'
            [void] (Wait-Until { @(Get-Event 'said' -ErrorAction Ignore).SourceEventArgs.ChatMessage.Text -contains 'hello' })
        }
        finally {
            'joined', 'said' | ForEach-Object {
                Unregister-Event $_
                Remove-Event $_ -ErrorAction Ignore
            }
        }
    }

    It 'writes a transcript that others can read meanwhile, and all of it before it has stopped' {
        $path = New-TestPath -Extension '.log'
        $server = Start-ChatServer 0 -TranscriptPath $path
        $ann = Join-Chat $server 'ann'
        "gr`u{FC}n `e[31mred" | Send-SocketData $ann
        [void] (Wait-Until { [System.IO.File]::Exists($path) -and (Get-Content $path) -match 'red' })
        1..20 | Send-SocketData $ann
        'x' | Send-SocketData $ann
        [void] (Read-Line $ann '*too much*')
        $server | Stop-ChatServer
        $lines = Get-Content $path
        $lines -match 'gr' | Should -BeLike "20??-??-??T*Z ?lobby? ann: gr`u{FC}n red"
        @($lines -match 'ann: \d+$').Count | Should -BeGreaterOrEqual 15
        Remove-Item $path
    }

    It 'shows the banner and the history to who comes later' {
        $server = Start-ChatServer 0 -Banner "Hi!`nBe nice." -HistoryCount 2
        $ann = Join-Chat $server 'ann'
        'one', 'two', 'three' | Send-SocketData $ann
        [void] (Wait-Until { $server.Members[0].MessagesSent -eq 3 })
        $bob = Connect-ToServer $server
        Receive-SocketData $bob | Should -BeExactly 'Hi!'
        Receive-SocketData $bob | Should -BeExactly 'Be nice.'
        Read-Line $bob '*ann: *' | Should -BeLike '?lobby ??:??? ann: two'
        Read-Line $bob '*ann: *' | Should -BeLike '?lobby ??:??? ann: three'
    }

    It 'refuses who is too many, says goodbye when it stops and is listed as a server' {
        $server = Start-ChatServer 0 -MaxMembers 1 -Name 'Team'
        (Get-SocketServer Team).Id | Should -Be $server.Id
        $ann = Join-Chat $server 'ann'
        @(Get-SocketConnection -Server $server) | Should -HaveCount 1
        Receive-SocketData (Connect-ToServer $server) | Should -BeLike '!! The chat is full*'
        Get-SocketServer | Stop-ChatServer
        Read-Line $ann '*stops*' | Should -BeExactly '-- The server stops.'
        Get-SocketServer | Should -BeNullOrEmpty
    }

    It 'limits the connections of one address with -MaxConnectionsPerAddress' -Skip:(-not $OwnAddress) -ForEach @(@{ Address = $OwnAddress }) {
        $server = Start-ChatServer 0 -Address $Address -Allow $Address -MaxConnectionsPerAddress 1
        $ann = Connect-ChatServer $Address $server.Port -Nick ann
        Receive-SocketData (Connect-TcpClient $Address $server.Port) | Should -BeExactly '!! Too many connections come from your address: 1 are the limit.'
        { Connect-ChatServer $Address $server.Port -Nick bob -ErrorAction Stop } | Should -Throw -ErrorId 'LimitReached,*'
        $server.RefusedCount | Should -Be 2
        Close-Socket $ann
        Wait-Until { @(Get-SocketConnection -Server $server).Count -eq 0 }
        (Connect-ChatServer $Address $server.Port -Nick bob).Nick | Should -BeExactly 'bob'
    }

    It 'refuses <Name>' -ForEach @(
        @{ Name = 'a bad room'; Parameters = @{ Room = 'a b' }; Id = 'RoomInvalid' }
        @{ Name = 'a reserved nick for the bot'; Parameters = @{ BotNick = 'server'; OnMessage = { } }; Id = 'NickInvalid' }
        @{ Name = 'a transcript in no directory'; Parameters = @{ TranscriptPath = '/nowhere/at/all.log' }; Id = 'FileNotAccessible' }
        @{ Name = 'what is for handlers, without one'; Parameters = @{ InitializationScript = { } }; Id = 'InvalidParameterCombination' }
        @{ Name = 'a nick for the bot, without one'; Parameters = @{ BotNick = 'helper' }; Id = 'InvalidParameterCombination' }
        @{ Name = 'the name of a cluster, without a backplane'; Parameters = @{ ClusterName = 'team' }; Id = 'InvalidParameterCombination' }
        @{ Name = 'to wait for slow members'; Parameters = @{ SlowConsumer = 'Wait' }; Id = 'ParameterArgumentValidationError' }
    ) {
        $failure = Get-Failure { Start-ChatServer 0 @Parameters }
        $failure.Id | Should -BeLike "$Id,*"
        $failure.IsTerminating | Should -BeTrue
        Get-SocketServer | Should -BeNullOrEmpty
    }

    It 'warns of strangers, and of a password that can be read on the way' {
        $warnings = $null
        [void] (Start-ChatServer 0 -Address Any -WarningVariable warnings -WarningAction SilentlyContinue)
        "$warnings" | Should -BeLike '*everybody*join the chat*'
        [void] (Start-ChatServer 0 -Address Any -Allow 127.0.0.0/8 -Password (ConvertTo-Secret 'x') -WarningVariable warnings -WarningAction SilentlyContinue)
        "$warnings" | Should -BeLike '*password*nothing is encrypted*'
        [void] (Start-ChatServer 0 -Password (ConvertTo-Secret 'x') -WarningVariable warnings)
        $warnings | Should -BeNullOrEmpty
    }

    It 'serves ncat' -Skip:(-not (Get-Command ncat -CommandType Application -ErrorAction Ignore)) {
        $server = Start-ChatServer 0
        $ann = Join-Chat $server 'ann'
        $ncat = Start-Peer ncat '127.0.0.1', "$($server.Port)" -KeepInput
        $ncat.Process.StandardInput.Write("/nick net`nh`u{E9} there`n")
        Read-Line $ann '*there' | Should -BeExactly "[lobby] net: h`u{E9} there"
        Send-SocketData $ann 'welcome'
        $ncat.Process.StandardInput.Write("/who`n/quit`n")
        Read-Line $ann '*has left*' | Should -BeExactly '-- net has left lobby'
        $ncat.Process.StandardInput.Close()
        $text = Wait-Peer $ncat
        $text | Should -BeLike '*[[]lobby] ann: welcome*-- 2 in lobby: ann, net*-- Goodbye.*'
    }

    It 'serves two chat clients of the Python tutorial, which send no line ends' -Skip:(-not (Get-Command python3 -CommandType Application -ErrorAction Ignore)) {
        $server = Start-ChatServer 0 -Framing Raw
        $path = New-TestPath -Extension '.py'
        $WrittenForPeers.Add($path)
        $text = (Get-Content -Raw "$PSScriptRoot/Support/tutorial/chat_client.py").Replace('8080', "$($server.Port)").Replace("'localhost'", "'127.0.0.1'")
        Set-Content -LiteralPath $path -Value $text -NoNewline
        $clients = 1..2 | ForEach-Object { Start-Peer python3 '-u', $path -KeepInput }
        [void] (Wait-Until { $server.MemberCount -eq 2 })
        $clients[0].Process.StandardInput.Write("hello from python`n")
        [void] (Wait-Until { [System.Text.Encoding]::UTF8.GetString($clients[1].Output.ToArray()) -match 'guest\d: hello from python' })
        $clients | ForEach-Object { $_.Process.StandardInput.Write("quit`n") }
        $clients | ForEach-Object { Wait-Peer $_ | Should -BeLike '*Welcome to*' }
        [void] (Wait-Until { $server.MemberCount -eq 0 })
    }

    It 'leaves nothing open' -Skip:(-not $IsLinux) {
        $before = Get-OpenSocketCount
        1..5 | ForEach-Object {
            $server = Start-ChatServer 0 { 'x' }
            $ann = Join-Chat $server 'ann'
            $server | Stop-ChatServer
            Close-Socket $ann
        }
        [void] (Wait-Until { (Get-OpenSocketCount) -le $before })
    }
}
