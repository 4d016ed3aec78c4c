Describe 'Start-TcpServer and events' {
    BeforeAll {
        . "$PSScriptRoot/Support/common.ps1"

        # Events for an -Action are handled between statements; so these waits run statements.
        function Wait-Action {
            param([scriptblock] $Condition, [double] $TimeoutSeconds = 20)
            $clock = [System.Diagnostics.Stopwatch]::StartNew()
            while (-not (& $Condition)) {
                if ($clock.Elapsed.TotalSeconds -ge $TimeoutSeconds) {
                    throw "Not within $TimeoutSeconds s: $Condition"
                }
            }
        }
    }

    AfterEach {
        Get-EventSubscriber | Where-Object SourceIdentifier -Like 'pss-*' | Unregister-Event
        Get-Event | Where-Object SourceIdentifier -Like 'pss-*' | Remove-Event
        Clear-TestSocket
    }

    It 'tells of connections, messages and ends to Wait-Event' {
        $server = Start-TcpServer 0 { "Echo: $_" }
        Register-ObjectEvent -InputObject $server -EventName ConnectionOpened -SourceIdentifier pss-open
        Register-ObjectEvent -InputObject $server -EventName MessageReceived -SourceIdentifier pss-message
        Register-ObjectEvent -InputObject $server -EventName ConnectionClosed -SourceIdentifier pss-closed
        $client = Connect-TcpClient -ComputerName localhost -Port $server.Port
        Send-SocketData $client 'hello'
        Receive-SocketData $client | Should -BeExactly 'Echo: hello'
        Close-Socket $client

        $opened = Wait-Event -SourceIdentifier pss-open -Timeout 10
        $opened.SourceEventArgs.Connection.RemoteEndPoint.Port | Should -Be $client.LocalEndPoint.Port
        $opened.Sender.Id | Should -Be $server.Id
        $message = Wait-Event -SourceIdentifier pss-message -Timeout 10
        $message.SourceEventArgs.Message.Text | Should -BeExactly 'hello'
        $closed = Wait-Event -SourceIdentifier pss-closed -Timeout 10
        $closed.SourceEventArgs.Connection.CloseReason | Should -Be 'ClosedByPeer'
        $server.EventsDropped | Should -Be 0
    }

    It 'tells of a handler that fails, with the error record' {
        $server = Start-TcpServer 0 { throw "no $_" }
        Register-ObjectEvent -InputObject $server -EventName HandlerFailed -SourceIdentifier pss-failed
        $client = Connect-TcpClient -ComputerName localhost -Port $server.Port
        Send-SocketData $client 'x'
        $failed = Wait-Event -SourceIdentifier pss-failed -Timeout 10
        $failed.SourceEventArgs.Error.FullyQualifiedErrorId | Should -Be 'HandlerFailed'
        $failed.SourceEventArgs.Error.TargetObject.RemoteEndPoint.Port | Should -Be $client.LocalEndPoint.Port
        "$($failed.SourceEventArgs.Error)" | Should -BeLike '*no x*'
    }

    It 'runs an -Action, which can answer' {
        $server = Start-TcpServer 0
        $null = Register-ObjectEvent -InputObject $server -EventName MessageReceived -SourceIdentifier pss-message -Action {
            Send-SocketData $EventArgs.Connection "got $($EventArgs.Message)"
        }
        $client = Connect-TcpClient -ComputerName localhost -Port $server.Port
        Send-SocketData $client 'hello'
        $answer = $null
        Wait-Action { $client.IdleTime -ge 0 -and (Get-SocketConnection -Server $server | Where-Object MessagesSent -GT 0) }
        $answer = Receive-SocketData $client -TimeoutSeconds 10
        $answer | Should -BeExactly 'got hello'
    }

    It 'is how a server without a handler is consumed: in order, nothing lost, the client slowed down' {
        $server = Start-TcpServer 0
        Register-ObjectEvent -InputObject $server -EventName MessageReceived -SourceIdentifier pss-message
        $client = Connect-TcpClient -ComputerName localhost -Port $server.Port
        1..5000 | Send-SocketData $client
        $seen = [System.Collections.Generic.List[string]]::new()
        $clock = [System.Diagnostics.Stopwatch]::StartNew()
        while ($seen.Count -lt 5000 -and $clock.Elapsed.TotalSeconds -lt 30) {
            $null = Wait-Event -SourceIdentifier pss-message -Timeout 5
            $waiting = @(Get-Event -SourceIdentifier pss-message)
            $waiting.Count | Should -BeLessOrEqual 1000
            foreach ($item in $waiting) {
                $seen.Add($item.SourceEventArgs.Message.Text)
                Remove-Event -EventIdentifier $item.EventIdentifier
            }
        }
        $seen -join ',' | Should -BeExactly ((1..5000) -join ',')
        $server.EventsDropped | Should -Be 0
    }

    It 'drops and counts what nobody takes beside a handler, and the handler goes on' {
        $server = Start-TcpServer 0 { $_ }
        Register-ObjectEvent -InputObject $server -EventName MessageReceived -SourceIdentifier pss-message
        $client = Connect-TcpClient -ComputerName localhost -Port $server.Port
        1..5000 | Send-SocketData $client
        @(Receive-SocketData $client -TotalCount 5000).Count | Should -Be 5000
        Wait-Until { $server.EventsDropped -gt 0 } | Should -BeTrue
        @(Get-Event -SourceIdentifier pss-message).Count | Should -BeLessOrEqual 1000
    }

    It 'raises nothing where nobody has subscribed, and nothing more after Unregister-Event' {
        $server = Start-TcpServer 0
        Register-ObjectEvent -InputObject $server -EventName MessageReceived -SourceIdentifier pss-message
        $client = Connect-TcpClient -ComputerName localhost -Port $server.Port
        Send-SocketData $client 'one'
        (Wait-Event -SourceIdentifier pss-message -Timeout 10).SourceEventArgs.Message.Text | Should -Be 'one'
        Get-Event -SourceIdentifier pss-message | Remove-Event
        Unregister-Event -SourceIdentifier pss-message
        $other = Connect-TcpClient -ComputerName localhost -Port $server.Port
        Send-SocketData $other 'two'
        $taken = Wait-TcpConnection -Server $server -TimeoutSeconds 10
        Receive-SocketData $taken -TimeoutSeconds 10 | Should -Be 'two'
        @(Get-Event | Where-Object SourceIdentifier -Like 'pss-*').Count | Should -Be 0
    }

    It 'leaves what its subscribers have not taken to who receives next, when they unsubscribe' {
        $server = Start-TcpServer 0
        Register-ObjectEvent -InputObject $server -EventName MessageReceived -SourceIdentifier pss-message
        $client = Connect-TcpClient -ComputerName localhost -Port $server.Port
        1..2000 | Send-SocketData $client
        $null = Wait-Until { @(Get-Event -SourceIdentifier pss-message).Count -ge 1000 }
        Unregister-Event -SourceIdentifier pss-message
        $told = @(Get-Event -SourceIdentifier pss-message)
        $last = [int] $told[-1].SourceEventArgs.Message.Text
        $rest = @($server | Receive-SocketData -TotalCount (2000 - $last) -TimeoutSeconds 10)
        [int] $rest[0].Text | Should -Be ($last + 1)
        [int] $rest[-1].Text | Should -Be 2000
    }

    It 'tells who subscribes again, where messages still waited when the last subscriber left' {
        $server = Start-TcpServer 0
        Register-ObjectEvent -InputObject $server -EventName MessageReceived -SourceIdentifier pss-message
        $client = Connect-TcpClient -ComputerName localhost -Port $server.Port
        1..2000 | Send-SocketData $client
        $null = Wait-Until { @(Get-Event -SourceIdentifier pss-message).Count -ge 1000 }
        Unregister-Event -SourceIdentifier pss-message
        Get-Event -SourceIdentifier pss-message | Remove-Event
        Register-ObjectEvent -InputObject $server -EventName MessageReceived -SourceIdentifier pss-message
        (Wait-Event -SourceIdentifier pss-message -Timeout 10).SourceEventArgs.Message.Text | Should -Be '1001'
    }
}
