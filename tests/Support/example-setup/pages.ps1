# The examples of the about pages and the README, those of the chat excepted.

# Installed, the module loads by itself in a job; here it has to be told.
$jobs = {
    param($Map)
    $import = "Import-Module '$([System.IO.Path]::Combine((Get-Module PSSockets).ModuleBase, 'PSSockets.psd1'))'"
    $Map['Start-ThreadJob {'] = "Start-ThreadJob -InitializationScript { $import } {"
    $Map['Start-Job {'] = "Start-Job -InitializationScript { $import } {"
    $Map['ForEach-Object -Parallel {'] = "ForEach-Object -Parallel { $import;"
    $greeter = Start-TcpServer $Map['9000'] -OnConnect { 'hello' }
}

# Each job has received something, and nothing went wrong in it.
$received = {
    foreach ($job in Get-Job) {
        $clock = [System.Diagnostics.Stopwatch]::StartNew()
        while (-not (Receive-Job $job)) {
            if ($clock.Elapsed.TotalSeconds -gt 15) { throw "A job has received nothing: $($job.Command)" }
            [System.Threading.Thread]::Sleep(10)
        }
        Remove-Job $job -Force
    }
}

@{
    Example = '$answer = Receive-SocketData $client'
    Before = { $client = Connect-TcpClient 127.0.0.1 (Start-TcpServer 0 -OnConnect { 'an answer' }).Port }
}
@{
    Example = '$server.Errors | ForEach-Object { "$_" }'
    Before = {
        param($Map, $Folder)
        $Map['/srv/calc.ps1'] = [System.IO.Path]::Combine($Folder, 'calc.ps1')
        Set-Content $Map['/srv/calc.ps1'] 'Start-TcpServer 0 { 1 / ($_ -as [int]) }'
        $server = & $Map['/srv/calc.ps1']
        $client = Connect-TcpClient 127.0.0.1 $server.Port
        Send-SocketData $client '0'
        $clock = [System.Diagnostics.Stopwatch]::StartNew()
        while ($server.ErrorCount -eq 0 -and $clock.Elapsed.TotalSeconds -lt 10) { [System.Threading.Thread]::Sleep(10) }
    }
    Varies = ':\d+:\d+'
}
@{ Example = "Receive-SocketData `$client`nGet-SocketServer"; Varies = '(?m)^ *\d+ ' }
@{
    Example = 'Connect-TcpClient localhost 6379'
    Before = { param($Map) $Map['6379'] = (Start-TcpServer 0 { '+PONG' } -Framing CrLf).Port }
}
@{
    Example = 'Start-TcpServer 9000 | Receive-SocketData -Wait'
    While = Join-Block $while {
        Wait-For { Get-SocketServer }
        $client = Connect-TcpClient 127.0.0.1 $Map['9000']
        Send-SocketData $client 'x'
        Wait-For { (Get-SocketServer).MessagesReceived -eq 1 }
        Get-SocketServer | Stop-SocketServer
    }
}
@{
    Example = 'Start-TcpServer 9000 | Wait-TcpConnection'
    While = Join-Block $while {
        Wait-For { Get-SocketServer }
        $client = Connect-TcpClient 127.0.0.1 $Map['9000']
        Wait-For { $Running.InvocationStateInfo.State -ne 'Running' }
    }
}
@{
    Example = 'Start-ThreadJob { Receive-SocketData'
    Needs = { Get-Command Start-ThreadJob -ErrorAction Ignore }
    Before = Join-Block $jobs {
        $client, $clients = 1..3 | ForEach-Object { Connect-TcpClient 127.0.0.1 $greeter.Port }
        $server = Start-TcpServer 0
        Send-SocketData (Connect-TcpClient 127.0.0.1 $server.Port) 'hello'
    }
    After = $received
}
@{
    Example = 'Start-Job { Connect-TcpClient'
    Needs = { [System.IO.Directory]::GetFiles($PSHOME, 'pwsh*').Count -gt 0 }
    Before = $jobs
    After = $received
}
