BeforeDiscovery {
    . ([System.IO.Path]::Combine($PSScriptRoot, 'Support', 'examples.ps1'))
    $helpFolder = [System.IO.Path]::GetFullPath([System.IO.Path]::Combine($PSScriptRoot, '..', 'module', 'en-US'))
    $help = [xml] [System.IO.File]::ReadAllText([System.IO.Path]::Combine($helpFolder, 'PSSockets.dll-Help.xml'))
    $commands = @($help.DocumentElement.ChildNodes | Where-Object { $_.LocalName -eq 'command' })
    $Topics = @(foreach ($command in $commands) {
        @{ Cmdlet = $command.details.name }
    })
    $Examples = @(Get-HelpExample ([System.IO.Path]::GetFullPath([System.IO.Path]::Combine($PSScriptRoot, '..'))))
    $AboutFiles = @([System.IO.Directory]::GetFiles($helpFolder, 'about_*.help.txt') | ForEach-Object {
        @{ File = [System.IO.Path]::GetFileName($_); Topic = [System.IO.Path]::GetFileName($_).Replace('.help.txt', '') }
    })
}

BeforeAll {
    . (Join-Path $PSScriptRoot 'Support' 'common.ps1')
    $HelpFolder = [System.IO.Path]::Combine($RepositoryRoot, 'module', 'en-US')
    $help = [xml] [System.IO.File]::ReadAllText([System.IO.Path]::Combine($HelpFolder, 'PSSockets.dll-Help.xml'))
    $Commands = @($help.DocumentElement.ChildNodes | Where-Object { $_.LocalName -eq 'command' })

    function Get-Topic {
        param([string] $Name)
        $Commands | Where-Object { $_.details.name -eq $Name }
    }

    # A cmdlet's parameters without those that all cmdlets have.
    function Get-OwnParameter {
        param($Parameters)
        $Parameters | Where-Object { $_.Name -notin [System.Management.Automation.PSCmdlet]::CommonParameters }
    }

    # The ids of all errors: the engine's, and those of the cmdlets, constants of an internal class.
    function Get-ErrorId {
        $assembly = (Get-Command Connect-TcpClient).ImplementingType.Assembly
        $records = $assembly.GetType('PSSockets.Errors.ErrorRecords')
        [enum]::GetNames([PSSockets.Engine.Errors.SocketErrorId])
        $records.GetFields('Static, Public') | Where-Object { $_.IsLiteral } | ForEach-Object { $_.GetRawConstantValue() }
    }

    # The default that a parameter has when nobody gives it, as help should say it; nothing where it is the type's own, such as 0.
    function Get-CompiledDefault {
        param($Cmdlet, [string] $Parameter)
        $type = (Get-Command $Cmdlet).ImplementingType
        $value = $type.GetProperty($Parameter).GetValue([System.Activator]::CreateInstance($type))
        if ($null -eq $value -or $value -is [scriptblock]) {
            return $null
        }
        if ($value -is [System.Text.Encoding]) {
            return $value.WebName.Replace('-', '')
        }
        if ($Parameter -eq 'ThrottleLimit') {
            return 'The number of processors'
        }
        if ($value -is [System.Management.Automation.SwitchParameter]) {
            return [string] [bool] $value
        }
        if ($value -is [array]) {
            $value = $value -join ', '
        }
        [string] $value
    }

    function ConvertTo-Sentence {
        param($Paragraphs)
        @($Paragraphs) -join ' '
    }
}

Describe 'The help files' {
    It 'lie where Get-Help looks: beside the assembly of the cmdlets' {
        foreach ($source in [System.IO.Directory]::GetFiles($HelpFolder)) {
            $copy = [System.IO.Path]::Combine($RepositoryRoot, 'module', 'bin', 'en-US', [System.IO.Path]::GetFileName($source))
            [System.IO.File]::ReadAllText($copy) | Should -BeExactly ([System.IO.File]::ReadAllText($source)) -Because 'the build copies it'
        }
    }

    It 'have a topic for each exported cmdlet, and no other' {
        $exported = @((Get-Module PSSockets).ExportedCmdlets.Keys) | Sort-Object
        $described = @($Commands | ForEach-Object { $_.details.name }) | Sort-Object
        $described -join ' ' | Should -BeExactly ($exported -join ' ')
    }
}

Describe 'The help of <Cmdlet>' -ForEach $Topics {
    BeforeAll {
        $topic = Get-Topic $Cmdlet
        $command = Get-Command $Cmdlet
    }

    It 'has a synopsis of one sentence' {
        $synopsis = $topic.details.description.para
        $synopsis | Should -Match '^[A-Z].*\.$'
        $synopsis | Should -Not -Match '\. '
    }

    It 'has a description, inputs, outputs and links that exist' {
        ConvertTo-Sentence $topic.description.para | Should -Match '\w+'
        ConvertTo-Sentence $topic.inputTypes.inputType.type.name | Should -Match '\w+'
        ConvertTo-Sentence $topic.returnValues.returnValue.type.name | Should -Match '\w+'
        $links = @($topic.relatedLinks.navigationLink | ForEach-Object { $_.linkText })
        $links.Count | Should -BeGreaterThan 1
        foreach ($link in $links) {
            if ($link -like 'about_*') {
                [System.IO.File]::Exists([System.IO.Path]::Combine($HelpFolder, "$link.help.txt")) | Should -BeTrue -Because $link
            }
            else {
                (Get-Module PSSockets).ExportedCmdlets.ContainsKey($link) | Should -BeTrue -Because $link
            }
        }
    }

    It 'describes every parameter, and none that does not exist' {
        $compiled = @((Get-OwnParameter $command.Parameters.Values).Name) | Sort-Object
        $described = @($topic.parameters.parameter | ForEach-Object { $_.name }) | Sort-Object
        $described -join ' ' | Should -BeExactly ($compiled -join ' ')
        foreach ($parameter in $topic.parameters.parameter) {
            ConvertTo-Sentence $parameter.description.para | Should -Match '^[A-Z].*\.$' -Because $parameter.name
        }
    }

    It 'has the syntax of every parameter set' {
        $compiled = @($command.ParameterSets | ForEach-Object {
            @(Get-OwnParameter $_.Parameters | ForEach-Object {
                $position = if ($_.Position -ge 0) { [string] $_.Position } else { 'named' }
                "$($_.Name) $position required=$($_.IsMandatory) pipeline=$($_.ValueFromPipeline)".ToLowerInvariant()
            } | Sort-Object) -join '; '
        }) | Sort-Object
        $described = @($topic.syntax.syntaxItem | ForEach-Object {
            @($_.parameter | ForEach-Object {
                "$($_.name) $($_.position) required=$($_.required) pipeline=$($_.pipelineInput -like 'True*')".ToLowerInvariant()
            } | Sort-Object) -join '; '
        }) | Sort-Object
        $described -join "`n" | Should -BeExactly ($compiled -join "`n")
    }

    It 'says the aliases, wildcards and possible values of the parameters' {
        foreach ($parameter in $topic.parameters.parameter) {
            $compiled = $command.Parameters[$parameter.name]
            $aliases = if ($compiled.Aliases.Count -gt 0) { @($compiled.Aliases | Sort-Object) -join ', ' } else { 'none' }
            @($parameter.aliases.Split(', ') | Sort-Object) -join ', ' | Should -BeExactly $aliases -Because $parameter.name
            $wildcards = @($compiled.Attributes | Where-Object { $_ -is [System.Management.Automation.SupportsWildcardsAttribute] }).Count -gt 0
            $parameter.globbing | Should -Be ([string] $wildcards) -Because $parameter.name
            if ($compiled.ParameterType.IsEnum) {
                foreach ($value in [enum]::GetNames($compiled.ParameterType)) {
                    ConvertTo-Sentence $parameter.description.para | Should -Match "\b$value\b" -Because $parameter.name
                }
            }
        }
    }

    It 'says the defaults that are compiled in' {
        foreach ($parameter in $topic.parameters.parameter | Where-Object { $_.name -notin 'WhatIf', 'Confirm' }) {
            $default = Get-CompiledDefault $Cmdlet $parameter.name

            # A parameter that has no value of its own until it is given has no default, whatever its property holds.
            if ($parameter.defaultValue -ne 'None' -or $default -notin $null, '', '0', 'False') {
                $parameter.defaultValue | Should -BeExactly $default -Because $parameter.name
            }
        }
    }

    It 'is found by Get-Help' {
        $found = Get-Help $Cmdlet -Full
        [string] $found.Synopsis | Should -BeExactly $topic.details.description.para
        @($found.parameters.parameter).Count | Should -Be @($topic.parameters.parameter).Count
        @($found.examples.example).Count | Should -Be @($topic.examples.example).Count
    }

    It 'has three to six examples' {
        @($topic.examples.example).Count | Should -BeGreaterOrEqual 3
        @($topic.examples.example).Count | Should -BeLessOrEqual 6
    }
}

Describe 'The examples' {
    It '<Source>, <Title>: explained, parses, uses only parameters that exist' -ForEach $Examples {
        $Remarks | Should -Match '^[A-Z$-].*\.$'
        $errors = $null
        $tokens = $null
        $ast = [System.Management.Automation.Language.Parser]::ParseInput($Code, [ref] $tokens, [ref] $errors)
        $errors | Should -BeNullOrEmpty
        $calls = @($ast.FindAll({ $args[0] -is [System.Management.Automation.Language.CommandAst] }, $true) | Where-Object {
            $_.GetCommandName() -and (Get-Module PSSockets).ExportedCmdlets.ContainsKey($_.GetCommandName())
        })
        @($calls | Where-Object { $_.GetCommandName() -eq $Source }).Count | Should -BeGreaterThan 0 -Because "it is an example of $Source"
        foreach ($call in $calls) {
            $parameters = (Get-Command $call.GetCommandName()).Parameters
            foreach ($used in $call.CommandElements | Where-Object { $_ -is [System.Management.Automation.Language.CommandParameterAst] }) {
                $parameters.ContainsKey($used.ParameterName) | Should -BeTrue -Because "$call"
            }
        }
    }
}

Describe '<Topic>' -ForEach $AboutFiles {
    BeforeAll {
        $text = [System.IO.File]::ReadAllText([System.IO.Path]::Combine($HelpFolder, $File))
    }

    It 'has lines of less than 80 columns, without tabs' {
        foreach ($line in $text.Replace("`r", '').Split("`n")) {
            $line.Length | Should -BeLessThan 80 -Because $line
            $line.Contains("`t") | Should -BeFalse -Because $line
        }
    }

    It 'says its name and what it is about' {
        $text | Should -Match "^TOPIC\r?\n    $Topic\r?\n\r?\nSHORT DESCRIPTION\r?\n    [A-Z]"
    }

    It 'is found by Get-Help' {
        Get-Help $Topic | Out-String | Should -Match 'SHORT DESCRIPTION'
    }
}

Describe 'about_PSSockets_Errors' {
    It 'has every error id, and no other' {
        $text = [System.IO.File]::ReadAllText([System.IO.Path]::Combine($HelpFolder, 'about_PSSockets_Errors.help.txt'))
        $described = @([regex]::Matches($text, '(?m)^    ([A-Z][A-Za-z]+) \([A-Z][A-Za-z]+\)\r?$') | ForEach-Object { $_.Groups[1].Value })
        @($described | Sort-Object) -join ' ' | Should -BeExactly (@(Get-ErrorId | Sort-Object) -join ' ')
    }
}
