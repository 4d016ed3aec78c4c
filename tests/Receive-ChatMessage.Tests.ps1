BeforeAll {
    . (Join-Path $PSScriptRoot 'Support' 'common.ps1')
    . (Join-Path $PSScriptRoot 'Support' 'chat.ps1')
}

Describe 'Receive-ChatMessage' {
    AfterEach {
        Clear-TestSocket
    }

    It 'gives messages as objects' {
        $chat = New-TestChat
        Send-ChatMessage $chat.Ann 'hello'
        $seen = $chat.Bob | Receive-ChatMessage -TimeoutSeconds 10
        $seen | Should -BeOfType [PSSockets.Engine.Chat.ChatMessage]
        "$($seen.Kind) $($seen.Room) $($seen.From) $($seen.Text) $($seen.IsReplayed)" | Should -BeExactly 'Message lobby ann hello False'
        ([datetimeoffset]::Now - $seen.Time).TotalMinutes | Should -BeLessThan 1
        "$seen" | Should -BeExactly '[lobby] ann: hello'
    }

    It 'gives what came while nobody received' {
        $chat = New-TestChat
        1..3 | Send-ChatMessage $chat.Ann
        @($chat.Bob | Receive-ChatMessage -TotalCount 3 -TimeoutSeconds 10).Text | Should -Be @('1', '2', '3')
        (Get-Failure { $chat.Bob | Receive-ChatMessage -TimeoutSeconds 0.1 }).Id | Should -BeExactly 'ReceiveTimedOut,PSSockets.Commands.ReceiveChatMessageCommand'
    }

    It 'passes over what is not asked for with -Kind and -Room' {
        $server = Start-ChatServer 0 -Room lobby, ops, dev
        $ann = Join-Chat $server ann @{ Room = 'lobby', 'ops', 'dev' }
        $bob = Join-Chat $server bob @{ Room = 'lobby', 'ops', 'dev' }
        Send-ChatMessage $ann 'in ops' -Room ops
        Send-ChatMessage $ann 'waves' -Room lobby -Action
        Send-ChatMessage $ann 'in dev' -Room dev
        Send-ChatMessage $ann 'to bob' -To bob
        ($bob | Receive-ChatMessage -Room '#D*' -TimeoutSeconds 10).Text | Should -BeExactly 'in dev'
        ($bob | Receive-ChatMessage -Kind Private, Join -TimeoutSeconds 10).Text | Should -BeExactly 'to bob'
    }

    It 'gives the messages of a whole server' {
        $chat = New-TestChat
        $background = Start-Background { param($server) Receive-ChatMessage $server -Kind Message -TotalCount 2 -TimeoutSeconds 20 } $chat.Server
        Wait-Blocked $background
        Send-ChatMessage $chat.Ann 'one'
        Send-ChatMessage $chat.Bob 'two'
        @(Wait-Background $background).From | Should -Be @('ann', 'bob')
    }

    It 'hands each message on at once with -Wait, until the session ends' {
        $chat = New-TestChat
        $background = Start-Background { param($session) $session | Receive-ChatMessage -Wait | ForEach-Object { $_.Text } } $chat.Bob
        Send-ChatMessage $chat.Ann 'one'
        [void] (Wait-Until { $background.Output.Count -eq 1 })
        Send-ChatMessage $chat.Ann 'two'
        [void] (Wait-Until { $background.Output.Count -eq 2 })
        $chat.Bob | Close-Socket
        Wait-Background $background | Should -Be @('one', 'two')
    }

    It 'warns once of a connection that is lost' {
        $server = Start-ChatServer 0
        $session = Join-Chat $server ann @{ ReconnectSeconds = 3 }
        $background = Start-Background { param($session) Receive-ChatMessage $session -Wait } $session
        Wait-Blocked $background
        Stop-SocketServer $server
        [void] (Wait-Background $background)
        $warnings = @($background.PowerShell.Streams.Warning | ForEach-Object { "$_" })
        $warnings.Count | Should -Be 2
        $warnings[0] | Should -BeLike "*$($server.Port): *Trying again*"
        $warnings[1] | Should -BeLike '*given up after 3 s*'
    }

    It 'ends at once on Ctrl+C, and the next one goes on' {
        $chat = New-TestChat
        $background = Start-Background { param($session) Receive-ChatMessage $session -Wait } $chat.Bob
        Wait-Blocked $background
        Stop-Background $background | Should -BeLessThan 1000
        Send-ChatMessage $chat.Ann 'still there?'
        ($chat.Bob | Receive-ChatMessage -TimeoutSeconds 10).Text | Should -BeExactly 'still there?'
    }

    It 'ends with the pipeline, and leaves the rest to the next one' {
        $chat = New-TestChat
        1..3 | Send-ChatMessage $chat.Ann
        ($chat.Bob | Receive-ChatMessage -Wait | Select-Object -First 1).Text | Should -BeExactly '1'
        ($chat.Bob | Receive-ChatMessage -TimeoutSeconds 10).Text | Should -BeExactly '2'
    }

    It 'refuses a second reader of a session' {
        $chat = New-TestChat
        $background = Start-Background { param($session) Receive-ChatMessage $session -Wait } $chat.Bob
        Wait-Blocked $background
        (Get-Failure { Receive-ChatMessage $chat.Bob }).Id | Should -BeLike 'ConnectionBusy,*'
        [void] (Stop-Background $background)
    }
}
