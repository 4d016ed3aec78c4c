Describe 'Start-TcpServer under load' {
    BeforeAll {
        . "$PSScriptRoot/Support/common.ps1"
        . "$PSScriptRoot/Support/peers.ps1"
    }

    AfterEach {
        Clear-TestSocket
    }

    It 'serves 3,000 clients at once with three threads' {
        $limits = '/proc/self/limits'
        if ((Test-Path $limits) -and [int] ([regex]::Match((Get-Content -Raw $limits), 'Max open files\s+(\d+)').Groups[1].Value) -lt 8000) {
            Set-ItResult -Skipped -Because 'fewer than 8,000 files may be open here'
            return
        }

        $server = Start-TcpServer 0 { "$_ $([System.Environment]::CurrentManagedThreadId)" } -ThrottleLimit 3
        $clients = foreach ($i in 1..3000) { Connect-TcpClient 127.0.0.1 $server.Port }
        [void] (Wait-Until { $server.ConnectionCount -eq 3000 })
        for ($i = 0; $i -lt 3000; $i++) { Send-SocketData $clients[$i] "number $i" }
        $threads = @{}
        for ($i = 0; $i -lt 3000; $i++) {
            $words = (Receive-SocketData $clients[$i] -TimeoutSeconds 20) -split ' '
            if ($words[1] -ne $i) {
                throw "Client $i got '$words'."
            }
            $threads[$words[2]] = $true
        }
        $threads.Count | Should -BeIn 1, 2, 3
        $server.MessagesReceived | Should -Be 3000
        $server.Errors | Should -HaveCount 0
        $server | Stop-SocketServer
        $server.ConnectionCount | Should -Be 0
    }

    It 'leaves no thread, runspace or socket behind after 100 servers' {
        function Invoke-Once {
            $server = Start-TcpServer 0 { $Server.State['thread'] = [System.Threading.Thread]::CurrentThread; $Server.State['runspace'] = [runspace]::DefaultRunspace; 'done' }
            $client = Connect-ToServer $server
            if ((Get-Answer $client 'x') -ne 'done') { throw 'no answer' }
            $client | Close-Socket
            $server | Stop-SocketServer
            [pscustomobject] @{ Thread = $server.State['thread']; Runspace = $server.State['runspace'] }
        }
        [void] (Invoke-Once)
        $sockets = if ($IsLinux) { Get-OpenSocketCount }
        $left = 1..100 | ForEach-Object { Invoke-Once }
        $left | Should -HaveCount 100
        Wait-Until { -not ($left | Where-Object { $_.Thread.IsAlive }) } | Should -BeTrue
        @($left | Where-Object { [string] $_.Runspace.RunspaceStateInfo.State -ne 'Closed' }) | Should -HaveCount 0
        Get-SocketServer | Should -BeNullOrEmpty
        if ($IsLinux) {
            Wait-Until { (Get-OpenSocketCount) -le $sockets } | Should -BeTrue
        }
    }
}
