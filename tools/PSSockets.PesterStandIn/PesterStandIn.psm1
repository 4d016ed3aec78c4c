# The stand-in runner: discovery collects blocks and tests from a file, the run executes them, the report counts them.
# What it does not know is an error of the test or of the file, never a pass.

# A fault of the runner itself must end the run; the code of a test file keeps its own preference.
$ErrorActionPreference = 'Stop'

# The block that is being discovered, or null outside of discovery.
$script:discovering = $null

. "$PSScriptRoot/Discovery.ps1"
. "$PSScriptRoot/TestScope.ps1"
. "$PSScriptRoot/TestDrive.ps1"
. "$PSScriptRoot/Run.ps1"
. "$PSScriptRoot/Report.ps1"
. "$PSScriptRoot/Operators.ps1"
. "$PSScriptRoot/Assertions.ps1"
. "$PSScriptRoot/Should.ps1"

# Runs test files one after another and returns the counts. FailedCount covers tests, blocks and files.
function Invoke-PesterStandIn {
    [CmdletBinding()]
    param(
        [Parameter(Mandatory, Position = 0)] [string[]] $Path,
        [string[]] $Tag = @(),
        [string[]] $ExcludeTag = @()
    )

    Write-Line 'PesterStandIn: this is the stand-in runner, not Pester.' Cyan
    $counts = @{ Passed = 0; Failed = 0; Skipped = 0; Inconclusive = 0; NotRun = 0; FailedBlocks = 0; FailedFiles = 0 }
    foreach ($item in $Path) {
        $file = $PSCmdlet.GetUnresolvedProviderPathFromPSPath($item)
        Initialize-TestScope $PSCmdlet.SessionState
        $root = Find-Test $file
        if ($root.Error) {
            $counts.FailedFiles++
            Write-Line "[-] Discovery of $file failed" Red
            Write-Failure $root.Error
        }
        elseif (-not (Test-HasTest $root)) {
            $counts.FailedFiles++
            Write-Line "[-] $file has no tests" Red
        }
        else {
            Write-Line "Running tests from '$file'" Cyan
            Select-Test $root $Tag $ExcludeTag
            Invoke-TestFile $root
            Measure-Result $root $counts
        }
    }

    $failedCount = $counts.Failed + $counts.FailedBlocks + $counts.FailedFiles
    $summary = "Tests Passed: $($counts.Passed), Failed: $($counts.Failed), Skipped: $($counts.Skipped), " +
        "Inconclusive: $($counts.Inconclusive), NotRun: $($counts.NotRun)"
    Write-Line $summary $(if ($failedCount) { 'Red' } else { 'Green' })
    if ($counts.FailedBlocks -or $counts.FailedFiles) {
        Write-Line "Blocks failed: $($counts.FailedBlocks), files failed: $($counts.FailedFiles)" Red
    }

    [pscustomobject] ($counts + @{ FailedCount = $failedCount })
}
