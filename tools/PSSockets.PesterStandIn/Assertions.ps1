# What the operators test.

function Format-Filter($Argument, [string[]] $Name) {
    foreach ($item in $Name) {
        if ($Argument.ContainsKey($item)) {
            " $(if ($item -ne 'ExpectedValue') { "-$item " })$(Format-Value $Argument[$item])"
        }
    }
}

# Null, an empty collection and a collection of one null are the same; only arrays inside are compared in depth.
function Test-ArrayEqual([object] $First, [object] $Second, [switch] $CaseSensitive) {
    $First = @($First)
    $Second = @($Second)
    $firstIsEmpty = $First.Count -eq 0 -or ($First.Count -eq 1 -and $null -eq $First[0])
    $secondIsEmpty = $Second.Count -eq 0 -or ($Second.Count -eq 1 -and $null -eq $Second[0])
    if ($firstIsEmpty -or $secondIsEmpty) {
        return $firstIsEmpty -and $secondIsEmpty
    }

    if ($First.Count -ne $Second.Count) {
        return $false
    }

    for ($i = 0; $i -lt $First.Count; $i++) {
        $same = if ($First[$i] -is [array] -or $Second[$i] -is [array]) {
            Test-ArrayEqual $First[$i] $Second[$i] -CaseSensitive:$CaseSensitive
        }
        elseif ($CaseSensitive) {
            $Second[$i] -ceq $First[$i]
        }
        else {
            $Second[$i] -eq $First[$i]
        }

        if (-not $same) {
            return $false
        }
    }

    $true
}

function Test-NullOrEmpty($Actual) {
    if ($null -eq $Actual -or $Actual.Count -eq 0) {
        return $true
    }

    if ($Actual.Count -ne 1) {
        return $false
    }

    if ($Actual[0] -is [hashtable]) { $Actual[0].Count -eq 0 } else { [string]::IsNullOrEmpty($Actual[0]) }
}

function Test-Count($Actual, [int] $Count) {
    if ($Count -lt 0) {
        throw [System.ArgumentException]::new('Expected collection size must be greater than or equal to 0.')
    }

    $(if ($null -eq $Actual) { 0 } else { $Actual.Count }) -eq $Count
}

# A name that is not a loaded type is looked for in the type names of the object.
function Test-OfType($Actual, $Expected) {
    if ($Expected -is [string]) {
        $name = $Expected -replace '^\[(.*)\]$', '$1'
        $Expected = $name -as [type]
        if ($null -eq $Expected) {
            return $null -ne $Actual -and $Actual.PSTypeNames -contains $name
        }
    }

    $Actual -is $Expected
}

# Runs the block and returns the error that it threw, or nothing.
function Get-ThrownError($Block) {
    if ($Block -isnot [scriptblock]) {
        throw [System.ArgumentException]::new('The input of Should -Throw must be a script block in curly braces.')
    }

    try {
        Invoke-UserCode { $null = & $Block }
    }
    catch {
        $_
    }
}

function Test-Throw($Block, $Argument) {
    $thrown = Get-ThrownError $Block
    if ($null -eq $thrown) {
        return @{ Holds = $false; But = 'no exception was thrown' }
    }

    $message = [string] $Argument.ExpectedValue
    $holds = ($null -eq $Argument.ExceptionType -or $thrown.Exception -is $Argument.ExceptionType) -and
        ([string]::IsNullOrWhiteSpace($message) -or $thrown.Exception.Message -like $message) -and
        ([string]::IsNullOrWhiteSpace($Argument.ErrorId) -or $thrown.FullyQualifiedErrorId -like $Argument.ErrorId)
    $what = "[$($thrown.Exception.GetType().FullName)] '$($thrown.Exception.Message)' with id $($thrown.FullyQualifiedErrorId)"
    @{ Holds = $holds; But = "$what was thrown"; Data = if ($Argument.PassThru) { $thrown } }
}

function Test-NoThrow($Block) {
    $thrown = Get-ThrownError $Block
    @{ Holds = $null -eq $thrown; But = "'$($thrown.Exception.Message)' was thrown $($thrown.InvocationInfo.PositionMessage)" }
}

function Assert-Command($Actual) {
    if ($Actual -isnot [System.Management.Automation.CommandInfo] -or $Actual -is [System.Management.Automation.ApplicationInfo]) {
        throw [System.ArgumentException]::new('The input of Should -HaveParameter must be what Get-Command returns.')
    }
}

function Test-Parameter($Actual, $Argument) {
    Assert-Command $Actual
    $parameter = $Actual.Parameters[$Argument.ExpectedValue]
    if ($null -eq $parameter) {
        return @{ Holds = $false; But = 'the parameter is missing' }
    }

    $declared = @(foreach ($attribute in $parameter.Attributes) {
            if ($attribute -is [System.Management.Automation.ParameterAttribute] -and
                (-not $Argument.InParameterSet -or $attribute.ParameterSetName -eq $Argument.InParameterSet)) {
                $attribute
            }
        })
    if ($declared.Count -eq 0) {
        return @{ Holds = $false; But = "the parameter is not in set '$($Argument.InParameterSet)'" }
    }

    if ($Argument.ContainsKey('Mandatory') -and [bool] $Argument.Mandatory -ne ($declared.Mandatory -contains $true)) {
        return @{ Holds = $false; But = "its mandatory flag is $($declared.Mandatory -contains $true)" }
    }

    if ($null -ne $Argument.Type) {
        $type = if ($Argument.Type -is [string]) { [type] ($Argument.Type -replace '^\[(.*)\]$', '$1') } else { $Argument.Type }
        if ($parameter.ParameterType -ne $type) {
            return @{ Holds = $false; But = "its type is [$($parameter.ParameterType.FullName)]" }
        }
    }

    foreach ($alias in $Argument.Alias) {
        if ($parameter.Aliases -notcontains $alias) {
            return @{ Holds = $false; But = "it has no alias '$alias'" }
        }
    }

    @{ Holds = $true }
}

function Test-NoParameter($Actual, $Argument) {
    Assert-Command $Actual
    if ($Argument.Count -gt 1) {
        throw [System.NotSupportedException]::new('PesterStandIn knows Should -Not -HaveParameter with a name only.')
    }

    @{ Holds = -not $Actual.Parameters.ContainsKey($Argument.ExpectedValue); But = 'the parameter exists' }
}
