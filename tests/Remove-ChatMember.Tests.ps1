Describe 'Remove-ChatMember' {
    BeforeAll {
        . "$PSScriptRoot/Support/common.ps1"
        . "$PSScriptRoot/Support/peers.ps1"
    }

    BeforeEach {
        $server = Start-ChatServer 0 -Name 'team'
        $ann = Connect-ToServer $server
        Send-SocketData $ann '/nick ann'
        [void] (Wait-Until { $server.FindMember('ann') })
    }

    AfterEach {
        Clear-TestSocket
    }

    It 'removes a member from the pipeline, who is told why' {
        Get-ChatMember $server ann | Remove-ChatMember -Reason 'enough' | Should -BeNullOrEmpty
        $lines = Receive-SocketData $ann -Wait
        $lines[-1] | Should -BeExactly '-- You were removed by team: enough'
        $server.MemberCount | Should -Be 0
    }

    It 'removes by nick, and keeps it out with -BanSeconds until the ban ends' {
        Remove-ChatMember $server 'ANN' -BanSeconds 60
        $server.Bans[0].Nick | Should -BeExactly 'ann'
        $again = Connect-ToServer $server
        Send-SocketData $again '/nick Ann'
        $line = Receive-SocketData $again -Wait -TimeoutSeconds 10 | Where-Object { $_ -like '!!*' } | Select-Object -First 1
        $line | Should -BeLike '!! You are banned*'
        $server.Unban('ann') | Should -BeTrue
        Send-SocketData $again '/nick Ann'
        [void] (Wait-Until { $server.FindMember('ann') })
    }

    It 'does nothing with -WhatIf' {
        Get-ChatMember $server | Remove-ChatMember -WhatIf
        $server.MemberCount | Should -Be 1
    }

    It 'writes NoSuchMember for one who has gone, and goes on' {
        $failure = Get-Failure { Remove-ChatMember $server 'nobody', 'ann' }
        $failure.Id | Should -BeLike 'NoSuchMember,*'
        $failure.Category | Should -Be 'ObjectNotFound'
        $failure.IsTerminating | Should -BeFalse
        $server.MemberCount | Should -Be 0
    }

    It 'refuses a member of no known chat' {
        $stranger = [PSSockets.Engine.Chat.ChatMember]::new()
        (Get-Failure { $stranger | Remove-ChatMember }).Id | Should -BeLike 'InvalidParameterValue,*'
    }
}
