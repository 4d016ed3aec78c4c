# What about_PSSockets says about jobs. They need the job modules of pwsh; the stand-in shell has none.
BeforeDiscovery {
    $HasThreadJob = [bool] (Get-Command Start-ThreadJob -ErrorAction Ignore)
    $HasParallel = (Get-Command ForEach-Object).Parameters.ContainsKey('Parallel')
    $HasJob = $HasThreadJob -and [bool] (Get-Command pwsh -ErrorAction Ignore)
}

Describe 'Jobs and parallel' {
    BeforeAll {
        . "$PSScriptRoot/Support/common.ps1"
        . "$PSScriptRoot/Support/peers.ps1"

        # Installed, the module loads by itself; from a checkout each runspace has to import it.
        $path = $ModulePath

        function Wait-JobOutput($Job, [int] $Count) {
            $seen = [System.Collections.Generic.List[object]]::new()
            [void] (Wait-Until -TimeoutSeconds 30 {
                foreach ($item in @(Receive-Job $Job)) { $seen.Add($item) }
                $seen.Count -ge $Count
            })
            $seen
        }
    }

    AfterEach {
        Get-Job | Remove-Job -Force
        Clear-TestSocket
    }

    It 'a thread job receives from a connection of the session; Stop-Job ends that and leaves the connection' -Skip:(-not $HasThreadJob) {
        $server = Start-TcpServer 0 { $_ }
        $client = Connect-ToServer $server
        $job = Start-ThreadJob { Import-Module $using:path; Receive-SocketData $using:client -Wait }
        1..3 | Send-SocketData $client
        Wait-JobOutput $job 3 | Should -Be '1', '2', '3'
        $clock = [System.Diagnostics.Stopwatch]::StartNew()
        Stop-Job $job
        $clock.Elapsed.TotalSeconds | Should -BeLessThan 2
        [string] $job.State | Should -Be 'Stopped'
        Get-Answer $client 'mine again' | Should -BeExactly 'mine again'
    }

    It 'a thread job consumes a server, and ends when that stops' -Skip:(-not $HasThreadJob) {
        $server = Start-TcpServer 0
        $job = Start-ThreadJob { Import-Module $using:path; $using:server | Receive-SocketData -Wait | ForEach-Object { "$($_.RemoteEndPoint.Address) $_" } }
        'one', 'two' | Send-SocketData (Connect-ToServer $server)
        Wait-JobOutput $job 2 | Should -Be '127.0.0.1 one', '127.0.0.1 two'
        Stop-SocketServer $server
        [void] (Wait-Until { [string] $job.State -eq 'Completed' })
    }

    It 'ForEach-Object -Parallel works on many connections at a time, also as a job' -Skip:(-not $HasParallel) {
        $server = Start-TcpServer 0 { $_ }
        $clients = 1..4 | ForEach-Object { Connect-ToServer $server }
        $answers = $clients | ForEach-Object -Parallel { Import-Module $using:path; Send-SocketData $_ "$($_.Id)"; Receive-SocketData $_ -TimeoutSeconds 10 }
        $answers | Sort-Object | Should -Be @($clients.Id | ForEach-Object { "$_" } | Sort-Object)

        $job = $clients | ForEach-Object -Parallel { Import-Module $using:path; Receive-SocketData $_ -Wait } -AsJob
        $clients | ForEach-Object { Send-SocketData $_ 'x' }
        @(Wait-JobOutput $job 4).Count | Should -Be 4
        Stop-Job $job
        [string] $job.State | Should -Be 'Stopped'
    }

    It 'handlers of a server that is started there get what $using: has brought there' -Skip:(-not ($HasParallel -and $HasJob)) {
        $word = 'hello'
        $serve = {
            Import-Module $using:path
            $server = Start-TcpServer 0 { "$using:word $_" }
            Connect-TcpClient 127.0.0.1 $server.Port | Use-Socket -ScriptBlock { Send-SocketData $_ 'x'; Receive-SocketData $_ -TimeoutSeconds 10 }
            Stop-SocketServer $server
        }
        1 | ForEach-Object -Parallel $serve | Should -Be 'hello x'
        Start-ThreadJob $serve | Receive-Job -Wait | Should -Be 'hello x'
        Start-Job $serve | Receive-Job -Wait | Should -Be 'hello x'
    }

    It 'a process job has sockets of its own; Stop-Job closes them' -Skip:(-not $HasJob) {
        $server = Start-TcpServer 0 { $_ }
        $port = $server.Port
        $job = Start-Job { Import-Module $using:path; $client = Connect-TcpClient 127.0.0.1 $using:port; Send-SocketData $client 'a'; Receive-SocketData $client -Wait }
        Wait-JobOutput $job 1 | Should -Be 'a'
        $server.ConnectionCount | Should -Be 1
        Stop-Job $job
        [void] (Wait-Until { $server.ConnectionCount -eq 0 })
    }

    It 'what a process job gives back is short and looks as here' -Skip:(-not $HasJob) {
        $job = Start-Job { Import-Module $using:path; Start-TcpServer 0 -Name 'far' }
        $copy = Wait-JobOutput $job 1
        $copy[0].PSObject.TypeNames[0] | Should -BeExactly 'Deserialized.PSSockets.Engine.Servers.TcpServer'
        $copy[0].LocalEndPoint | Should -Match '^127\.0\.0\.1:\d+$'
        $copy | Out-String | Should -Match 'far +127\.0\.0\.1:\d+ +Running'
    }
}
