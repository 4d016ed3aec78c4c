BeforeDiscovery {
    $SystemHasProc = Test-Path -Path '/proc/self/fd'
    $HasPython = [bool] (Get-Command python3 -CommandType Application -ErrorAction Ignore)
}

BeforeAll {
    . (Join-Path $PSScriptRoot 'Support' 'common.ps1')
    . (Join-Path $PSScriptRoot 'Support' 'peers.ps1')
    . (Join-Path $PSScriptRoot 'Support' 'chat.ps1')
}

Describe 'Connect-ChatServer' {
    AfterEach {
        Clear-TestSocket
        Stop-Peer
    }

    Context 'a place in a chat' {
        It 'gives a session that says who and where it is' {
            $server = Start-ChatServer 0 -Room lobby, ops
            $session = Connect-ChatServer 127.0.0.1 $server.Port -Nick ann -Room ops, lobby -Name mine
            $session | Should -BeOfType [PSSockets.Engine.Chat.ChatSession]
            $session.Nick | Should -BeExactly 'ann'
            $session.Rooms | Should -Be @('ops', 'lobby')
            $session.CurrentRoom | Should -BeExactly 'lobby'
            [string] $session.Status | Should -Be 'Open'
            $session.ServerName | Should -BeExactly $server.Name
            $session.Name | Should -BeExactly 'mine'
        }

        It 'takes the user''s name for a nick, and the next free one where that is taken' {
            $server = Start-ChatServer 0
            $first = Connect-ChatServer 127.0.0.1 $server.Port
            $second = Connect-ChatServer 127.0.0.1 $server.Port
            $second.Nick | Should -BeExactly "$($first.Nick)-2"
        }

        It 'gives the last messages of its rooms with -HistoryCount, and else none' {
            $chat = New-TestChat
            1..5 | Send-ChatMessage $chat.Ann
            $new = Join-Chat $chat.Server eve @{ HistoryCount = 3 }
            $seen = @($new | Receive-ChatMessage -TotalCount 3 -TimeoutSeconds 10)
            $seen.Text | Should -Be @('3', '4', '5')
            $seen.IsReplayed | Should -Be @($true, $true, $true)
            $other = Join-Chat $chat.Server joe
            Send-ChatMessage $chat.Ann 'now'
            ($other | Receive-ChatMessage -Kind Message -TimeoutSeconds 10).Text | Should -BeExactly 'now'
        }

        It 'enters with the password' {
            $secret = ConvertTo-SecureString 'opensesame' -AsPlainText -Force
            $server = Start-ChatServer 0 -Password $secret
            (Join-Chat $server ann @{ Password = $secret }).Nick | Should -BeExactly 'ann'
        }

        It 'connects over a Unix domain socket' {
            $path = New-TestPath -Extension '.sock'
            $server = Start-ChatServer -UnixSocket $path
            $session = Connect-ChatServer -UnixSocket $path -Nick ann
            $session.CurrentRoom | Should -BeExactly 'lobby'
            $session | Close-Socket
        }
    }

    Context 'refusals' {
        It 'says that <What>' -ForEach @(
            @{ What = 'the nick is taken'; Nick = 'ann'; Id = 'NickInUse'; Category = 'ResourceExists' }
            @{ What = 'the nick cannot be one'; Nick = 'a b'; Id = 'NickInvalid'; Category = 'InvalidArgument' }
        ) {
            $server = Start-ChatServer 0
            $ann = Join-Chat $server ann
            $failure = Get-Failure { Connect-ChatServer 127.0.0.1 $server.Port -Nick $Nick }
            $failure.Id | Should -BeExactly "$Id,PSSockets.Commands.ConnectChatServerCommand"
            $failure.Category | Should -BeExactly $Category
            $failure.IsTerminating | Should -BeTrue
        }

        It 'says that the password is wrong, or wanted' {
            $server = Start-ChatServer 0 -Password (ConvertTo-SecureString 'a' -AsPlainText -Force)
            $wrong = ConvertTo-SecureString 'b' -AsPlainText -Force
            (Get-Failure { Connect-ChatServer 127.0.0.1 $server.Port -Password $wrong }).Id | Should -BeLike 'PasswordWrong,*'
            (Get-Failure { Connect-ChatServer 127.0.0.1 $server.Port }).Id | Should -BeLike 'PasswordRequired,*'
        }

        It 'says that nothing listens' {
            $port = Get-UnusedPort
            (Get-Failure { Connect-ChatServer 127.0.0.1 $port }).Id | Should -BeLike 'ConnectionRefused,*'
        }

        It 'says that a server which keeps silent is none of this protocol, and what to do' {
            $listener = New-RawListener
            $failure = Get-Failure { Connect-ChatServer 127.0.0.1 $listener.LocalEndPoint.Port -TimeoutSeconds 0.2 }
            $failure.Id | Should -BeLike 'ConnectTimedOut,*'
            $failure.Message | Should -BeLike '*-Framing*'
        }

        It 'refuses parameters that do not go together' {
            (Get-Failure { Connect-ChatServer localhost 1 -Framing Raw -Nick ann }).Id | Should -BeLike 'InvalidParameterCombination,*'
            (Get-Failure { Connect-ChatServer localhost 1 -ArgumentList 1 }).Id | Should -BeLike 'InvalidParameterCombination,*'
            (Get-Failure { Connect-ChatServer chat://localhost 1 }).Id | Should -BeLike 'InvalidParameterValue,*'
        }

        It 'ends at once on Ctrl+C' {
            $listener = New-RawListener
            $background = Start-Background { param($port) Connect-ChatServer 127.0.0.1 $port } $listener.LocalEndPoint.Port
            Wait-Blocked $background
            Stop-Background $background | Should -BeLessThan 1000
        }
    }

    Context 'a session''s life' {
        It 'is listed and closed as connections are' {
            $chat = New-TestChat
            (Get-SocketConnection -Id $chat.Ann.Id).Nick | Should -BeExactly 'ann'
            $chat.Ann | Close-Socket
            [string] $chat.Ann.Status | Should -Be 'Closed'
            (Get-Failure { Get-SocketConnection -Id $chat.Ann.Id -ErrorAction Stop }).Id | Should -BeLike 'ConnectionNotFound,*'
            ($chat.Bob | Receive-ChatMessage -Kind Leave -TimeoutSeconds 10).From | Should -BeExactly 'ann'
        }

        It 'is closed behind Use-Socket' {
            $chat = New-TestChat
            $chat.Ann | Use-Socket { Send-ChatMessage $_ 'bye' }
            [string] $chat.Ann.Status | Should -Be 'Closed'
            ($chat.Bob | Receive-ChatMessage -Kind Message -TimeoutSeconds 10).Text | Should -BeExactly 'bye'
        }

        It 'comes back when the server does, and has what was said meanwhile' {
            $port = Get-UnusedPort
            $server = Start-ChatServer $port
            $session = Join-Chat $server ann
            Stop-SocketServer $server
            [void] (Wait-Until { [string] $session.Status -eq 'Reconnecting' })
            $server = Start-ChatServer $port
            $bob = Join-Chat $server bob
            Send-ChatMessage $bob 'are you there?'
            ($session | Receive-ChatMessage -Kind Message -TimeoutSeconds 20).Text | Should -BeExactly 'are you there?'
            [void] (Wait-Until { [string] $session.Status -eq 'Open' })
            $session.ReconnectCount | Should -Be 1
        }

        It 'does not come back with -NoReconnect' {
            $server = Start-ChatServer 0
            $session = Join-Chat $server ann @{ NoReconnect = $true }
            Stop-SocketServer $server
            $session | Receive-ChatMessage -Wait -TimeoutSeconds 10 -WarningAction SilentlyContinue | Should -BeNullOrEmpty
            [string] $session.Status | Should -Be 'Closed'
        }

        It 'ends with the module' {
            $server = Start-ChatServer 0
            $background = Start-Background {
                param($port)
                [void] (Connect-ChatServer 127.0.0.1 $port -Nick ann)
                Remove-Module PSSockets
            } $server.Port
            [void] (Wait-Background $background)
            [void] (Wait-Until -Because 'the session was to end' { $server.MemberCount -eq 0 })
        }

        It 'leaves no socket behind after a hundred' -Skip:(-not $SystemHasProc) {
            $server = Start-ChatServer 0
            Join-Chat $server warm | Close-Socket
            $before = Get-OpenSocketCount
            1..100 | ForEach-Object { Join-Chat $server ann | Close-Socket }
            [void] (Wait-Until { (Get-OpenSocketCount) -le $before })
        }
    }

    Context 'events' {
        AfterEach {
            Get-EventSubscriber | Where-Object SourceIdentifier -Like 'pss-*' | Unregister-Event
            Get-Event | ForEach-Object { Remove-Event -EventIdentifier $_.EventIdentifier }
        }

        It 'come in the order of what was said' {
            $server = Start-ChatServer 0 -RateLimit 0
            $ann = Join-Chat $server ann
            Register-ObjectEvent -InputObject $ann -EventName MessageReceived -SourceIdentifier pss-said
            Send-ChatMessage $server (1..500 -join "`n")
            [void] (Wait-Until { @(Get-Event -SourceIdentifier pss-said -ErrorAction Ignore).Count -ge 500 })
            @(Get-Event -SourceIdentifier pss-said).SourceEventArgs.ChatMessage.Text -join ',' | Should -BeExactly (1..500 -join ',')
            $ann.EventsDropped | Should -Be 0
        }

        It 'are bounded, and what is too much is counted' {
            $server = Start-ChatServer 0 -RateLimit 0
            $ann = Join-Chat $server ann
            Register-ObjectEvent -InputObject $ann -EventName MessageReceived -SourceIdentifier pss-said
            Send-ChatMessage $server (1..5000 -join "`n")
            [void] (Wait-Until { $ann.EventsDropped -gt 0 -and $ann.MessagesReceived -ge 5000 })
            @(Get-Event -SourceIdentifier pss-said).Count | Should -BeLessOrEqual 1000
            @($ann | Receive-ChatMessage -TotalCount 5000 -TimeoutSeconds 10).Count | Should -Be 5000
        }

        It 'tell how the session fares' {
            $server = Start-ChatServer 0
            $ann = Join-Chat $server ann @{ NoReconnect = $true }
            Register-ObjectEvent -InputObject $ann -EventName StatusChanged -SourceIdentifier pss-status
            Stop-SocketServer $server
            $change = Wait-Event -SourceIdentifier pss-status -Timeout 10
            [string] $change.SourceEventArgs.Status | Should -Be 'Closed'
            $change.SourceEventArgs.Text | Should -BeLike '*server stops*'
        }
    }

    Context '-OnMessage' {
        It 'answers in the room, and a private message in private' {
            $chat = New-TestChat
            $prefix = 'You said'
            $bot = Join-Chat $chat.Server echo @{ OnMessage = { "$($using:prefix): $($_.Text)" } }
            Send-ChatMessage $chat.Ann 'one'
            $answer = $chat.Ann | Receive-ChatMessage -Kind Message -TimeoutSeconds 10
            "$($answer.From) $($answer.Room) $($answer.Text)" | Should -BeExactly 'echo lobby You said: one'
            Send-ChatMessage $chat.Ann 'two' -To echo
            $answer = $chat.Ann | Receive-ChatMessage -Kind Private -TimeoutSeconds 10
            "$($answer.From) $($answer.To) $($answer.Text)" | Should -BeExactly 'echo ann You said: two'
        }

        It 'hears nobody come, has $Session, and keeps its errors there' {
            $chat = New-TestChat
            $bot = Join-Chat $chat.Server helper @{ OnMessage = { if ($_.Text -eq 'fail') { throw 'no' } "$($Session.Nick) $($_.Kind)" } }
            $eve = Join-Chat $chat.Server eve
            Send-ChatMessage $chat.Ann 'fail'
            Send-ChatMessage $chat.Ann 'waves' -Action
            ($chat.Ann | Receive-ChatMessage -Kind Message -TimeoutSeconds 10).Text | Should -BeExactly 'helper Action'
            $bot.ErrorCount | Should -Be 1
            $bot.Errors[0].FullyQualifiedErrorId | Should -BeExactly 'HandlerFailed'
            $bot.Errors[0].ToString() | Should -BeLike 'OnMessage: no*'
        }

        It 'leaves nothing for Receive-ChatMessage' {
            $chat = New-TestChat
            $bot = Join-Chat $chat.Server helper @{ OnMessage = { } }
            (Get-Failure { $bot | Receive-ChatMessage }).Id | Should -BeLike 'ConnectionBusy,*'
        }

        It 'may close its own session' {
            $chat = New-TestChat
            $bot = Join-Chat $chat.Server helper @{ OnMessage = { 'bye'; Close-Socket $Session } }
            Send-ChatMessage $chat.Ann 'go'
            [void] (Wait-Until { [string] $bot.Status -eq 'Closed' })
            $bot.ErrorCount | Should -Be 0
        }

        It 'says what is wrong with an initialization script before it enters' {
            $server = Start-ChatServer 0
            $failure = Get-Failure { Join-Chat $server helper @{ OnMessage = { }; InitializationScript = { throw 'no module' } } }
            $failure.Id | Should -BeLike 'InvalidHandler,*'
            $failure.Message | Should -BeLike '*no module*'
            $server.MemberCount | Should -Be 0
        }
    }

    Context 'the tutorial''s chat server, which knows no protocol' -Skip:(-not $HasPython) {
        It 'talks through it in plain text' {
            $port = Get-UnusedPort
            $path = New-TestPath -Extension '.py'
            $WrittenForPeers.Add($path)
            $text = Get-Content -Raw -LiteralPath "$PSScriptRoot/Support/tutorial/chat_server.py"
            Set-Content -LiteralPath $path -Value $text.Replace('8080', "$port") -NoNewline
            [void] (Start-Peer -FileName python3 -ArgumentList '-u', $path)
            $first = Wait-Until -TimeoutSeconds 20 -Because 'the server was to listen' {
                try { Connect-ChatServer localhost $port -Framing Raw } catch { $null }
            }
            $second = Connect-ChatServer localhost $port -Framing Raw
            $received = $null
            [void] (Wait-Until -Because 'the server was to know both' {
                Send-ChatMessage $second "gr`u{FC}n"
                $received = $first | Receive-ChatMessage -TimeoutSeconds 0.2 -ErrorAction SilentlyContinue
                $null -ne $received
            })
            Send-ChatMessage $first 'and back'
            ($second | Receive-ChatMessage -TimeoutSeconds 10).Text | Should -BeLike "Client ('127.0.0.1', *): and back"
            (Get-Failure { Send-ChatMessage $first 'psst' -To bob }).Id | Should -BeLike 'UnknownCommand,*'
        }
    }
}
