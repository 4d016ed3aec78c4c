BeforeDiscovery {
    # What ConvertTo-Json is to show of each type: plain values only, so that it is short and leads nowhere else.
    $Outputs = @(
        @{
            Type = 'SocketConnection'
            Expected = 'AsByteStream BytesReceived BytesSent CloseReason ConnectedAt DisplayName Encoding Framing Id IdleSeconds IsSendQueueFull LocalEndPoint MessagesDropped MessagesReceived MessagesSent Name QueuedBytes RemoteEndPoint Status'
        }
        @{
            Type = 'TcpServer'
            Expected = 'AcceptedCount BytesReceived BytesSent ConnectionCount DisplayName ErrorCount EventsDropped Framing Id LocalEndPoint MessagesDropped MessagesReceived MessagesSent Name Port QueuedMessages RefusedCount StartedAt Status'
        }
        @{
            Type = 'UdpServer'
            Expected = 'BytesReceived BytesSent DisplayName DroppedBySystem ErrorCount EventsDropped Id LocalEndPoint MessagesDropped MessagesReceived MessagesSent Name PeerCount Port QueuedMessages RefusedCount StartedAt Status'
        }
        @{
            Type = 'UdpSocket'
            Expected = 'AsByteStream BytesReceived BytesSent DatagramsReceived DatagramsSent DisplayName DroppedByQueue DroppedBySystem Encoding Id LocalEndPoint MulticastGroups Name OpenedAt Port QueuedDatagrams ReceiveBufferSize RemoteEndPoint Status'
        }
        @{
            Type = 'ChatServer'
            Expected = 'Backplane BackplaneStatus BytesReceived BytesSent DisplayName ErrorCount EventsDropped Id IsRaw LocalEndPoint MemberCount MessagesDropped MessagesReceived MessagesSent Name Node Port RefusedCount StartedAt Status'
        }
        @{
            Type = 'ChatMember'
            Expected = 'ConnectedAt IdleSeconds IsLocal IsOperator MessagesDropped MessagesSent Mode Nick Node RemoteEndPoint Rooms'
        }
        @{
            Type = 'ChatSession'
            Expected = 'ConnectedAt CurrentRoom DisplayName ErrorCount EventsDropped Id IsPlain MessagesDropped MessagesReceived MessagesSent Name Nick Node ReconnectCount RemoteEndPoint Rooms ServerName Status StatusText'
        }
        @{ Type = 'ChatMessage'; Expected = 'From Id IsReplayed Kind Room Text Time To' }
        @{ Type = 'UdpPeer'; Expected = 'DatagramsReceived DisplayName Encoding IdleSeconds LocalEndPoint RemoteEndPoint' }
        @{ Type = 'SocketMessage'; Expected = 'ReceivedAt RemoteEndPoint Text' }
        @{
            Type = 'SocketOptionSet'
            Expected = 'Broadcast KeepAlive KeepAliveIntervalSeconds KeepAliveRetryCount KeepAliveTimeSeconds LingerSeconds MulticastLoopback MulticastTtl NoDelay ReceiveBufferSize ReuseAddress SendBufferSize Ttl TypeOfService'
        }
        @{
            Type = 'SocketServerSample'
            Expected = 'BytesReceivedPerSecond BytesSentPerSecond ClientCount ErrorCount Id LocalEndPoint MessagesDropped MessagesReceivedPerSecond MessagesSentPerSecond Name Status Time'
        }
    )
}

Describe 'The output objects' {
    BeforeAll {
        . "$PSScriptRoot/Support/common.ps1"
        . "$PSScriptRoot/Support/peers.ps1"

        # One object of each type; its state and connections lead to each other in circles.
        function New-Output($Type) {
            $server = Start-TcpServer 0 { $_ } -Name 'web'
            $client = Connect-ToServer $server
            [void] (Get-Answer $client 'x')
            $server.State['client'] = $server.Connections[0]
            $server.Connections[0].State['server'] = $server
            $receiver = Start-UdpServer 0 -Name 'udp'
            Send-UdpDatagram 127.0.0.1 $receiver.Port 'hello'
            $message = Receive-SocketData $receiver -TimeoutSeconds 10
            $chat = Start-ChatServer 0
            $session = Connect-ChatServer 127.0.0.1 $chat.Port -Nick ann
            switch ($Type) {
                'ChatServer' { $chat }
                'ChatSession' { $session }
                'ChatMessage' { Send-ChatMessage $chat 'hello'; $session | Receive-ChatMessage -TimeoutSeconds 10 }
                'ChatMember' { Get-ChatMember $chat }
                'SocketConnection' { $server.Connections[0] }
                'TcpServer' { $server }
                'UdpServer' { $receiver }
                'UdpSocket' { Open-UdpSocket 0 -MulticastGroup 239.1.2.3 }
                'UdpPeer' { $message.Connection }
                'SocketMessage' { $message }
                'SocketOptionSet' { Get-SocketOption $client }
                'SocketServerSample' { $server | Watch-SocketServer -AsObject -Count 1 -IntervalSeconds 0.1 }
            }
        }

        function Get-OutputType {
            (Get-Module PSSockets).ExportedCmdlets.Values | ForEach-Object { $_.OutputType } | Where-Object { $_.Type.Namespace -like 'PSSockets.*' -and -not $_.Type.IsInterface } |
                ForEach-Object { $_.Type.Name } | Sort-Object -Unique
        }
    }

    AfterEach {
        Clear-TestSocket
    }

    It '<Type> is short JSON: plain values, no warning' -ForEach $Outputs {
        $output = New-Output $Type
        $output.GetType().Name | Should -Be $Type
        $json = $output | ConvertTo-Json -WarningVariable warnings -WarningAction SilentlyContinue
        $warnings | Should -BeNullOrEmpty
        $json.Length | Should -BeLessThan 700
        $properties = ($json | ConvertFrom-Json).PSObject.Properties
        @($properties | ForEach-Object { $_.Name } | Sort-Object) -join ' ' | Should -BeExactly $Expected
        foreach ($property in $properties | Where-Object { $_.Name -notin 'MulticastGroups', 'Rooms' }) {
            $property.Value -is [pscustomobject] -or $property.Value -is [array] | Should -BeFalse -Because $property.Name
        }
    }

    It '<Type> crosses to another process as plain values' -ForEach $Outputs {
        $text = [System.Management.Automation.PSSerializer]::Serialize((New-Output $Type), 2)
        $text.Length | Should -BeLessThan 5000
        $copy = [System.Management.Automation.PSSerializer]::Deserialize($text)
        $copy.PSObject.TypeNames[0] | Should -BeLike "Deserialized.PSSockets.Engine.*.$Type"
        foreach ($property in $copy.PSObject.Properties) {
            $property.Name | Should -Not -BeIn 'Server', 'State', 'Errors', 'Connections', 'Connection', 'Peers', 'Socket', 'Members', 'Bans', 'Chat'
        }
    }

    It 'is tested here for every type that a cmdlet gives' -ForEach @(@{ Known = $Outputs.Type }) {
        foreach ($type in Get-OutputType) {
            $type | Should -BeIn $Known
        }
    }

    It 'shows end points as text that knows its address and port' {
        $pair = New-TestPair
        $pair.Client.RemoteEndPoint | Should -BeExactly "127.0.0.1:$($pair.Server.Port)"
        $pair.Client.RemoteEndPoint.Address | Should -Be ([ipaddress]::Loopback)
        $pair.Accepted.RemoteEndPoint.Port | Should -Be $pair.Client.LocalEndPoint.Port
        [System.Net.IPEndPoint] $pair.Client.LocalEndPoint | Should -Be ([System.Net.IPEndPoint]::new([ipaddress]::Loopback, $pair.Client.LocalEndPoint.Port))
    }

    It 'has no peer by address on a Unix socket, and says its path' {
        $path = New-TestPath -Extension '.sock'
        $server = Start-TcpServer -UnixSocket $path
        $server.LocalEndPoint | Should -BeExactly $path
        (Connect-TcpClient -UnixSocket $path).RemoteEndPoint | Should -BeExactly $path
    }

    It 'still leads to other objects, by name' {
        $pair = New-TestPair
        $pair.Server.Connections[0] | Should -Be $pair.Accepted
        $pair.Accepted.Server | Should -Be $pair.Server
        $pair.Server.State['x'] = 1
        $pair.Server.State.x | Should -Be 1
        @($pair.Server.Errors).Count | Should -Be 0
        $server = Start-TcpServer 0
        Send-SocketData (Connect-ToServer $server) "`u{e4}"
        $message = Receive-SocketData $server -TimeoutSeconds 10
        $message.Bytes | Should -Be 0xc3, 0xa4
        $message.Connection | Should -Be $server.Connections[0]
    }

    It '<Type> leads to other objects in a runspace without the module, too' -ForEach @(
        @{ Type = 'SocketConnection'; Expected = 'CloseError Encoding Framing IdleTime LocalEndPoint RemoteEndPoint Server State'; Unset = 'CloseError' }
        @{ Type = 'SocketMessage'; Expected = 'Bytes Connection RemoteEndPoint'; Unset = @() }
        @{ Type = 'TcpServer'; Expected = 'Connections Errors Framing LocalEndPoint State'; Unset = @() }
        @{ Type = 'UdpServer'; Expected = 'Errors LocalEndPoint Peers Socket State'; Unset = @() }
        @{ Type = 'UdpSocket'; Expected = 'Encoding LocalEndPoint MulticastGroups RemoteEndPoint Server'; Unset = 'RemoteEndPoint', 'Server' }
        @{ Type = 'UdpPeer'; Expected = 'IdleTime LocalEndPoint RemoteEndPoint Server Socket State'; Unset = @() }
        @{ Type = 'ChatServer'; Expected = 'Bans Connections Errors LocalEndPoint Members Nodes Rooms State'; Unset = @() }
        @{ Type = 'ChatMember'; Expected = 'Chat IdleTime RemoteEndPoint'; Unset = @() }
        @{ Type = 'ChatSession'; Expected = 'Errors RemoteEndPoint State'; Unset = @() }
    ) {
        $output = New-Output $Type
        $shell = [powershell]::Create([initialsessionstate]::CreateDefault2())
        try {
            [void] $shell.AddScript({
                param($output, $names)
                @($output.PSObject.Members | Where-Object { [string] $_.MemberType -eq 'Dynamic' } | ForEach-Object { $_.Name } | Sort-Object) -join ' '
                foreach ($name in $names) { if ($null -eq $output.$name) { $name } }
            }.ToString()).AddArgument($output).AddArgument($Expected.Split(' '))
            $found = @($shell.Invoke())
        }
        finally {
            $shell.Dispose()
        }
        $found[0] | Should -BeExactly $Expected
        @($found | Select-Object -Skip 1) | Should -Be $Unset
    }

    It 'offer what leads to other objects by completion, also behind one another' {
        $server = Start-TcpServer 0
        Send-SocketData (Connect-ToServer $server) 'x'
        $global:TestMessage = Receive-SocketData $server -TimeoutSeconds 10
        try {
            foreach ($line in '$TestMessage.Conn', '$TestMessage.Connection.Stat', '$TestMessage.Connection.Server.Err') {
                $texts = [System.Management.Automation.CommandCompletion]::CompleteInput($line, $line.Length, $null).CompletionMatches.CompletionText
                $texts | Should -Contain @{ Conn = 'Connection'; Stat = 'State'; Err = 'Errors' }[$line.Split('.')[-1]]
            }
        }
        finally {
            $global:TestMessage = $null
        }
    }
}

Describe 'The views' {
    BeforeAll {
        . "$PSScriptRoot/Support/common.ps1"
        . "$PSScriptRoot/Support/peers.ps1"
    }

    AfterEach {
        Clear-TestSocket
    }

    It 'show TCP and UDP servers in one table' {
        [void] (Start-TcpServer 0 -Name 'web')
        [void] (Start-UdpServer 0 -Name 'log')
        $lines = @((Get-SocketServer | Out-String).Trim().Replace("`r", '').Split("`n"))
        $lines[0] -split '\s+' -join ' ' | Should -BeExactly 'Id Name LocalEndPoint Status Clients In Out Drops Errors'
        $lines[2] | Should -Match '^\s*\d+ web +127\.0\.0\.1:\d+ +Running +0 +0 B +0 B +0 +0$'
        $lines[3] | Should -Match '^\s*\d+ log +127\.0\.0\.1:\d+ +Running +0 +0 B +0 B +0 +0$'
        $lines.Count | Should -Be 4
    }

    It 'show connections and UDP sockets in one table' {
        $pair = New-TestPair
        [void] (Open-UdpSocket 0)
        $pair.Client | Close-Socket -Abort
        $lines = @(($pair.Client, (Get-SocketConnection)[-1] | Out-String).Trim().Replace("`r", '').Split("`n"))
        $lines[0] -split '\s+' -join ' ' | Should -BeExactly 'Id Local Remote Status Idle In Out Drops'
        $lines[2] | Should -Match '^\s*\d+ 127\.0\.0\.1:\d+ 127\.0\.0\.1:\d+ Aborted +\d\.\ds +0 B +0 B +0$'
        $lines[3] | Should -Match '^\s*\d+ \[::\]:\d+ +\* +Open +0 B +0 B +0$'
    }

    It 'show what came from another process in the same way' {
        $chat = Start-ChatServer 0
        $session = Connect-ChatServer 127.0.0.1 $chat.Port -Nick ann
        Send-ChatMessage $chat 'hello' -To ann
        $said = $session | Receive-ChatMessage -TimeoutSeconds 10
        foreach ($output in (Start-TcpServer 0 -Name 'web'), $chat, $session, $said) {
            $copy = [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($output))
            $copy | Format-Table | Out-String | Should -BeExactly ($output | Format-Table | Out-String)
        }
        $client = Connect-TcpClient 127.0.0.1 (Get-SocketServer -Name 'web').Port
        $copy = [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($client))
        $copy | Out-String | Should -Match " $($client.RemoteEndPoint) +Open "
    }

    It 'shorten <Text> to <Width> in the middle: <Expected>' -ForEach @(
        @{ Text = '127.0.0.1:9000'; Width = 14; Expected = '127.0.0.1:9000' }
        @{ Text = '[2001:db8:1:2:3:4:5:6]:54321'; Width = 16; Expected = "[2001`u{2026}5:6]:54321" }
        @{ Text = '/run/my-service/listener.sock'; Width = 16; Expected = "/run/`u{2026}tener.sock" }
        @{ Text = '/run/my-service/listener.sock'; Width = 3; Expected = "/ru`u{2026}r.sock" }
    ) {
        [PSSockets.Display]::Shorten($Text, $Width) | Should -BeExactly $Expected
    }

    It 'show <Bytes> bytes as <Expected>' -ForEach @(
        @{ Bytes = 0; Expected = '0 B' }, @{ Bytes = 999; Expected = '999 B' }, @{ Bytes = 102297; Expected = '99.9 KB' }
        @{ Bytes = 1022976; Expected = '999 KB' }, @{ Bytes = [long]::MaxValue; Expected = '8.0 EB' }
    ) {
        [PSSockets.Display]::ByteSize([long] $Bytes).Replace(',', '.') | Should -BeExactly $Expected
    }

    It 'show the number <Number> as <Expected>' -ForEach @(
        @{ Number = 0; Expected = '0' }, @{ Number = 99999; Expected = '99999' }, @{ Number = 123456; Expected = '123K' }
        @{ Number = 1500000; Expected = '1.5M' }, @{ Number = 999900000; Expected = '1.0G' }
    ) {
        [PSSockets.Display]::Count($Number).Replace(',', '.') | Should -BeExactly $Expected
    }

    It 'work in strict mode' {
        Set-StrictMode -Version Latest
        $pair = New-TestPair
        $peer = Start-UdpServer 0
        Send-UdpDatagram 127.0.0.1 $peer.Port 'x'
        $message = Receive-SocketData $peer -TimeoutSeconds 10
        $Error.Clear()
        foreach ($output in $pair.Server, $peer, $pair.Client, (Open-UdpSocket 0), $message, $message.Connection) {
            $output | Out-String | Should -Not -BeNullOrEmpty
            $output | Format-List | Out-String | Should -Not -BeNullOrEmpty
        }
        $Error | Should -BeNullOrEmpty
    }
}
