# Dot-sourced beside common.ps1: programs that owe nothing to the module, as peers, and short words for talking to a server.

# The programs that the test has started; Stop-Peer ends them.
$StartedByTest = [System.Collections.Generic.List[System.Diagnostics.Process]]::new()

# The files that were written for them, gone with them.
$WrittenForPeers = [System.Collections.Generic.List[string]]::new()

# Starts a program. Its output is gathered; Wait-Peer gives it. Without -KeepInput the input ends at once, behind -InputText where given.
function Start-Peer {
    param([string] $FileName, [string[]] $ArgumentList = @(), [string] $InputText = '', [switch] $KeepInput)
    $start = [System.Diagnostics.ProcessStartInfo]::new($FileName)
    foreach ($argument in $ArgumentList) {
        $start.ArgumentList.Add($argument)
    }
    $start.RedirectStandardInput = $start.RedirectStandardOutput = $start.RedirectStandardError = $true
    $start.UseShellExecute = $false
    $process = [System.Diagnostics.Process]::Start($start)
    $StartedByTest.Add($process)
    $output = [System.IO.MemoryStream]::new()
    $peer = [pscustomobject] @{
        Name = $FileName
        Process = $process
        Output = $output
        Copying = $process.StandardOutput.BaseStream.CopyToAsync($output)
        Errors = $process.StandardError.ReadToEndAsync()
    }
    $process.StandardInput.AutoFlush = $true
    $process.StandardInput.NewLine = "`n"
    $process.StandardInput.Write($InputText)
    if (-not $KeepInput) {
        $process.StandardInput.Close()
    }
    $peer
}

# Waits for the end of a program and gives its output as text, or as one byte[]; one that does not end fails the test.
function Wait-Peer {
    param($Peer, [double] $TimeoutSeconds = 15, [switch] $AsBytes)
    if (-not $Peer.Process.WaitForExit([int] ($TimeoutSeconds * 1000)) -or -not $Peer.Copying.Wait([timespan]::FromSeconds($TimeoutSeconds))) {
        throw "$($Peer.Name) did not end within $TimeoutSeconds s."
    }
    if ($AsBytes) {
        return , $Peer.Output.ToArray()
    }
    [System.Text.Encoding]::UTF8.GetString($Peer.Output.ToArray()) + $Peer.Errors.Result
}

# For AfterEach: ends the programs that are still there.
function Stop-Peer {
    foreach ($process in $StartedByTest) {
        if (-not $process.HasExited) {
            $process.Kill($true)
            $process.WaitForExit()
        }
        $process.Dispose()
    }
    $StartedByTest.Clear()
    foreach ($path in $WrittenForPeers) {
        Remove-Item -LiteralPath $path
    }
    $WrittenForPeers.Clear()
}

# The program that runs these tests, as the start of a command line: for what needs a process of its own.
function Start-Shell {
    param([string] $Script)
    $path = New-TestPath -Extension '.ps1'
    $WrittenForPeers.Add($path)
    Set-Content -LiteralPath $path -Value "`$ErrorActionPreference = 'Stop'`nImport-Module '$ModulePath'`n$Script"
    Start-Peer -FileName ([System.Environment]::ProcessPath) -ArgumentList '-NoProfile', '-NonInteractive', '-File', $path
}

function Connect-ToServer {
    param($Server, [hashtable] $Parameters = @{})
    Connect-TcpClient -ComputerName 127.0.0.1 -Port $Server.Port -ErrorAction Stop @Parameters
}

# Sends one message and gives the one that comes back.
function Get-Answer {
    param($Connection, $Message)
    Send-SocketData -Connection $Connection -InputObject $Message -ErrorAction Stop
    Receive-SocketData -Connection $Connection -TimeoutSeconds 10 -ErrorAction Stop
}

# How a connection to a server ends: 'reset' or 'end'; a message that comes instead is given as it is.
function Wait-ConnectionEnd {
    param($Connection, [double] $TimeoutSeconds = 10)
    try {
        $message = Receive-SocketData -Connection $Connection -TimeoutSeconds $TimeoutSeconds -ErrorAction Stop
        if ($null -eq $message) { 'end' } else { $message }
    }
    catch {
        if ($_.FullyQualifiedErrorId -notlike 'ConnectionReset,*') {
            throw
        }
        'reset'
    }
}

# Waits until the server has kept so many errors, and gives them.
function Wait-ServerError {
    param($Server, [int] $Count = 1)
    [void] (Wait-Until -Because "$Count errors were to be kept" { $Server.ErrorCount -ge $Count })
    $Server.Errors
}
