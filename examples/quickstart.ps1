#!/usr/bin/env pwsh
# Two servers, their clients, and a file through the pipeline. Runs as it stands, in a few seconds.
[CmdletBinding()]
param(
    # Any text file will do.
    [string] $Path = (Join-Path $PSScriptRoot '../LICENSE')
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
if (-not (Get-Module PSSockets)) { Import-Module (Join-Path $PSScriptRoot '../PSSockets.psd1') }

# An echo server is one line. Port 0 lets the system choose a free one.
$echo = Start-TcpServer 0 { "Echo: $_" } -Name Echo

# A server with a little protocol: one word in, one line out. `$Server.State` is shared by all its clients.
$time = Start-TcpServer 0 -Name Time -OnConnect { 'Say time, uptime, count or quit.' } -OnMessage {
    $null = $Server.State.Increment('requests')
    switch ($_.Trim()) {
        'time'   { [DateTime]::Now.ToString('o') }
        'uptime' { "up for $([int]([DateTimeOffset]::Now - $Server.StartedAt).TotalMilliseconds) ms" }
        'count'  { "$($Server.State.requests) requests so far" }
        'quit'   { 'bye'; Close-Socket $Connection }
        default  { "I do not know '$_'." }
    }
}

try {
    Write-Host "`n== A message and its answer" -ForegroundColor Cyan
    $client = Connect-TcpClient localhost $echo.Port
    Send-SocketData $client 'Hello, sockets!'
    Receive-SocketData $client

    Write-Host "`n== A file through the pipeline: $([IO.Path]::GetFileName($Path))" -ForegroundColor Cyan
    $lines = @(Get-Content -LiteralPath $Path)
    $lines | Send-SocketData $client -CompleteWrites
    $answers = @(Receive-SocketData $client -Wait)
    "$($lines.Count) lines sent, $($answers.Count) came back; the first three:"
    $answers | Select-Object -First 3
    Close-Socket $client

    Write-Host "`n== A dialogue, closed whatever happens" -ForegroundColor Cyan
    Connect-TcpClient localhost $time.Port | Use-Socket -ScriptBlock {
        "server: $(Receive-SocketData $_)"
        foreach ($word in 'time', 'uptime', 'weather', 'count', 'quit') {
            Send-SocketData $_ $word
            "$word -> $(Receive-SocketData $_)"
        }
    }

    Write-Host "`n== Ten clients at once" -ForegroundColor Cyan
    $clients = 1..10 | ForEach-Object { Connect-TcpClient localhost $echo.Port }
    foreach ($c in $clients) { Send-SocketData $c "I am $($c.Name)" }
    $clients | Receive-SocketData | Select-Object -Last 2
    Get-SocketServer | Out-Default
    $clients | Close-Socket

    Write-Host "`n== What goes wrong says so" -ForegroundColor Cyan
    $free = $echo.Port
    $echo | Stop-SocketServer
    try {
        Connect-TcpClient localhost $free -TimeoutSeconds 2
    }
    catch [System.IO.IOException] {
        "$($_.FullyQualifiedErrorId.Split(',')[0]): $_"
    }
}
finally {
    Get-SocketServer -Name Echo*, Time* | Stop-SocketServer
}
