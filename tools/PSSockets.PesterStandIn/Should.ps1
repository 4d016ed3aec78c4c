# Should: exactly one operator, no parameter that the operator does not take.

function Should {
    [CmdletBinding(PositionalBinding = $false)]
    param(
        [Parameter(ValueFromPipeline)] [object] $ActualValue,
        [switch] $Not,
        [string] $Because,

        [switch] $Be,
        [switch] $BeExactly,
        [switch] $BeNullOrEmpty,
        [switch] $BeTrue,
        [switch] $BeFalse,
        [switch] $BeGreaterThan,
        [switch] $BeGreaterOrEqual,
        [switch] $BeLessThan,
        [switch] $BeLessOrEqual,
        [switch] $BeLike,
        [switch] $BeLikeExactly,
        [switch] $Match,
        [switch] $MatchExactly,
        [switch] $BeOfType,
        [switch] $HaveCount,
        [switch] $Contain,
        [switch] $BeIn,
        [switch] $Exist,
        [switch] $Throw,
        [switch] $HaveParameter,

        [Parameter(Position = 0)]
        [Alias('RegularExpression', 'ExpectedType', 'ExpectedMessage', 'ParameterName')]
        [object] $ExpectedValue,

        [string] $ErrorId,
        [type] $ExceptionType,
        [switch] $PassThru,
        [switch] $Mandatory,
        [object] $Type,
        [string[]] $Alias,
        [string] $InParameterSet
    )

    begin {
        $values = [System.Collections.Generic.List[psobject]]::new()
    }

    process {
        $values.Add($ActualValue)
    }

    end {
        $argument = @{} + $PSBoundParameters
        foreach ($name in @('ActualValue', 'Not', 'Because', 'ErrorAction')) {
            $argument.Remove($name)
        }

        $name = @(foreach ($key in $argument.Keys) { if ($script:operators.ContainsKey($key)) { $key } })
        if ($name.Count -ne 1) {
            throw [System.ArgumentException]::new("Should needs exactly one operator, not $($name.Count): $name")
        }

        $operator = $script:operators[$name[0]]
        $argument.Remove($name[0])
        foreach ($key in $argument.Keys) {
            if ($operator.Takes -notcontains $key) {
                throw [System.ArgumentException]::new("Should -$($name[0]) does not take -$key.")
            }
        }

        # An empty pipeline is tested as null, as is a Should without input.
        $inputs = [System.Collections.Generic.List[object]]::new()
        if ($values.Count -eq 0) {
            $inputs.Add($null)
        }
        elseif (-not $operator.WholeInput) {
            $inputs.AddRange($values)
        }
        elseif ($MyInvocation.ExpectingInput) {
            $inputs.Add($values.ToArray())
        }
        else {
            $inputs.Add(@($ActualValue))
        }

        foreach ($value in $inputs) {
            Invoke-Operator $operator $value $argument $Not $Because $MyInvocation
        }
    }
}

function Invoke-Operator($Operator, $Value, $Argument, [bool] $Not, [string] $Because, $Caller) {
    $answer = if ($Not -and $Operator.TestNot) { & $Operator.TestNot $Value $Argument } else { & $Operator.Test $Value $Argument }
    $result = if ($answer -is [hashtable]) { $answer } else { @{ Holds = [bool] $answer -ne ($Not -and -not $Operator.TestNot) } }
    if ($result.Holds) {
        # What holds gives nothing, not even $null: it may stand in a function that gives something.
        if ($result.ContainsKey('Data')) {
            $result.Data
        }
        return
    }

    $shown = if ($Operator.WholeInput -and @($Value).Count -eq 1) { $Value[0] } else { $Value }
    $but = if ($result.But) { $result.But } else { "got $(Format-Value $shown)" }
    $message = "Expected $(if ($Not) { 'not ' })$(& $Operator.Expected $Argument),$(Format-Because $Because) but $but."
    throw [System.Management.Automation.ErrorRecord]::new(
        [System.Exception]::new($message),
        'PesterAssertionFailed',
        'InvalidResult',
        @{ File = $Caller.ScriptName; Line = $Caller.ScriptLineNumber; LineText = $Caller.Line })
}
