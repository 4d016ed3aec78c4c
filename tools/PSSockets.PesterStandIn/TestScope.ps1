# The code of a test file runs in the session state of whoever started the run, not in this module's: what BeforeAll sets there,
# the tests see. A scope of that session state is made by calling a block that is bound to it; `.` then runs user code inside.

function Initialize-TestScope([System.Management.Automation.SessionState] $SessionState) {
    $binder = [psmoduleinfo]::new($false)
    $binder.SessionState = $SessionState

    $script:newScope = $binder.NewBoundScriptBlock({
            param($______body, $______variables)
            foreach ($______name in $______variables.Keys) {
                $ExecutionContext.SessionState.PSVariable.Set($______name, $______variables[$______name])
            }

            & $______body
        })
    $script:runFile = $binder.NewBoundScriptBlock({
            param($______file)
            . $______file
        })
    $script:expandText = $binder.NewBoundScriptBlock({
            param($______code)
            . ([scriptblock]::Create($______code))
        })
}

# Runs code of this module with a new scope under it for the code of the test file, which sees the variables there.
function Invoke-InTestScope([scriptblock] $Body, [hashtable] $Variables = @{}) {
    & $script:newScope $Body $Variables
}

# Runs a block of the test file in the current test scope. A stray break or continue ends the block only.
function Invoke-UserCode([scriptblock] $Code) {
    if ($null -ne $Code) {
        do {
            $null = . $Code
        } until ($true)
    }
}

# The variables that -ForEach makes: `$_`, and one for each key of a dictionary.
function Get-DataVariable($Item) {
    if (-not $Item.HasData) {
        return @{}
    }

    $variables = @{ _ = $Item.Data }
    if ($Item.Data -is [System.Collections.IDictionary]) {
        foreach ($key in $Item.Data.Keys) {
            $variables["$key"] = $Item.Data[$key]
        }
    }

    $variables
}

# Replaces `<expression>` in a name by its value in the current test scope; a backtick keeps the bracket.
function Expand-TestName([string] $Name) {
    if ($Name -notlike '*<*') {
        return $Name
    }

    $position = 0
    $result = foreach ($match in [regex]::Matches($Name, '(?<!`)<([^>`]+)>|`([<>])')) {
        $Name.Substring($position, $match.Index - $position)
        if ($match.Groups[1].Success) {
            Format-TemplateValue (. $script:expandText ('$' + $match.Groups[1].Value))
        }
        else {
            $match.Groups[2].Value
        }

        $position = $match.Index + $match.Length
    }

    -join @($result; $Name.Substring($position))
}
