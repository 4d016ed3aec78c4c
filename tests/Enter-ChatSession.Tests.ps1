BeforeDiscovery {
    $HasPython = [bool] (Get-Command python3 -CommandType Application -ErrorAction Ignore) -and -not $IsWindows
}

BeforeAll {
    . (Join-Path $PSScriptRoot 'Support' 'common.ps1')
    . (Join-Path $PSScriptRoot 'Support' 'peers.ps1')
    . (Join-Path $PSScriptRoot 'Support' 'chat.ps1')

    # A shell that enters the chat; its standard input and output are no terminal. The parameters are those of Start-Peer.
    function Start-Chatter {
        param($Server, [string] $More = '', [hashtable] $Parameters = @{})
        $path = New-TestPath -Extension '.ps1'
        $WrittenForPeers.Add($path)
        Set-Content -LiteralPath $path -Value "Import-Module '$ModulePath'`nEnter-ChatSession 127.0.0.1 $($Server.Port) -Nick pipe $More"
        Start-Peer -FileName ([System.Environment]::ProcessPath) -ArgumentList '-NoProfile', '-NonInteractive', '-File', $path @Parameters
    }

    function Get-PeerText {
        param($Peer)
        [System.Text.Encoding]::UTF8.GetString($Peer.Output.ToArray())
    }
}

Describe 'Enter-ChatSession where there is no terminal' {
    AfterEach {
        Clear-TestSocket
        Stop-Peer
    }

    It 'says the lines of the standard input and ends with them' {
        $chat = New-TestChat
        $peer = Start-Chatter $chat.Server "; 'after the chat'" @{ InputText = "one`n//two`n/me waves`n/nosuch`n" }
        $seen = @($chat.Ann | Receive-ChatMessage -Kind Message, Action -TotalCount 3 -TimeoutSeconds 30)
        $seen.Text | Should -Be @('one', '/two', 'waves')
        $output = Wait-Peer $peer -TimeoutSeconds 30
        $output | Should -BeLike '*!! There is no command /nosuch*'
        $output | Should -BeLike '*after the chat*'
        $output.Contains("`e") | Should -BeFalse
        ($chat.Ann | Receive-ChatMessage -Kind Leave -TimeoutSeconds 10).From | Should -BeExactly 'pipe'
    }

    It 'does not repeat what it has said itself, whatever it is called by then, but shows it in the history' {
        $chat = New-TestChat
        $peer = Start-Chatter $chat.Server '' @{ InputText = "one`ntwo`n/history 1`n/nick pipe2`n/history 1`n" }
        $lines = (Wait-Peer $peer -TimeoutSeconds 30) -split '\r?\n'
        $lines | Should -Contain '-- You are now pipe2.'
        $lines | Should -Not -Contain '[lobby] pipe: one'
        @($lines -like '*pipe: two') | Should -HaveCount 2
    }

    It 'prints what others say as plain lines, and ends with the server' {
        $chat = New-TestChat
        $peer = Start-Chatter $chat.Server '-NoReconnect' @{ KeepInput = $true }
        [void] ($chat.Ann | Receive-ChatMessage -Kind Join -TimeoutSeconds 30)
        Send-ChatMessage $chat.Ann 'hello'
        Send-ChatMessage $chat.Bob 'psst' -To pipe
        [void] (Wait-Until { (Get-PeerText $peer) -like '*psst*' })
        Stop-SocketServer $chat.Server
        $lines = (Wait-Peer $peer -TimeoutSeconds 20) -split '\r?\n'
        $lines | Should -Contain '[lobby] ann: hello'
        $lines | Should -Contain '[private] bob: psst'
    }
}

Describe 'Enter-ChatSession in a terminal' -Skip:(-not $HasPython) {
    AfterEach {
        Clear-TestSocket
        Stop-Peer
    }

    BeforeAll {
        # A shell in a pseudo-terminal of 80 columns: what it writes is gathered, what is written to it is typed.
        function Start-Terminal {
            param([string] $Script)
            $path = New-TestPath -Extension '.ps1'
            $WrittenForPeers.Add($path)
            Set-Content -LiteralPath $path -Value "Import-Module '$ModulePath'`n$Script"
            $shell = [System.Environment]::ProcessPath
            Start-Peer -FileName python3 -ArgumentList "$PSScriptRoot/Support/terminal.py", $shell, '-NoProfile', '-File', $path -KeepInput
        }

        function Wait-Screen {
            param($Peer, [string] $Like)
            [void] (Wait-Until -TimeoutSeconds 30 -Because "the screen was to show '$Like'" { (Get-PeerText $Peer) -like "*$Like*" })
        }
    }

    It 'keeps the line being typed while messages arrive, and leaves on Ctrl+C' {
        $chat = New-TestChat
        $terminal = Start-Terminal "Enter-ChatSession 127.0.0.1 $($chat.Server.Port) -Nick tty; 'after the chat'; [Console]::TreatControlCAsInput"
        Wait-Screen $terminal '`[lobby`] tty> '
        $terminal.Process.StandardInput.Write('half')
        Wait-Screen $terminal 'tty> half'
        Send-ChatMessage $chat.Ann 'an interruption'
        Wait-Screen $terminal 'an interruption*tty> half'
        $terminal.Process.StandardInput.Write(" a line`r")
        ($chat.Ann | Receive-ChatMessage -Kind Message -TimeoutSeconds 10).Text | Should -BeExactly 'half a line'
        $terminal.Process.StandardInput.Write([string] [char] 3)
        Wait-Screen $terminal 'after the chat*False'
        ($chat.Ann | Receive-ChatMessage -Kind Leave -TimeoutSeconds 10).From | Should -BeExactly 'tty'
    }

    It 'says pasted lines not before Enter, each by itself, and none of them as a command' {
        $chat = New-TestChat
        $terminal = Start-Terminal "Enter-ChatSession 127.0.0.1 $($chat.Server.Port) -Nick tty"
        Wait-Screen $terminal '`[lobby`] tty> '
        $terminal.Process.StandardInput.Write("so: `e[200~one`r/quit`r`r/two`r`e[201~")
        Wait-Screen $terminal "so: one$([char] 0x21B5)/quit"
        $terminal.Process.StandardInput.Write(" end`r")
        @($chat.Ann | Receive-ChatMessage -Kind Message -TotalCount 3 -TimeoutSeconds 10).Text | Should -Be @('so: one', '/quit', '/two end')

        # Behind a command they are one line: what is private stays so.
        $terminal.Process.StandardInput.Write("/msg ann `e[200~three`rfour`e[201~`r")
        $private = $chat.Ann | Receive-ChatMessage -TimeoutSeconds 10
        "$($private.Kind) $($private.Text)" | Should -BeExactly 'Private three four'
        $terminal.Process.StandardInput.Write("/quit`r")
        (Wait-Peer $terminal -TimeoutSeconds 20).Contains("`e[?2004l") | Should -BeTrue
    }

    It 'goes on with a session that was given, and leaves it open' {
        $chat = New-TestChat
        $terminal = Start-Terminal "`$s = Connect-ChatServer 127.0.0.1 $($chat.Server.Port) -Nick tty; Enter-ChatSession `$s; `"is `$(`$s.Status)`""
        Wait-Screen $terminal '`[lobby`] tty> '
        $terminal.Process.StandardInput.Write([string] [char] 4)
        Wait-Screen $terminal 'is Open'
    }

    It 'writes nothing of what others send to the terminal but text' {
        $chat = New-TestChat
        $terminal = Start-Terminal "Enter-ChatSession 127.0.0.1 $($chat.Server.Port) -Nick tty"
        Wait-Screen $terminal '`[lobby`] tty> '
        $peer = Connect-TcpClient 127.0.0.1 $chat.Server.Port
        Send-SocketData $peer "/nick eve`nred `e[31malert`e]0;title`a!"
        Wait-Screen $terminal 'alert'
        $text = Get-PeerText $terminal
        $text.Contains("`e[31m") | Should -BeFalse
        $text.Contains("`e]0;") | Should -BeFalse
        $terminal.Process.StandardInput.Write("/quit`r")
        [void] (Wait-Peer $terminal -TimeoutSeconds 20)
    }
}
