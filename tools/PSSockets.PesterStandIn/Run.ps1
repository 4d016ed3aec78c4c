# The run: each block and each test in a scope of its own, inside that of its parent.

function Test-HasTest($Block) {
    foreach ($child in $Block.Children) {
        if ($child.Kind -eq 'Test' -or (Test-HasTest $child)) {
            return $true
        }
    }

    $false
}

# Decides what runs: by tags, and with a block skipped as a whole when all of it is.
function Select-Test($Block, [string[]] $Tag, [string[]] $ExcludeTag, [bool] $Included) {
    foreach ($child in $Block.Children) {
        $child.Skip = $child.Skip -or $Block.Skip
        $excluded = -not $Block.ShouldRun -or (Test-AnyTag $child.Tag $ExcludeTag)
        $chosen = $Included -or (Test-AnyTag $child.Tag $Tag)
        if ($child.Kind -eq 'Test') {
            $child.ShouldRun = -not $excluded -and ($chosen -or $Tag.Count -eq 0)
        }
        else {
            $child.ShouldRun = -not $excluded
            Select-Test $child $Tag $ExcludeTag $chosen
        }
    }

    $running = @(foreach ($child in $Block.Children) { if ($child.ShouldRun) { $child } })
    $Block.ShouldRun = $running.Count -gt 0
    $Block.Skip = $Block.Skip -or @(foreach ($child in $running) { if (-not $child.Skip) { $child } }).Count -eq 0
}

function Test-AnyTag([string[]] $Tag, [string[]] $Pattern) {
    foreach ($wanted in $Pattern) {
        if (@($Tag) -like $wanted) {
            return $true
        }
    }

    $false
}

function Invoke-TestFile($Root) {
    $drive = New-TestDrive
    try {
        Invoke-InTestScope { Invoke-BlockContent $Root } @{ TestDrive = $drive.Root }
    }
    finally {
        Remove-TestDrive $drive
    }
}

function Invoke-Block($Block) {
    if (-not $Block.ShouldRun) {
        return
    }

    $before = Get-TestDriveContent
    try {
        Invoke-InTestScope { Invoke-BlockContent $Block } (Get-DataVariable $Block)
    }
    finally {
        Reset-TestDrive $before
    }
}

# BeforeAll, the children, AfterAll. When BeforeAll fails no child runs, and all of them have failed.
function Invoke-BlockContent($Block) {
    if (-not $Block.ShouldRun) {
        return
    }

    try {
        if (-not $Block.Skip) {
            Invoke-UserCode $Block.BeforeAll
        }

        $Block.ExpandedName = Expand-TestName $Block.Name
    }
    catch {
        $Block.Error = $_
    }

    Write-BlockHeading $Block
    if ($Block.Error) {
        Set-ChildrenFailed $Block $Block.Error
    }
    else {
        foreach ($child in $Block.Children) {
            if ($child.Kind -eq 'Test') {
                Invoke-Test $child
            }
            else {
                Invoke-Block $child
            }
        }
    }

    try {
        if (-not $Block.Skip) {
            Invoke-UserCode $Block.AfterAll
        }
    }
    catch {
        $Block.Error = $_
    }

    if ($Block.Error) {
        Write-BlockFailure $Block
    }
}

function Set-ChildrenFailed($Block, $ErrorRecord) {
    foreach ($child in $Block.Children) {
        if (-not $child.ShouldRun) {
            continue
        }

        if ($child.Kind -eq 'Block') {
            Set-ChildrenFailed $child $ErrorRecord
        }
        else {
            $child.Result = if ($child.Skip) { 'Skipped' } else { 'Failed' }
            $child.Error = $ErrorRecord
            Write-TestResult $child
        }
    }
}

function Invoke-Test($Test) {
    if (-not $Test.ShouldRun) {
        return
    }

    $watch = [System.Diagnostics.Stopwatch]::StartNew()
    Invoke-InTestScope { Invoke-TestContent $Test } (Get-DataVariable $Test)

    $Test.Duration = $watch.Elapsed
    Write-TestResult $Test
}

function Invoke-TestContent($Test) {
    if ($Test.Skip) {
        $Test.Result = 'Skipped'
        Expand-SkippedTestName $Test
        return
    }

    try {
        foreach ($code in @(Get-InheritedCode $Test BeforeEach)) {
            Invoke-UserCode $code
        }

        $Test.ExpandedName = Expand-TestName $Test.Name
        Invoke-UserCode $Test.Body
        $Test.Result = 'Passed'
    }
    catch {
        Set-TestError $Test $_
    }

    foreach ($code in @(Get-InheritedCode $Test AfterEach)) {
        try {
            Invoke-UserCode $code
        }
        catch {
            Set-TestError $Test $_
        }
    }
}

# What a name needs may be made by set-up code, which a skipped test does not run: then the name stays as it is.
function Expand-SkippedTestName($Test) {
    try {
        $Test.ExpandedName = Expand-TestName $Test.Name
    }
    catch {
        $Test.ExpandedName = $Test.Name
    }
}

# BeforeEach from the outermost block inwards, AfterEach from the innermost outwards.
function Get-InheritedCode($Test, [string] $Command) {
    $code = [System.Collections.Generic.List[object]]::new()
    for ($block = $Test.Parent; $null -ne $block; $block = $block.Parent) {
        if ($null -ne $block.$Command) {
            $code.Add($block.$Command)
        }
    }

    if ($Command -eq 'BeforeEach') {
        $code.Reverse()
    }

    $code
}

function Set-TestError($Test, $ErrorRecord) {
    $Test.Result = switch ($ErrorRecord.FullyQualifiedErrorId) {
        'PesterTestSkipped' { 'Skipped' }
        'PesterTestInconclusive' { 'Inconclusive' }
        default { 'Failed' }
    }
    $Test.Error = $ErrorRecord
}

function Set-ItResult {
    [CmdletBinding()]
    param(
        [Parameter(Mandatory, ParameterSetName = 'Inconclusive')] [switch] $Inconclusive,
        [Parameter(Mandatory, ParameterSetName = 'Skipped')] [switch] $Skipped,
        [string] $Because
    )

    $message = "is $($PSCmdlet.ParameterSetName.ToLower())$(Format-Because $Because)".TrimEnd(',')
    throw [System.Management.Automation.ErrorRecord]::new(
        [System.Exception]::new($message), "PesterTest$($PSCmdlet.ParameterSetName)", 'InvalidResult', $null)
}
