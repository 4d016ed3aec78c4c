# The examples of the chat: of its cmdlets, about_PSSockets_Chat and docs/chat.md.

# Members to look at and to remove.
$members = Join-Block $chat {
    $ann = Connect-ChatServer localhost $chat.Port -Nick ann -Room lobby, dev
    $troll = Connect-ChatServer localhost $chat.Port -Nick troll
}

# A session named deploy, for what uses one.
$deploy = Join-Block $chat {
    $session = Connect-ChatServer localhost $chat.Port -Nick deploy -Room ops
}

# Of Start-ChatServer
@{
    Example = 'Start-ChatServer 9000 | Receive-ChatMessage'
    While = Join-Block $while {
        $ann = Join-Chat ann
        Wait-Shown { Send-ChatMessage $ann 'Who deploys today?' }
    }
    Endless = $true
}
@{
    Example = '-Password $secret'
    Before = {
        param($Map, $Folder)
        function Read-Host { [System.Net.NetworkCredential]::new('', 'secret').SecurePassword }
        $Map['~/team.log'] = [System.IO.Path]::Combine($Folder, 'team.log')
    }
}

# Nobody is at the broker's address, and so the server goes on alone.
@{
    Example = "Backplane = 'nats://broker"
    Before = {
        param($Map)
        function Get-Credential([string] $UserName) { [pscredential]::new($UserName, [System.Net.NetworkCredential]::new('', 'secret').SecurePassword) }
        $listener = [System.Net.Sockets.TcpListener]::new([ipaddress]::Loopback, 0)
        $listener.Start()
        $Map['broker:4222'] = "127.0.0.1:$($listener.LocalEndpoint.Port)"
        $listener.Stop()
    }
    After = { if ($chat.BackplaneStatus -ne 'Disconnected') { throw "The backplane is $($chat.BackplaneStatus)." } }
    Varies = '(?m)^WARNING: .*\n'
}

# Of Connect-ChatServer
@{
    Example = '-HistoryCount 20'
    Before = {
        param($Map)
        $Map['chat01'] = 'localhost'
        function Read-Host { [System.Net.NetworkCredential]::new('', 'secret').SecurePassword }
        $chat = Start-ChatServer $Map['9000'] -Room ops, dev -Password (Read-Host)
        $bob = Connect-ChatServer localhost $chat.Port -Nick bob -Room ops -Password (Read-Host)
        Send-ChatMessage $bob 'We deploy 4.2 at noon.'
        Close-Socket $bob
    }
    While = Join-Block $while { Wait-For { $Shown.Count -gt 0 } }
    Endless = $true
}
@{
    Example = 'Connect-ChatServer localhost 8080 -Framing Raw'
    Before = { param($Map) $Map['8080'] = (Start-TcpServer 0 { "You said: $_" } -Framing Raw).Port }
}
@{
    Example = 'Connect-ChatServer chat01 9000 -Nick clock'
    Before = $chat
    While = Join-Block $while {
        $ann = Join-Chat ann
        Wait-For { (Get-ChatMember (Get-SocketServer)).Nick -contains 'clock' }
        Send-ChatMessage $ann '!time'
        $answer = $ann | Receive-ChatMessage -Kind Message -TimeoutSeconds 10
        if ($answer.From -ne 'clock' -or $answer.Text -notmatch '^It is \d\d:\d\d\.$') { throw "The bot's answer was '$answer'." }
    }
}

# Of Enter-ChatSession: the standard input has ended, and so it leaves at once.
@{
    Example = 'Enter-ChatSession chat01 9000'
    Before = Join-Block $chat { $Map['chat.log'] = [System.IO.Path]::Combine($Folder, 'chat.log') }
    Screen = $true
}
@{ Example = 'Enter-ChatSession $session'; Before = $chat; Screen = $true }

# Of Send-ChatMessage and Receive-ChatMessage
@{
    Example = 'Get-Content backup.log'
    Before = Join-Block $deploy {
        $Map['backup.log'] = [System.IO.Path]::Combine($Folder, 'backup.log')
        Set-Content $Map['backup.log'] 'INFO 120 files', 'ERROR disk full', 'ERROR gave up'
        $bob = Connect-ChatServer localhost $chat.Port -Nick bob -Room ops
    }
    After = {
        $said = $bob | Receive-ChatMessage -Kind Message -TotalCount 2 -TimeoutSeconds 10
        if ("$said" -ne '[ops] deploy: ERROR disk full [ops] deploy: ERROR gave up') { throw "bob heard '$said'." }
    }
}
@{ Example = 'Send-ChatMessage (Get-SocketServer Chat)'; Before = $chat }
@{
    Example = 'Noted, $($_.From).'
    Before = $deploy
    While = Join-Block $while {
        $bob = Join-Chat bob ops
        Send-ChatMessage $bob 'We need a rollback.'
        $answer = $bob | Receive-ChatMessage -Kind Message -TimeoutSeconds 10
        if ("$answer" -ne '[ops] deploy: Noted, bob.') { throw "The answer was '$answer'." }
    }
    Endless = $true
}
@{
    Example = 'Export-Csv chat.csv'
    Before = Join-Block $chat { $Map['chat.csv'] = [System.IO.Path]::Combine($Folder, 'chat.csv') }
    While = Join-Block $while {
        $ann = Join-Chat ann
        Wait-For {
            Send-ChatMessage $ann 'Hello'
            [System.IO.File]::Exists($Map['chat.csv'])
        }
        Get-SocketServer | Stop-SocketServer
    }
    After = {
        param($Map)
        $titles, $rows = Get-Content $Map['chat.csv']
        if ($titles -ne '"Time","Room","Kind","From","Text"' -or -not ($rows -like '"*","lobby","Message","ann","Hello"')) { throw "In the file: $titles $rows" }
    }
}
@{
    Example = '| Receive-ChatMessage -Wait | Where-Object Text -Match ''help'''
    Before = Join-Block $chat { $server = $chat }
    While = Join-Block $while {
        $ann = Join-Chat ann
        Wait-Shown { Send-ChatMessage $ann 'Can somebody help me?' }
    }
    Endless = $true
}
@{
    Example = 'Send-ChatMessage $session ''Good morning'''
    Before = $chat
    While = Join-Block $while {
        $bob = Join-Chat bob ops
        Wait-Shown { Send-ChatMessage $bob 'Good morning, ann' }
    }
    Endless = $true
}
@{
    Example = 'Get-Content errors.log | Send-ChatMessage'
    Before = Join-Block $chat {
        $Map['errors.log'] = [System.IO.Path]::Combine($Folder, 'errors.log')
        Set-Content $Map['errors.log'] 'web01: slow', 'web02: no answer'
        $bob = Connect-ChatServer localhost $chat.Port -Nick bob -Room ops
    }
    While = Join-Block $while {
        $bob = Get-SocketConnection | Where-Object Nick -EQ bob
        $asked = $bob | Receive-ChatMessage -Kind Private -TimeoutSeconds 10
        if ("$asked" -ne '[private] deploy: Look at web02, please.') { throw "bob was asked '$asked'." }
        Send-ChatMessage $bob 'It is back.' -To deploy
    }
}

# Of Get-ChatMember and Remove-ChatMember
@{ Example = 'Get-ChatMember $chat'; Whole = $true; Before = $members; Varies = '\b[0-9a-f]{6} +\S+ +\d+' }
@{ Example = "Where-Object IdleTime -GT '1:00'"; Before = $members }
@{
    Example = '-BanSeconds 600'
    Before = $members
    After = { if ((Get-ChatMember $chat).Nick -contains 'troll' -or $chat.Bans.Count -ne 1) { throw 'The troll is still there.' } }
}
@{ Example = '-BanSeconds 3600'; Before = $members }
