# Runs all examples in this process, each in a runspace of its own that writes to this process's output as a console would. Before each stands a line
# "##### <number> <what was replaced, as JSON>", after it a line "##### end <objects left open>".
#
# What an example needs beyond loopback is in example-setup.ps1: names and ports to replace, peers to start before it, traffic while it
# runs. Port 9000 always stands for a free one. An example that cannot run here for want of what it needs is left out of the output.
param([Parameter(Mandatory)] [string] $Root, [double] $TimeoutSeconds = 20)

$ErrorActionPreference = 'Stop'
if (Test-Path variable:PSStyle) {
    $PSStyle.OutputRendering = 'PlainText'
}
$ModulePath = [System.IO.Path]::Combine($Root, 'PSSockets.psd1')
Import-Module $ModulePath
. ([System.IO.Path]::Combine($PSScriptRoot, 'examples.ps1'))
$setups = & ([System.IO.Path]::Combine($PSScriptRoot, 'example-setup.ps1'))
$folder = [System.IO.Directory]::CreateTempSubdirectory('pss').FullName

# A runspace with the module. What runs beside an example has no host: two pipelines at a time with one host take each other's verbose records.
function New-ExampleRunspace {
    param([switch] $Beside)
    $runspace = if ($Beside) { [runspacefactory]::CreateRunspace() } else { [runspacefactory]::CreateRunspace($Host) }
    $runspace.Open()
    $powershell = [powershell]::Create()
    $powershell.Runspace = $runspace
    [void] $powershell.AddCommand('Import-Module').AddParameter('Name', $ModulePath).Invoke()
    $powershell.Commands.Clear()
    $powershell
}

function Get-FreePort {
    $socket = [System.Net.Sockets.Socket]::new('InterNetwork', 'Stream', 'Tcp')
    $socket.Bind([System.Net.IPEndPoint]::new([ipaddress]::Loopback, 0))
    $socket.LocalEndPoint.Port
    $socket.Dispose()
}

# Runs a part of the set-up; what it outputs is of no interest, an error is.
function Invoke-Setup {
    param($PowerShell, [scriptblock] $Part, [object[]] $ArgumentList)
    $PowerShell.Commands.Clear()
    [void] $PowerShell.AddScript("`$ErrorActionPreference = 'Stop'`n. {$Part} @args | Out-Null`n`$ErrorActionPreference = 'Continue'")
    foreach ($argument in $ArgumentList) {
        [void] $PowerShell.AddArgument($argument)
    }
    [void] $PowerShell.Invoke()
}

# Errors are shown as a console shows those of one line. What has been shown is noted, for what runs beside.
$run = @'
. {{
{0}
}} 2>&1 | ForEach-Object {{ if ($_ -is [System.Management.Automation.ErrorRecord]) {{ "ERROR $($_.InvocationInfo.MyCommand.Name): $_" }} else {{ $_ }}; $ShownByExample.Enqueue("$_") }} | Out-Default
'@

function Invoke-Example {
    param($Example, $Setup, $Map)
    $powershell = New-ExampleRunspace
    $other = $null
    try {
        if ($Setup.Before) {
            Invoke-Setup $powershell $Setup.Before $Map, $folder
        }
        Write-Host "##### $number $(ConvertTo-Json $Map -Compress)"
        $prepared = $powershell
        $powershell = [powershell]::Create()
        $powershell.Runspace = $prepared.Runspace
        $shown = [System.Collections.Concurrent.ConcurrentQueue[string]]::new()
        $powershell.Runspace.SessionStateProxy.SetVariable('ShownByExample', $shown)
        [void] $powershell.AddScript(($run -f (Edit-Text $Example.Code $Map)))
        if ($Setup.While) {
            $other = New-ExampleRunspace -Beside
        }
        $running = $powershell.BeginInvoke()
        if ($Setup.While) {
            Invoke-Setup $other $Setup.While $Map, $powershell, $shown
            if ($Setup.Endless) {
                $powershell.Stop()
            }
        }
        if (-not $running.AsyncWaitHandle.WaitOne([timespan]::FromSeconds($TimeoutSeconds))) {
            Write-Host "ERROR : The example did not end within $TimeoutSeconds s."
            $powershell.Stop()
        }
        elseif (-not $Setup.Endless) {
            [void] $powershell.EndInvoke($running)
        }
        if ($Setup.After) {
            Invoke-Setup $prepared $Setup.After $Map, $folder
        }
    }
    catch {
        # An error that ended the example, or its set-up.
        $cause = $_.Exception.GetBaseException()
        $record = if ($cause -is [System.Management.Automation.IContainsErrorRecord]) { $cause.ErrorRecord }
        Write-Host "ERROR $($record.InvocationInfo.MyCommand.Name): $(if ($record) { $record } else { $cause.Message })"
    }
    finally {
        # What a handled connection leaves goes a moment after the client.
        $left = { @(Get-SocketServer).Count + @(Get-SocketConnection).Count }
        $clock = [System.Diagnostics.Stopwatch]::StartNew()
        while ($null -eq $Setup -and $null -ne $Example.Remarks -and (& $left) -gt 0 -and $clock.ElapsedMilliseconds -lt 2000) {
            [System.Threading.Thread]::Sleep(10)
        }
        Write-Host "##### end $(& $left)"
        foreach ($used in @($powershell, $other) -ne $null) {
            $used.Stop()
            $used.Commands.Clear()
            [void] $used.AddScript('Remove-Module PSSockets').Invoke()
            $used.Runspace.Dispose()
            $used.Dispose()
        }
        Get-SocketServer | Stop-SocketServer -Force
        Get-SocketConnection | Close-Socket -Abort
    }
}

$number = -1
try {
    foreach ($example in Get-AllExample $Root) {
        $number++
        $setup = Find-Setup $example.Code $setups | Select-Object -First 1
        if ($setup.Needs -and -not (& $setup.Needs)) {
            continue
        }
        $map = [ordered] @{ '9000' = [string] (Get-FreePort) }
        if ($setup.Replace) {
            foreach ($name in $setup.Replace.Keys) {
                $map[$name] = $setup.Replace[$name]
            }
        }
        Invoke-Example $example $setup $map
    }
}
finally {
    [System.IO.Directory]::Delete($folder, $true)
}
