# The operators of Should.
#   Takes      parameters beside -Not and -Because
#   WholeInput the piped values are tested as one collection, not one by one
#   Test       true when the assertion holds; or a table with Holds, But (what came instead) and Data (what -PassThru gives)
#   TestNot    the test of -Not where that is not simply the contrary
#   Expected   the words for the failure message

$script:parameterFilter = 'ExpectedValue', 'Mandatory', 'Type', 'Alias', 'InParameterSet'

$script:operators = @{
    Be               = @{
        Takes = 'ExpectedValue'; WholeInput = $true
        Test = { param($Actual, $Argument) Test-ArrayEqual $Actual $Argument.ExpectedValue }
        Expected = { param($Argument) Format-Value $Argument.ExpectedValue }
    }
    BeExactly        = @{
        Takes = 'ExpectedValue'; WholeInput = $true
        Test = { param($Actual, $Argument) Test-ArrayEqual $Actual $Argument.ExpectedValue -CaseSensitive }
        Expected = { param($Argument) "exactly $(Format-Value $Argument.ExpectedValue)" }
    }
    BeNullOrEmpty    = @{
        WholeInput = $true
        Test = { param($Actual) Test-NullOrEmpty $Actual }
        Expected = { '$null or empty' }
    }
    BeTrue           = @{
        Test = { param($Actual) [bool] $Actual }
        Expected = { '$true' }
    }
    BeFalse          = @{
        Test = { param($Actual) -not $Actual }
        Expected = { '$false' }
    }
    BeGreaterThan    = @{
        Takes = 'ExpectedValue'
        Test = { param($Actual, $Argument) -not ($Actual -le $Argument.ExpectedValue) }
        TestNot = { param($Actual, $Argument) -not ($Actual -gt $Argument.ExpectedValue) }
        Expected = { param($Argument) "a value greater than $(Format-Value $Argument.ExpectedValue)" }
    }
    BeGreaterOrEqual = @{
        Takes = 'ExpectedValue'
        Test = { param($Actual, $Argument) -not ($Actual -lt $Argument.ExpectedValue) }
        TestNot = { param($Actual, $Argument) -not ($Actual -ge $Argument.ExpectedValue) }
        Expected = { param($Argument) "a value greater than or equal to $(Format-Value $Argument.ExpectedValue)" }
    }
    BeLessThan       = @{
        Takes = 'ExpectedValue'
        Test = { param($Actual, $Argument) -not ($Actual -ge $Argument.ExpectedValue) }
        TestNot = { param($Actual, $Argument) -not ($Actual -lt $Argument.ExpectedValue) }
        Expected = { param($Argument) "a value less than $(Format-Value $Argument.ExpectedValue)" }
    }
    BeLessOrEqual    = @{
        Takes = 'ExpectedValue'
        Test = { param($Actual, $Argument) -not ($Actual -gt $Argument.ExpectedValue) }
        TestNot = { param($Actual, $Argument) -not ($Actual -le $Argument.ExpectedValue) }
        Expected = { param($Argument) "a value less than or equal to $(Format-Value $Argument.ExpectedValue)" }
    }
    BeLike           = @{
        Takes = 'ExpectedValue'
        Test = { param($Actual, $Argument) $Actual -like $Argument.ExpectedValue }
        Expected = { param($Argument) "a value like $(Format-Value $Argument.ExpectedValue)" }
    }
    BeLikeExactly    = @{
        Takes = 'ExpectedValue'
        Test = { param($Actual, $Argument) $Actual -clike $Argument.ExpectedValue }
        Expected = { param($Argument) "a value exactly like $(Format-Value $Argument.ExpectedValue)" }
    }
    Match            = @{
        Takes = 'ExpectedValue'
        Test = { param($Actual, $Argument) $Actual -match $Argument.ExpectedValue }
        Expected = { param($Argument) "a match of $(Format-Value $Argument.ExpectedValue)" }
    }
    MatchExactly     = @{
        Takes = 'ExpectedValue'
        Test = { param($Actual, $Argument) $Actual -cmatch $Argument.ExpectedValue }
        Expected = { param($Argument) "an exact match of $(Format-Value $Argument.ExpectedValue)" }
    }
    BeOfType         = @{
        Takes = 'ExpectedValue'
        Test = { param($Actual, $Argument) Test-OfType $Actual $Argument.ExpectedValue }
        Expected = { param($Argument) "a value of type $($Argument.ExpectedValue)" }
    }
    HaveCount        = @{
        Takes = 'ExpectedValue'; WholeInput = $true
        Test = { param($Actual, $Argument) Test-Count $Actual $Argument.ExpectedValue }
        Expected = { param($Argument) "a collection with size $($Argument.ExpectedValue)" }
    }
    Contain          = @{
        Takes = 'ExpectedValue'; WholeInput = $true
        Test = { param($Actual, $Argument) $Actual -contains $Argument.ExpectedValue }
        Expected = { param($Argument) "a collection with $(Format-Value $Argument.ExpectedValue)" }
    }
    BeIn             = @{
        Takes = 'ExpectedValue'
        Test = { param($Actual, $Argument) $Argument.ExpectedValue -contains $Actual }
        Expected = { param($Argument) "a value in $(Format-Value $Argument.ExpectedValue)" }
    }
    Exist            = @{
        Test = { param($Actual) $ExecutionContext.InvokeProvider.Item.Exists($Actual) }
        Expected = { 'an existing path' }
    }
    Throw            = @{
        Takes = 'ExpectedValue', 'ErrorId', 'ExceptionType', 'PassThru'
        Test = { param($Actual, $Argument) Test-Throw $Actual $Argument }
        TestNot = { param($Actual) Test-NoThrow $Actual }
        Expected = { param($Argument) "an exception$(Format-Filter $Argument 'ExceptionType', 'ExpectedValue', 'ErrorId')" }
    }
    HaveParameter    = @{
        Takes = $script:parameterFilter
        Test = { param($Actual, $Argument) Test-Parameter $Actual $Argument }
        TestNot = { param($Actual, $Argument) Test-NoParameter $Actual $Argument }
        Expected = { param($Argument) "a command with a parameter$(Format-Filter $Argument $script:parameterFilter)" }
    }
}
