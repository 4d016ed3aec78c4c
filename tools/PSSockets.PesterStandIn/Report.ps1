# What the user reads, and the counts.

function Write-Line([string] $Text, [System.ConsoleColor] $Colour = 'Gray', [int] $Depth = 0) {
    Write-Host ((' ' * $Depth) + $Text) -ForegroundColor $Colour
}

function Get-Depth($Item) {
    for ($depth = 0; $null -ne $Item.Parent; $depth++) {
        $Item = $Item.Parent
    }

    $depth
}

function Write-BlockHeading($Block) {
    if ($null -ne $Block.Parent) {
        Write-Line $Block.ExpandedName Green (Get-Depth $Block)
    }
}

function Write-TestResult($Test) {
    $mark, $colour = switch ($Test.Result) {
        'Passed' { '[+]', 'Green' }
        'Failed' { '[-]', 'Red' }
        'Skipped' { '[!]', 'Yellow' }
        default { '[?]', 'Yellow' }
    }
    $note = if ($Test.Error -and $Test.Result -ne 'Failed') { ", $($Test.Error.Exception.Message)" }
    Write-Line ('{0} {1}{2} {3:0}ms' -f $mark, $Test.ExpandedName, $note, $Test.Duration.TotalMilliseconds) $colour (Get-Depth $Test)
    if ($Test.Result -eq 'Failed') {
        Write-Failure $Test.Error (Get-Depth $Test)
    }
}

function Write-BlockFailure($Block) {
    Write-Line "[-] Block '$($Block.ExpandedName)' failed in its set-up or tear-down" Red (Get-Depth $Block)
    Write-Failure $Block.Error (Get-Depth $Block)
}

function Write-Failure($ErrorRecord, [int] $Depth = 0) {
    foreach ($line in ("$ErrorRecord" -split '\r?\n')) {
        Write-Line $line Red ($Depth + 1)
    }

    # A failed assertion brings the place of its Should along; for anything else the call stack outside of this module says it.
    if ($ErrorRecord.FullyQualifiedErrorId -eq 'PesterAssertionFailed') {
        $place = $ErrorRecord.TargetObject
        Write-Line "at $($place.LineText.Trim()), $($place.File):$($place.Line)" Red ($Depth + 1)
        return
    }

    foreach ($match in [regex]::Matches($ErrorRecord.ScriptStackTrace, '(?m)^at (.*), (.*): line (\d+)')) {
        $caller, $file, $line = $match.Groups[1..3].Value
        if (-not $file.StartsWith($PSScriptRoot)) {
            Write-Line "at $caller, ${file}:$line" Red ($Depth + 1)
        }
    }

    # What the parser says has no stack, but names its place itself.
    if ($ErrorRecord.Exception -is [System.Management.Automation.ParseException]) {
        foreach ($item in $ErrorRecord.Exception.Errors) {
            Write-Line "at $($item.Extent.File):$($item.Extent.StartLineNumber)" Red ($Depth + 1)
        }
    }
}

function Measure-Result($Block, $Counts) {
    if ($Block.Error) {
        $Counts.FailedBlocks++
    }

    foreach ($child in $Block.Children) {
        if ($child.Kind -eq 'Test') {
            $Counts[$child.Result]++
        }
        else {
            Measure-Result $child $Counts
        }
    }
}

# A value as failure messages show it.
function Format-Value($Value) {
    if ($null -eq $Value) { '$null' }
    elseif ($Value -is [string]) { "'$Value'" }
    elseif ($Value -is [bool]) { '$' + "$Value".ToLower() }
    elseif ($Value -is [type]) { "[$($Value.FullName)]" }
    elseif ($Value -is [System.Collections.IDictionary]) {
        '@{' + (@(foreach ($key in $Value.Keys) { "$key=$(Format-Value $Value[$key])" }) -join '; ') + '}'
    }
    elseif ($Value -is [System.Collections.ICollection]) {
        '@(' + (@(foreach ($item in $Value) { Format-Value $item }) -join ', ') + ')'
    }
    else { "$Value" }
}

# A value as names show it: text without quotes.
function Format-TemplateValue($Value) {
    if ($Value -is [string]) { $Value } else { Format-Value $Value }
}

function Format-Because([string] $Because) {
    if (-not [string]::IsNullOrWhiteSpace($Because)) {
        " because $($Because.Trim() -replace '^because\s+'),"
    }
}
