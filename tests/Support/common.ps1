# Dot-sourced by every test file, in its BeforeAll: imports the built module and gives the tests their peers, waits and background pipelines.

$ModulePath = [System.IO.Path]::GetFullPath([System.IO.Path]::Combine($PSScriptRoot, '..', '..', 'PSSockets.psd1'))
$RepositoryRoot = [System.IO.Path]::GetDirectoryName($ModulePath)
if (-not (Get-Module -Name PSSockets)) {
    Import-Module -Name $ModulePath -ErrorAction Stop
}

# What the helpers have opened past the module; Clear-TestSocket closes it.
$OpenedByTest = [System.Collections.Generic.List[System.IDisposable]]::new()

# Waits until the condition gives something true, and returns that. The limit is generous: it only decides when a failure is reported.
function Wait-Until {
    param(
        [Parameter(Mandatory)] [scriptblock] $Condition,
        [double] $TimeoutSeconds = 10,
        [string] $Because = 'the condition was to hold'
    )
    $clock = [System.Diagnostics.Stopwatch]::StartNew()
    while ($true) {
        $value = & $Condition
        if ($value) {
            return $value
        }
        if ($clock.Elapsed.TotalSeconds -ge $TimeoutSeconds) {
            throw "Not within $TimeoutSeconds s, waiting because ${Because}: $Condition"
        }
        [System.Threading.Thread]::Sleep(10)
    }
}

# A temporary path that does not exist yet, short enough for a Unix socket.
function New-TestPath {
    param([string] $Extension = '.tmp')
    [System.IO.Path]::Combine([System.IO.Path]::GetTempPath(), 'pss' + [guid]::NewGuid().ToString('N').Substring(0, 12) + $Extension)
}

# A plain .NET listener on a free loopback port: a peer that owes nothing to the module.
function New-RawListener {
    param([int] $Backlog = 16)
    $socket = [System.Net.Sockets.Socket]::new('InterNetwork', 'Stream', 'Tcp')
    $OpenedByTest.Add($socket)
    $socket.Bind([System.Net.IPEndPoint]::new([ipaddress]::Loopback, 0))
    $socket.Listen($Backlog)
    $socket
}

# A listener whose queue is full, so that the system answers no further connect: a host that keeps silent, as behind a firewall.
function New-SilentListener {
    $listener = New-RawListener -Backlog 0
    for ($i = 0; $i -lt 4; $i++) {
        $filler = [System.Net.Sockets.Socket]::new('InterNetwork', 'Stream', 'Tcp')
        $OpenedByTest.Add($filler)
        $filler.Blocking = $false
        try {
            $filler.Connect($listener.LocalEndPoint)
        }
        catch [System.Net.Sockets.SocketException] {
            # In progress: just what it is for.
        }
    }
    $listener
}

# A port of the loopback address on which nothing listens.
function Get-UnusedPort {
    $socket = [System.Net.Sockets.Socket]::new('InterNetwork', 'Stream', 'Tcp')
    $socket.Bind([System.Net.IPEndPoint]::new([ipaddress]::Loopback, 0))
    $port = $socket.LocalEndPoint.Port
    $socket.Dispose()
    $port
}

# A connection of the module (Connection) to a plain .NET socket (Peer). The parameters are those of Connect-TcpClient.
function New-TestConnection {
    param([hashtable] $Parameters = @{})
    $listener = New-RawListener
    $connection = Connect-TcpClient -ComputerName 127.0.0.1 -Port $listener.LocalEndPoint.Port @Parameters
    $peer = $listener.Accept()
    $OpenedByTest.Add($peer)
    $peer.NoDelay = $true
    $peer.ReceiveTimeout = 10000
    $peer.SendTimeout = 10000
    $listener.Dispose()
    [pscustomobject] @{ Connection = $connection; Peer = $peer }
}

# Two connections of the module, end to end, and the server between them. The parameters are those of both sides.
function New-TestPair {
    param([hashtable] $Parameters = @{})
    $server = Start-TcpServer -Port 0 @Parameters
    $client = Connect-TcpClient -ComputerName 127.0.0.1 -Port $server.Port @Parameters
    $accepted = Wait-TcpConnection -Server $server -TimeoutSeconds 10
    [pscustomobject] @{ Server = $server; Client = $client; Accepted = $accepted }
}

# Sends text (UTF-8) or bytes by a plain .NET socket, whole.
function Send-Raw {
    param($Socket, $Data)
    [byte[]] $bytes = if ($Data -is [string]) { [System.Text.Encoding]::UTF8.GetBytes($Data) } else { $Data }
    $sent = 0
    while ($sent -lt $bytes.Length) {
        $sent += $Socket.Send($bytes, $sent, $bytes.Length - $sent, 'None')
    }
}

# Reads exactly that many bytes from a plain .NET socket, or to the end of the stream, as one byte[].
function Read-Raw {
    param($Socket, [int] $ByteCount = [int]::MaxValue)
    $all = [System.IO.MemoryStream]::new()
    $chunk = [byte[]]::new(65536)
    while ($all.Length -lt $ByteCount) {
        $count = $Socket.Receive($chunk, 0, [Math]::Min($chunk.Length, $ByteCount - $all.Length), 'None')
        if ($count -eq 0) {
            break
        }
        $all.Write($chunk, 0, $count)
    }
    , $all.ToArray()
}

# The same as text (UTF-8).
function Read-RawText {
    param($Socket, [int] $ByteCount = [int]::MaxValue)
    [System.Text.Encoding]::UTF8.GetString((Read-Raw -Socket $Socket -ByteCount $ByteCount))
}

# Runs the block and returns what went wrong: the error record, whether it ended the command, and the output before and after it.
function Get-Failure {
    param([Parameter(Mandatory)] [scriptblock] $Script)
    $ErrorActionPreference = 'Continue'
    $failure = [pscustomobject] @{ Record = $null; Id = $null; Category = $null; Message = $null; IsTerminating = $false; Count = 0; Output = @() }
    $all = [System.Collections.Generic.List[object]]::new()
    try {
        & $Script 2>&1 | ForEach-Object { $all.Add($_) }
    }
    catch {
        $failure.IsTerminating = $true
        $all.Add($_)
    }
    $records = @($all | Where-Object { $_ -is [System.Management.Automation.ErrorRecord] })
    $failure.Output = @($all | Where-Object { $_ -isnot [System.Management.Automation.ErrorRecord] })
    $failure.Count = $records.Count
    if ($records.Count -gt 0) {
        $failure.Record = $records[0]
        $failure.Id = $records[0].FullyQualifiedErrorId
        $failure.Category = [string] $records[0].CategoryInfo.Category
        $failure.Message = $records[0].ToString()
    }
    $failure
}

# Starts a pipeline in a runspace of its own, with the module loaded. Objects given as arguments are shared, not copied.
function Start-Background {
    param([Parameter(Mandatory)] [scriptblock] $ScriptBlock, [object[]] $ArgumentList = @())
    $powershell = [powershell]::Create()
    $OpenedByTest.Add($powershell)
    [void] $powershell.AddCommand('Import-Module').AddParameter('Name', $ModulePath).Invoke()
    $powershell.Commands.Clear()
    [void] $powershell.AddScript($ScriptBlock.ToString())
    foreach ($argument in $ArgumentList) {
        [void] $powershell.AddArgument($argument)
    }
    $output = [System.Management.Automation.PSDataCollection[psobject]]::new()
    $nothing = [System.Management.Automation.PSDataCollection[psobject]]::new()
    $nothing.Complete()
    [pscustomobject] @{ PowerShell = $powershell; Output = $output; Result = $powershell.BeginInvoke($nothing, $output) }
}

# Waits until a background pipeline has started and gone quiet: it runs, and brings nothing new in ten looks. -OutputCount says how much
# output is to come before that.
function Wait-Blocked {
    param([Parameter(Mandatory)] $Background, [int] $OutputCount = 0)
    $watch = @{ Quiet = 0; Seen = -1 }
    [void] (Wait-Until -Because 'the background pipeline was to block' {
        if ($Background.Result.IsCompleted) {
            throw "The background pipeline ended instead of waiting: $($Background.Output) $($Background.PowerShell.Streams.Error)"
        }
        $now = $Background.Output.Count
        $running = [string] $Background.PowerShell.InvocationStateInfo.State -eq 'Running'
        $watch.Quiet = if ($running -and $now -ge $OutputCount -and $now -eq $watch.Seen) { $watch.Quiet + 1 } else { 0 }
        $watch.Seen = $now
        $watch.Quiet -ge 10
    })
}

# Ctrl+C for a background pipeline; returns how many milliseconds it took to end.
function Stop-Background {
    param([Parameter(Mandatory)] $Background, [double] $TimeoutSeconds = 10)
    $clock = [System.Diagnostics.Stopwatch]::StartNew()
    $stopping = $Background.PowerShell.BeginStop($null, $null)
    if (-not $stopping.AsyncWaitHandle.WaitOne([timespan]::FromSeconds($TimeoutSeconds))) {
        throw "The background pipeline did not stop within $TimeoutSeconds s."
    }
    $milliseconds = $clock.Elapsed.TotalMilliseconds
    $Background.PowerShell.EndStop($stopping)
    $milliseconds
}

# Waits for the end of a background pipeline and returns its output; its first error is thrown.
function Wait-Background {
    param([Parameter(Mandatory)] $Background, [double] $TimeoutSeconds = 15)
    if (-not $Background.Result.AsyncWaitHandle.WaitOne([timespan]::FromSeconds($TimeoutSeconds))) {
        throw "The background pipeline did not end within $TimeoutSeconds s."
    }
    [void] $Background.PowerShell.EndInvoke($Background.Result)
    if ($Background.PowerShell.Streams.Error.Count -gt 0) {
        throw $Background.PowerShell.Streams.Error[0]
    }
    $Background.Output
}

# How many sockets this process has open; Linux only, elsewhere the tests that count are skipped.
function Get-OpenSocketCount {
    $count = 0
    foreach ($path in [System.IO.Directory]::GetFileSystemEntries('/proc/self/fd')) {
        if ([System.IO.FileInfo]::new($path).LinkTarget -like 'socket:*') {
            $count++
        }
    }
    $count
}

# For AfterEach: closes all that the test has left, of the module's and its own.
function Clear-TestSocket {
    foreach ($item in $OpenedByTest) {
        if ($item -isnot [powershell]) {
            $item.Dispose()
        }
        elseif ([string] $item.InvocationStateInfo.State -ne 'Running') {
            $item.Runspace.Dispose()
            $item.Dispose()
        }
        else {
            # Not waited for here: what closes below ends it too.
            [void] $item.BeginStop($null, $null)
        }
    }
    $OpenedByTest.Clear()
    Get-SocketServer | Stop-SocketServer -Force
    Get-SocketConnection | Close-Socket -Abort
}
