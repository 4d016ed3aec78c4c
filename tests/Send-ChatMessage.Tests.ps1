BeforeAll {
    . (Join-Path $PSScriptRoot 'Support' 'common.ps1')
    . (Join-Path $PSScriptRoot 'Support' 'chat.ps1')
}

Describe 'Send-ChatMessage' {
    AfterEach {
        Clear-TestSocket
    }

    Context 'from a session' {
        It 'says it in the current room' {
            $chat = New-TestChat
            Send-ChatMessage $chat.Ann "gr`u{FC}n"
            $seen = $chat.Bob | Receive-ChatMessage -Kind Message -TimeoutSeconds 10
            "$($seen.Kind) $($seen.Room) $($seen.From) $($seen.Text)" | Should -BeExactly "Message lobby ann gr`u{FC}n"
        }

        It 'says what comes through the pipeline, in order, faster than the server likes' {
            $chat = New-TestChat @{ RateLimit = 20 }
            1..60 | Send-ChatMessage $chat.Ann
            @($chat.Bob | Receive-ChatMessage -Kind Message -TotalCount 60 -TimeoutSeconds 10).Text -join ' ' | Should -BeExactly (1..60 -join ' ')
            $chat.Ann.MessagesSent | Should -Be 60
        }

        It 'says each line of a text, objects as text, nothing for nothing' {
            $chat = New-TestChat
            "one`r`n`ntwo", $null, '', @{ a = 1 }, 1.5 | Send-ChatMessage $chat.Ann
            @($chat.Bob | Receive-ChatMessage -Kind Message -TotalCount 4 -TimeoutSeconds 10).Text |
                Should -Be @('one', 'two', 'System.Collections.Hashtable', '1.5')
        }

        It 'wants something to say, if only nothing' {
            $chat = New-TestChat
            $failure = Get-Failure { Send-ChatMessage $chat.Ann }
            $failure.Id | Should -BeLike 'InvalidParameterCombination,*'
            $failure.IsTerminating | Should -BeTrue
            @() | Send-ChatMessage $chat.Ann
            Send-ChatMessage $chat.Ann $null
            $chat.Ann.MessagesSent | Should -Be 0
        }

        It 'says it in another room with -Room, as an action with -Action' {
            $server = Start-ChatServer 0 -Room lobby, ops
            $ann = Join-Chat $server ann @{ Room = 'lobby', 'ops' }
            $bob = Join-Chat $server bob @{ Room = 'lobby', 'ops' }
            Send-ChatMessage $ann 'waves' -Room '#lobby' -Action
            $seen = $bob | Receive-ChatMessage -Kind Action -TimeoutSeconds 10
            "$($seen.Room) $($seen.Text)" | Should -BeExactly 'lobby waves'
        }

        It 'says it to one member with -To' {
            $chat = New-TestChat
            $eve = Join-Chat $chat.Server eve
            Send-ChatMessage $chat.Ann 'psst' -To BOB
            Send-ChatMessage $chat.Ann 'to all'
            ($chat.Bob | Receive-ChatMessage -Kind Private -TimeoutSeconds 10).Text | Should -BeExactly 'psst'
            ($eve | Receive-ChatMessage -Kind Private, Message -TimeoutSeconds 10).Text | Should -BeExactly 'to all'
        }

        It 'tells of a refusal and goes on with the next message' {
            $chat = New-TestChat @{ MaxMessageLength = 10 }
            $failure = Get-Failure { 'much too long a text', 'short' | Send-ChatMessage $chat.Ann }
            $failure.Id | Should -BeExactly 'MessageTooLong,PSSockets.Commands.SendChatMessageCommand'
            $failure.IsTerminating | Should -BeFalse
            ($chat.Bob | Receive-ChatMessage -Kind Message -TimeoutSeconds 10).Text | Should -BeExactly 'short'
        }

        It 'tells that <What>' -ForEach @(
            @{ What = 'there is no such member'; Parameters = @{ To = 'nobody' }; Id = 'NoSuchMember' }
            @{ What = 'it is not in the room'; Parameters = @{ Room = 'elsewhere' }; Id = 'No*Room' }
        ) {
            $chat = New-TestChat
            (Get-Failure { Send-ChatMessage $chat.Ann 'x' @Parameters }).Id | Should -BeLike "$Id,*"
        }

        It 'gives one error for a session that is closed' {
            $chat = New-TestChat
            $chat.Ann | Close-Socket
            $failure = Get-Failure { 1..5 | Send-ChatMessage $chat.Ann }
            $failure.Id | Should -BeLike 'ObjectClosed,*'
            $failure.Count | Should -Be 1
        }

        It 'waits for a session that is away, no longer than it may, and stops on Ctrl+C' {
            $server = Start-ChatServer 0
            $session = Join-Chat $server ann
            Stop-SocketServer $server
            [void] (Wait-Until { [string] $session.Status -eq 'Reconnecting' })
            (Get-Failure { Send-ChatMessage $session 'x' -TimeoutSeconds 0.2 }).Id | Should -BeLike 'SendTimedOut,*'
            $background = Start-Background { param($session) Send-ChatMessage $session 'x' } $session
            Wait-Blocked $background
            Stop-Background $background | Should -BeLessThan 1000
        }
    }

    Context 'from the server' {
        It 'says it in a room and to a member, in its own name' {
            $chat = New-TestChat
            Send-ChatMessage $chat.Server 'closing soon'
            Send-ChatMessage -Server $chat.Server 'you too' -To ann
            Send-ChatMessage -Server $chat.Server 'good night' -Notice
            $seen = @($chat.Ann | Receive-ChatMessage -Kind Message, Notice, Private -TotalCount 3 -TimeoutSeconds 10)
            $seen.Text | Should -Be @('closing soon', 'you too', 'good night')
            [string[]] $seen.Kind | Should -Be @('Message', 'Private', 'Notice')
            $seen[0].From | Should -BeExactly $chat.Server.Name
        }

        It 'alone has notices' {
            $chat = New-TestChat
            (Get-Failure { Send-ChatMessage $chat.Ann 'x' -Notice }).Id | Should -BeLike 'InvalidParameterCombination,*'
        }
    }
}
