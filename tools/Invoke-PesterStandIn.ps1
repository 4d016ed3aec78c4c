# Runs Pester test files in the embedded shell; the exit code is the number of failures.
param(
    [Parameter(Mandatory)] [string[]] $Path,
    [string[]] $Tag = @(),
    [string[]] $ExcludeTag = @()
)

Import-Module PesterStandIn
$result = Invoke-PesterStandIn @PSBoundParameters
exit [System.Math]::Min($result.FailedCount, 100)
