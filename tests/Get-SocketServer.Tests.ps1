Describe 'Get-SocketServer' {
    BeforeAll {
        . "$PSScriptRoot/Support/common.ps1"
        . "$PSScriptRoot/Support/peers.ps1"
    }

    AfterEach {
        Clear-TestSocket
    }

    It 'gives nothing where nothing runs' {
        Get-SocketServer | Should -BeNullOrEmpty
        (Get-Failure { Get-SocketServer }).Count | Should -Be 0
    }

    It 'gives all servers, oldest first' {
        $servers = 1..3 | ForEach-Object { Start-TcpServer 0 }
        Get-SocketServer | Should -Be $servers
    }

    It 'finds by -Name, with wildcards, whatever the case' {
        [void] (Start-TcpServer 0 -Name 'web')
        [void] (Start-TcpServer 0 -Name 'wide')
        [void] (Start-TcpServer 0 -Name 'log')
        (Get-SocketServer W*).Name | Should -Be 'web', 'wide'
        (Get-SocketServer -Name 'LOG').Name | Should -BeExactly 'log'
        (Get-SocketServer 'log', 'web').Name | Should -Be 'log', 'web'
        Get-SocketServer 'x*' | Should -BeNullOrEmpty
    }

    It 'gives a server once though two names match it' {
        [void] (Start-TcpServer 0 -Name 'web')
        @(Get-SocketServer 'web', 'w*') | Should -HaveCount 1
    }

    It 'finds by -Id' {
        $servers = 1..3 | ForEach-Object { Start-TcpServer 0 }
        Get-SocketServer -Id $servers[2].Id, $servers[0].Id | Should -Be $servers[2], $servers[0]
    }

    It 'writes ServerNotFound for <Name> <Value> and goes on' -ForEach @(
        @{ Name = 'Name'; Value = 'nowhere' }
        @{ Name = 'Id'; Value = -1 }
    ) {
        $server = Start-TcpServer 0 -Name 'here'
        $parameters = @{ $Name = @($Value, $(if ($Name -eq 'Id') { $server.Id } else { 'here' })) }
        $failure = Get-Failure { Get-SocketServer @parameters }
        $failure.Id | Should -BeLike 'ServerNotFound,*'
        $failure.Category | Should -Be 'ObjectNotFound'
        $failure.IsTerminating | Should -BeFalse
        $failure.Message | Should -BeLike "*$Value*"
        $failure.Record.TargetObject | Should -Be $Value
        $failure.Output | Should -Be $server
    }

    It 'forgets a server that has stopped' {
        $server = Start-TcpServer 0
        $server | Stop-SocketServer
        Get-SocketServer | Should -BeNullOrEmpty
    }

    It 'counts connections, messages and bytes' {
        $server = Start-TcpServer 0 { "got $_" }
        $client = Connect-ToServer $server
        Get-Answer $client 'abc' | Should -BeExactly 'got abc'
        $shown = Get-SocketServer -Id $server.Id
        $shown.ConnectionCount | Should -Be 1
        $shown.AcceptedCount | Should -Be 1
        $shown.MessagesReceived | Should -Be 1
        $shown.BytesReceived | Should -Be 4
        Wait-Until { $shown.BytesSent -eq 8 } | Should -BeTrue
        $client | Close-Socket
        [void] (Wait-Until { $shown.ConnectionCount -eq 0 })
        $shown.BytesReceived | Should -Be 4
        $shown.MessagesSent | Should -Be 1
    }
}
