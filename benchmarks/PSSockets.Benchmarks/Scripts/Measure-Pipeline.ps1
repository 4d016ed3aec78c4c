# Runs one case for each line of standard input ("name count") and answers with its milliseconds. Only what PowerShell itself brings is used.
param([string] $Module, [string] $Cmdlets, [int] $SourcePort, [int] $DrainPort)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
Import-Module $Module
Import-Module $Cmdlets

function Open-Reader([int] $Count) {
    $tcp = [System.Net.Sockets.TcpClient]::new('127.0.0.1', $SourcePort)
    $tcp.GetStream().Write([System.Text.Encoding]::ASCII.GetBytes("$Count`n"))
    [System.IO.StreamReader]::new($tcp.GetStream())
}

function Open-Writer {
    [System.IO.StreamWriter]::new([System.Net.Sockets.TcpClient]::new('127.0.0.1', $DrainPort).GetStream())
}

function Open-Source([int] $Count) {
    $connection = Connect-TcpClient 127.0.0.1 $SourcePort
    Send-SocketData $connection "$Count"
    $connection
}

function Assert-Count([long] $Actual, [long] $Expected) {
    if ($Actual -ne $Expected) { throw "$Actual lines instead of $Expected." }
}

$cases = @{
    'receive null' = {
        $connection = Open-Source $count
        Receive-SocketData $connection -Wait | Out-Null
        Assert-Count $connection.MessagesReceived $count
        Close-Socket $connection
    }
    'receive null ceiling' = { Write-BenchmarkLine $count | Out-Null }
    'receive null decoding' = { Write-BenchmarkLine $count -Decode | Out-Null }
    'receive null naive' = {
        $reader = Open-Reader $count
        & { while ($null -ne ($line = $reader.ReadLine())) { $line } } | Out-Null
        $reader.Dispose()
    }
    'receive each' = {
        $connection = Open-Source $count
        $n = 0
        Receive-SocketData $connection -Wait | ForEach-Object { $n++ }
        Assert-Count $n $count
        Close-Socket $connection
    }
    'receive each ceiling' = {
        $n = 0
        Write-BenchmarkLine $count | ForEach-Object { $n++ }
        Assert-Count $n $count
    }
    'receive each naive' = {
        $reader = Open-Reader $count
        $n = 0
        & { while ($null -ne ($line = $reader.ReadLine())) { $line } } | ForEach-Object { $n++ }
        $reader.Dispose()
        Assert-Count $n $count
    }
    'receive arrays' = {
        $connection = Open-Source $count
        $n = 0
        Receive-SocketData $connection -Wait -ReadCount 1000 | ForEach-Object { $n += $_.Count }
        Assert-Count $n $count
        Close-Socket $connection
    }
    'receive arrays ceiling' = {
        $n = 0
        Write-BenchmarkLine $count -ReadCount 1000 | ForEach-Object { $n += $_.Count }
        Assert-Count $n $count
    }
    'receive arrays decoding' = {
        $n = 0
        Write-BenchmarkLine $count -ReadCount 1000 -Decode | ForEach-Object { $n += $_.Count }
        Assert-Count $n $count
    }
    'send array' = {
        $connection = Connect-TcpClient 127.0.0.1 $DrainPort
        $lines | Send-SocketData $connection
        Close-Socket $connection
    }
    'send array ceiling' = { $lines | Read-BenchmarkLine }
    'send array parameters' = { $lines | Skip-BenchmarkData 0 }
    'send cmdlet' = {
        $connection = Connect-TcpClient 127.0.0.1 $DrainPort
        Write-BenchmarkLine $count | Send-SocketData $connection
        Close-Socket $connection
    }
    'send cmdlet ceiling' = { Write-BenchmarkLine $count | Read-BenchmarkLine }
    'send cmdlet parameters' = { Write-BenchmarkLine $count | Skip-BenchmarkData 0 }
    'send arrays' = {
        $connection = Connect-TcpClient 127.0.0.1 $DrainPort
        $chunks | Send-SocketData $connection
        Close-Socket $connection
    }
    'send each naive' = {
        $writer = Open-Writer
        $lines | ForEach-Object { $writer.WriteLine($_) }
        $writer.Dispose()
    }
    'send foreach naive' = {
        $writer = Open-Writer
        foreach ($line in $lines) { $writer.WriteLine($line) }
        $writer.Dispose()
    }
}

$lines = $chunks = @()
[Console]::Out.WriteLine("ready $($PSVersionTable.PSVersion)")
while ($request = [Console]::In.ReadLine()) {
    $name, $number = $request -split ':'
    $count = [int] $number
    if ($name -like 'send*' -and $lines.Count -ne $count) {
        $lines = @(Write-BenchmarkLine $count)
        $chunks = @(Write-BenchmarkLine $count -ReadCount 1000)
    }

    [GC]::Collect()
    [GC]::WaitForPendingFinalizers()
    $watch = [System.Diagnostics.Stopwatch]::StartNew()
    & $cases[$name]
    [Console]::Out.WriteLine($watch.Elapsed.TotalMilliseconds.ToString('R', [cultureinfo]::InvariantCulture))
}
