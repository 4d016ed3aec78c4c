Describe 'Get-ChatMember' {
    BeforeAll {
        . "$PSScriptRoot/Support/common.ps1"
        . "$PSScriptRoot/Support/peers.ps1"
    }

    BeforeEach {
        $server = Start-ChatServer 0 -Room 'lobby', 'dev'
        foreach ($nick in 'bob', 'Ann', 'carl') {
            $connection = Connect-ToServer $server
            Send-SocketData $connection "/nick $nick"
            if ($nick -eq 'Ann') {
                Send-SocketData $connection '/join dev'
            }
        }
        [void] (Wait-Until { @($server.Members.Nick -notlike 'guest*').Count -eq 3 -and $server.Rooms[1].MemberCount -eq 1 })
    }

    AfterEach {
        Clear-TestSocket
    }

    It 'gives all members, sorted' {
        $members = $server | Get-ChatMember
        $members.Nick | Should -Be 'Ann', 'bob', 'carl'
        $members[0].Rooms | Should -Be 'lobby', 'dev'
        $members[0].Node | Should -BeExactly $server.Node
        $members[0].RemoteEndPoint.Port | Should -BeGreaterThan 0
        $members[0].IdleTime.TotalSeconds | Should -BeLessThan 60
        "$($members[0])" | Should -BeExactly 'Ann'
    }

    It 'gives those of a room' {
        (Get-ChatMember $server -Room '#DEV').Nick | Should -BeExactly 'Ann'
    }

    It 'finds nicks with wildcards, whatever the case' {
        (Get-ChatMember $server 'BOB', 'c*').Nick | Should -Be 'bob', 'carl'
        Get-ChatMember $server 'x*' | Should -BeNullOrEmpty
    }

    It 'writes ChatMemberNotFound for a plain nick that nobody has, and goes on' {
        $failure = Get-Failure { Get-ChatMember $server 'nobody', 'bob' }
        $failure.Id | Should -BeLike 'ChatMemberNotFound,*'
        $failure.Message | Should -BeLike "Nobody in the chat has the nick 'nobody'*"
        $failure.Category | Should -Be 'ObjectNotFound'
        $failure.IsTerminating | Should -BeFalse
        $failure.Output.Nick | Should -BeExactly 'bob'
    }

    It 'writes NoSuchRoom for a room that does not exist' {
        $failure = Get-Failure { Get-ChatMember $server -Room 'nowhere' }
        $failure.Id | Should -BeLike 'NoSuchRoom,*'
        $failure.IsTerminating | Should -BeFalse
    }

    It 'writes ObjectClosed for a server that has stopped' {
        $server | Stop-ChatServer
        (Get-Failure { Get-ChatMember $server }).Id | Should -BeLike 'ObjectClosed,*'
    }

    It 'has a table' {
        Get-ChatMember $server ann | Out-String | Should -Match 'Nick +Rooms +RemoteEndPoint +Node +Idle +Sent'
        $server | Out-String | Should -Match 'Name +LocalEndPoint +Status +Clients'
    }
}
