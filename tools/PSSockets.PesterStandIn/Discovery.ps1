# Discovery: the file and the bodies of its blocks run, tests and set-up code are only collected.

function New-Block([string] $Name, $Parent, [string[]] $Tag, [bool] $Skip, [bool] $HasData, $Data) {
    [pscustomobject] @{
        Kind = 'Block'; Name = $Name; ExpandedName = $Name; Parent = $Parent; Tag = $Tag; Skip = $Skip; HasData = $HasData; Data = $Data
        BeforeAll = $null; AfterAll = $null; BeforeEach = $null; AfterEach = $null
        Children = [System.Collections.Generic.List[object]]::new(); ShouldRun = $true; Error = $null
    }
}

function New-Test([string] $Name, $Parent, [string[]] $Tag, [bool] $Skip, [bool] $HasData, $Data, [scriptblock] $Body) {
    [pscustomobject] @{
        Kind = 'Test'; Name = $Name; ExpandedName = $Name; Parent = $Parent; Tag = $Tag; Skip = $Skip; HasData = $HasData; Data = $Data
        Body = $Body; ShouldRun = $true; Result = 'NotRun'; Error = $null; Duration = [timespan]::Zero
    }
}

# Collects a file. The root block that it returns has an Error if that failed.
function Find-Test([string] $File) {
    $root = New-Block -Name $File
    $script:discovering = $root
    try {
        if (-not [System.IO.File]::Exists($File)) {
            throw "There is no file '$File'."
        }

        Invoke-InTestScope { $null = . $script:runFile $File }
    }
    catch {
        $root.Error = $_
    }
    finally {
        $script:discovering = $null
    }

    $root
}

function Assert-Discovering([string] $Command, [switch] $BelowRoot) {
    if ($null -eq $script:discovering) {
        throw "$Command can be used only while a file is discovered, not inside a test or a set-up block."
    }

    if ($BelowRoot -and $null -eq $script:discovering.Parent) {
        throw "$Command cannot stand outside of a Describe block."
    }
}

# The cases of -ForEach, or one case without data. Null and empty are errors unless they are allowed.
function Get-DataCase($Bound) {
    if (-not $Bound.ContainsKey('ForEach')) {
        return @{ HasData = $false; Data = $null }
    }

    if ($null -eq $Bound.ForEach -or @($Bound.ForEach).Count -eq 0) {
        if ($Bound.ContainsKey('AllowNullOrEmptyForEach') -and $Bound.AllowNullOrEmptyForEach) {
            return
        }

        throw [System.ArgumentException]::new('-ForEach is null or empty; use -AllowNullOrEmptyForEach if that is expected.')
    }

    foreach ($item in @($Bound.ForEach)) {
        @{ HasData = $true; Data = $item }
    }
}

function Describe {
    [CmdletBinding()]
    param(
        [Parameter(Mandatory, Position = 0)] [string] $Name,
        [Parameter(Mandatory, Position = 1)] [scriptblock] $Fixture,
        [Alias('Tags')] [string[]] $Tag = @(),
        [switch] $Skip,
        [switch] $AllowNullOrEmptyForEach,
        $ForEach
    )

    Assert-Discovering $MyInvocation.MyCommand.Name
    $parent = $script:discovering
    foreach ($case in @(Get-DataCase $PSBoundParameters)) {
        $block = New-Block -Name $Name -Parent $parent -Tag $Tag -Skip $Skip @case
        $parent.Children.Add($block)
        $script:discovering = $block
        try {
            Invoke-InTestScope { $null = . $Fixture } (Get-DataVariable $block)
        }
        finally {
            $script:discovering = $parent
        }
    }
}

${function:Context} = ${function:Describe}

function It {
    [CmdletBinding()]
    param(
        [Parameter(Mandatory, Position = 0)] [string] $Name,
        [Parameter(Mandatory, Position = 1)] [scriptblock] $Test,
        [Alias('TestCases')] [object[]] $ForEach,
        [string[]] $Tag = @(),
        [switch] $Skip,
        [switch] $AllowNullOrEmptyForEach
    )

    Assert-Discovering It -BelowRoot
    foreach ($case in @(Get-DataCase $PSBoundParameters)) {
        $script:discovering.Children.Add((New-Test -Name $Name -Parent $script:discovering -Tag $Tag -Skip $Skip @case -Body $Test))
    }
}

function Set-BlockCode([string] $Command, [scriptblock] $Code) {
    Assert-Discovering $Command
    if ($null -ne $script:discovering.$Command) {
        throw "$Command is already defined in this block. Each block can have only one."
    }

    $script:discovering.$Command = $Code
}

function BeforeAll {
    [CmdletBinding()]
    param([Parameter(Mandatory, Position = 0)] [scriptblock] $Scriptblock)

    Set-BlockCode BeforeAll $Scriptblock
}

function AfterAll {
    [CmdletBinding()]
    param([Parameter(Mandatory, Position = 0)] [scriptblock] $Scriptblock)

    Set-BlockCode AfterAll $Scriptblock
}

function BeforeEach {
    [CmdletBinding()]
    param([Parameter(Mandatory, Position = 0)] [scriptblock] $Scriptblock)

    Set-BlockCode BeforeEach $Scriptblock
}

function AfterEach {
    [CmdletBinding()]
    param([Parameter(Mandatory, Position = 0)] [scriptblock] $Scriptblock)

    Set-BlockCode AfterEach $Scriptblock
}

function BeforeDiscovery {
    [CmdletBinding()]
    param([Parameter(Mandatory, Position = 0)] [scriptblock] $ScriptBlock)

    Assert-Discovering BeforeDiscovery
    $null = . $ScriptBlock
}
