Describe 'Watch-SocketServer' {
    BeforeAll {
        . "$PSScriptRoot/Support/common.ps1"
        . "$PSScriptRoot/Support/peers.ps1"
        $assembly = (Get-Command Watch-SocketServer).ImplementingType.Assembly
        $Renderer = $assembly.GetType('PSSockets.Watching.WatchRenderer').GetMethod('Draw')
        $Sparkline = $assembly.GetType('PSSockets.Watching.Sparkline').GetMethod('Draw')

        function New-View($Name = 'web', $EndPoint = '127.0.0.1:9000', [int] $ClientCount = 0, [double[]] $History = @(0, 4, 8), $Client = '127.0.0.1') {
            $sample = [PSSockets.Engine.Diagnostics.SocketServerSample]::new()
            $sample.Name = $Name
            $sample.LocalEndPoint = $EndPoint
            $sample.ClientCount = $ClientCount
            $sample.BytesReceivedPerSecond = 1536
            $sample.MessagesReceivedPerSecond = 84000
            $peers = [PSSockets.Engine.Diagnostics.PeerView[]] @(for ($i = 1; $i -le $ClientCount; $i++) {
                [PSSockets.Engine.Diagnostics.PeerView]::new("${Client}:$(50000 + $i)", [PSSockets.Engine.Diagnostics.TrafficRates]::new(512, 0, 8, 0), [timespan]::FromSeconds($i))
            })
            [PSSockets.Engine.Diagnostics.ServerView]::new($sample, $History, $peers)
        }

        function Get-Screen([object[]] $View = @(), [int] $Width = 80, [int] $Height = 24, [bool] $Blocks = $true) {
            $time = [datetimeoffset]::new(2026, 1, 2, 3, 4, 5, [timespan]::Zero)
            $Renderer.Invoke($null, @([PSSockets.Engine.Diagnostics.ServerView[]] $View, $time, [double] 1, $Width, $Height, $Blocks))
        }

        # Lines to a server, one after the other, until it is stopped.
        function Start-Traffic($Server) {
            Start-Background -ArgumentList $Server.Port {
                param($Port)
                $client = Connect-TcpClient 127.0.0.1 $Port
                while ($true) { Send-SocketData $client 'hello'; [void] (Receive-SocketData $client) }
            }
        }
    }

    AfterEach {
        Clear-TestSocket
    }

    Context 'without a terminal' {
        It 'gives a sample of each server and interval, with rates' {
            $server = Start-TcpServer 0 { $_ } -Name 'web'
            [void] (Start-UdpServer 0 -Name 'log')
            [void] (Start-Traffic $server)
            [void] (Wait-Until { $server.MessagesReceived -gt 0 })
            $samples = @(Watch-SocketServer -AsObject -Count 2 -IntervalSeconds 0.2)
            $samples.Name -join ' ' | Should -BeExactly 'web log web log'
            $samples[2].MessagesReceivedPerSecond | Should -BeGreaterThan 0
            $samples[2].BytesReceivedPerSecond | Should -BeGreaterThan 0
            $samples[2].ClientCount | Should -Be 1
            $samples[2].LocalEndPoint | Should -BeExactly $server.DisplayName
            ($samples[2].Time - $samples[0].Time).TotalSeconds | Should -BeGreaterThan 0.1
            $samples[3].MessagesReceivedPerSecond | Should -Be 0
        }

        It 'takes servers from the pipeline, by name and by id' {
            $servers = 1..3 | ForEach-Object { Start-TcpServer 0 -Name "s$_" }
            ($servers[1] | Watch-SocketServer -AsObject -Count 1 -IntervalSeconds 0.1).Name | Should -BeExactly 's2'
            (Watch-SocketServer s3, s1 -AsObject -Count 1 -IntervalSeconds 0.1).Name | Should -Be 's1', 's3'
            (Watch-SocketServer -Id $servers[0].Id -AsObject -Count 1 -IntervalSeconds 0.1).Name | Should -BeExactly 's1'
        }

        It 'shows the members of a chat as its clients' {
            $chat = Start-ChatServer 0 -Name 'team'
            $ann = Connect-ChatServer 127.0.0.1 $chat.Port -Nick ann
            [void] (Connect-ChatServer 127.0.0.1 $chat.Port -Nick bob)
            $talking = Start-Background -ArgumentList $ann {
                param($Ann)
                while ($true) { Send-ChatMessage $Ann 'hello' }
            }
            [void] (Wait-Until { $chat.MessagesReceived -gt 0 })
            $sample = @($chat | Watch-SocketServer -AsObject -Count 2 -IntervalSeconds 0.5)[-1]
            Stop-Background $talking | Should -BeLessThan 2000
            $sample.Name | Should -BeExactly 'team'
            $sample.ClientCount | Should -Be 2
            $sample.MessagesReceivedPerSecond | Should -BeGreaterThan 0
            $sample.BytesSentPerSecond | Should -BeGreaterThan 0
        }

        It 'gives objects where it is not the last of its pipeline' {
            [void] (Start-TcpServer 0)
            Watch-SocketServer -Count 1 -IntervalSeconds 0.1 | ForEach-Object { $_.GetType().Name } | Should -BeExactly 'SocketServerSample'
        }

        It 'ends under Select-Object -First' {
            [void] (Start-TcpServer 0)
            @(Watch-SocketServer -IntervalSeconds 0.1 | Select-Object -First 2) | Should -HaveCount 2
        }

        It 'ends at once by Ctrl+C' {
            $server = Start-TcpServer 0
            $watching = Start-Background { param($Server) $Server | Watch-SocketServer -AsObject -IntervalSeconds 60 } -ArgumentList $server
            Wait-Blocked $watching
            Stop-Background $watching | Should -BeLessThan 2000
        }

        It 'ends when the servers that were given have stopped' {
            $server = Start-TcpServer 0
            $watching = Start-Background { param($Server) $Server | Watch-SocketServer -AsObject -IntervalSeconds 0.1 } -ArgumentList $server
            [void] (Wait-Until { $watching.Output.Count -gt 0 })
            Stop-SocketServer $server
            @(Wait-Background $watching)[-1].Name | Should -BeExactly $server.Name
        }

        It 'finds servers that were started since, by a wildcard' {
            $watching = Start-Background { Watch-SocketServer new* -IntervalSeconds 0.1 | Select-Object -First 1 }
            Wait-Blocked $watching
            [void] (Start-TcpServer 0 -Name 'newcomer')
            (Wait-Background $watching).Name | Should -BeExactly 'newcomer'
        }

        It 'writes ServerNotFound for a name that no server has, and ends' {
            $failure = Get-Failure { Watch-SocketServer nowhere -AsObject }
            $failure.Id | Should -BeLike 'ServerNotFound,*'
            $failure.IsTerminating | Should -BeFalse
        }
    }

    Context 'the screen' {
        It 'shows servers, their history and clients' {
            $lines = Get-Screen (New-View -ClientCount 2)
            $lines[0] | Should -BeExactly '1 server, 2 clients, every 1 s                                 03:04:05  q quits'
            $lines[1] | Should -BeExactly 'Name          EndPoint              Clients    In/s   Out/s  Msg/s Drops Errors'
            $lines[2] | Should -BeExactly 'web           127.0.0.1:9000              2  1.5 KB     0 B  84000     0      0'
            $lines[3].TrimStart() | Should -BeExactly "`u{2584}`u{2588} peak 8 B/s"
            $lines[4] | Should -BeExactly '  127.0.0.1:50001                      1.0s   512 B     0 B      8'
            $lines.Count | Should -Be 7
        }

        It 'shows the members of a chat server' {
            $chat = Start-ChatServer 0 -Name 'team'
            [void] (Connect-ChatServer 127.0.0.1 $chat.Port -Nick ann)
            $monitor = [PSSockets.Engine.Diagnostics.ServerMonitor]::new()
            $lines = Get-Screen $monitor.View([PSSockets.Engine.Servers.SocketServer[]] @($chat), [datetimeoffset]::Now, [timespan]::Zero)
            $lines[2] | Should -Match "^team +127\.0\.0\.1:$($chat.Port) +1 "
            $lines[4] | Should -Match '^  127\.0\.0\.1:\d+ +\d+\.\ds '
        }

        It 'looks as the help says' {
            . "$PSScriptRoot/Support/examples.ps1"
            # A server or client with so many kilobytes and messages a second, both ways.
            function New-PicturedPeer($EndPoint, $IdleSeconds, $Kilobytes, $Messages) {
                $rates = [PSSockets.Engine.Diagnostics.TrafficRates]::new($Kilobytes * 1024, $Kilobytes * 1024, $Messages, $Messages)
                [PSSockets.Engine.Diagnostics.PeerView]::new($EndPoint, $rates, [timespan]::FromSeconds($IdleSeconds))
            }
            function New-PicturedServer($Name, $EndPoint, $Kilobytes, $Messages, [double[]] $History, [PSSockets.Engine.Diagnostics.PeerView[]] $Peers) {
                $sample = (New-View $Name $EndPoint).Sample
                $sample.ClientCount = $Peers.Count
                $sample.BytesReceivedPerSecond = $sample.BytesSentPerSecond = $Kilobytes * 1024
                $sample.MessagesReceivedPerSecond = $Messages
                [PSSockets.Engine.Diagnostics.ServerView]::new($sample, $History, $Peers)
            }
            $history = 5, 6, 7, 7, 8, 6, 6 | ForEach-Object { $_ / 8 * 177 * 1024 }
            $busy = (New-PicturedPeer '127.0.0.1:38544' 0 37.1 10981), (New-PicturedPeer '127.0.0.1:38556' 0 33.7 9983)
            $web = New-PicturedServer web '127.0.0.1:9000' 70.8 20964 $history $busy
            $log = New-PicturedServer log '[::]:9514' 0 0 0 (New-PicturedPeer '127.0.0.1:50531' 10 0 0)
            $picture = (Get-HelpExample $RepositoryRoot | Where-Object Code -EQ 'Watch-SocketServer').Output
            (@(Get-Screen $web, $log) -join "`n").Trim() | Should -BeExactly $picture.Trim()
        }

        It 'says that no server runs' {
            (Get-Screen)[2] | Should -BeExactly 'No server runs.'
        }

        It 'never draws past <Width> columns and <Height> lines' -ForEach @(
            @{ Width = 80; Height = 24 }, @{ Width = 40; Height = 10 }, @{ Width = 200; Height = 50 }, @{ Width = 1; Height = 1 }, @{ Width = 80; Height = 3 }
        ) {
            $views = 1..5 | ForEach-Object {
                New-View -Name ('n' * 50) -EndPoint "/run/$('d' * 90)/s.sock" -ClientCount 100 -Client "[2001:db8:1111:2222:3333:4444:5555:6666]" -History @(1..120)
            }
            $lines = @(Get-Screen $views -Width $Width -Height $Height)
            $lines.Count | Should -BeLessOrEqual $Height
            foreach ($line in $lines) {
                $line.Length | Should -BeLessOrEqual $Width
            }
        }

        It 'shows every server before it shows clients, and how many it leaves out' {
            $lines = Get-Screen (New-View a -ClientCount 30), (New-View b -ClientCount 1) -Height 14
            @($lines | Where-Object { $_ -match '^[ab] ' }) | Should -HaveCount 2
            @($lines | Where-Object { $_ -match '^  127' }) | Should -HaveCount 5
            @($lines | Where-Object { $_ -match '^  and 26 more$' }) | Should -HaveCount 1
        }

        It 'replaces control characters' {
            (Get-Screen (New-View -Name "a`e[31mb" -ClientCount 1 -Client "x`e]0;y`a")) -join '' | Should -Not -Match "[`e`a]"
        }

        It 'draws <Values> as "<Expected>"' -ForEach @(
            @{ Values = 0, 1, 2, 4, 8; Blocks = $true; Expected = " `u{2581}`u{2582}`u{2584}`u{2588}" }
            @{ Values = 0, 1, 2, 4, 8; Blocks = $false; Expected = ' _.:#' }
            @{ Values = 0.001, 1000, 0, 0, 0; Blocks = $false; Expected = '_#   ' }
            @{ Values = 1, 2, 3, 4, 5, 6, 7, 8; Blocks = $false; Expected = ':=+*#' }
            @{ Values = 0, 0; Blocks = $true; Expected = '     ' }
            @{ Values = @(); Blocks = $true; Expected = '     ' }
        ) {
            $Sparkline.Invoke($null, @([double[]] $Values, 5, $Blocks)) | Should -BeExactly $Expected
        }
    }
}
