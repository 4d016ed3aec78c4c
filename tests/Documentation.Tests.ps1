# What is said of the module in several places, each compared with the module itself, so that no cmdlet, alias or object is forgotten in one of them.
Describe 'The documentation' {
    BeforeAll {
        . "$PSScriptRoot/Support/common.ps1"
        $Module = Get-Module PSSockets
        $Cmdlets = @($Module.ExportedCmdlets.Keys | Sort-Object)

        function Get-FileText {
            param([Parameter(ValueFromRemainingArguments)] [string[]] $Path)
            [System.IO.File]::ReadAllText([System.IO.Path]::Combine([string[]] (@($RepositoryRoot) + $Path))).Replace("`r", '')
        }

        $Views = ([xml] (Get-FileText module PSSockets.Format.ps1xml)).Configuration.ViewDefinitions.View
        $TypeData = ([xml] (Get-FileText module PSSockets.Types.ps1xml)).Types.Type
        $Assemblies = @((Get-Command Start-TcpServer).ImplementingType.Assembly, [PSSockets.Engine.Transport.SocketConnection].Assembly)

        # The properties that an object of a type has: those of its class and those that the type data add. A copy from another process has
        # those that cross to it. Type data of a base class count too.
        function Get-ObjectProperty([string] $Type) {
            $name = $Type -replace '^Deserialized\.'
            $class = $Assemblies | ForEach-Object { $_.GetType($name) } | Select-Object -First 1
            if (-not $class) { return }
            $names = for ($base = $class; $base; $base = $base.BaseType) { $base.FullName }
            $added = @($TypeData | Where-Object Name -In $names)
            $crossing = @($added | ForEach-Object { $_.SelectNodes('.//PropertySet[Name="PropertySerializationSet"]/ReferencedProperties/Name').InnerText })
            if ($name -cne $Type -and $crossing.Count -gt 0) {
                return $crossing
            }
            $class.GetProperties().Name
            $class.GetProperties([System.Reflection.BindingFlags] 'Instance, NonPublic').Where({ $_.CustomAttributes.AttributeType.Name -contains 'LinkedAttribute' }).Name
            $added | ForEach-Object { $_.SelectNodes('Members/*[self::CodeProperty or self::ScriptProperty or self::AliasProperty]/Name').InnerText }
        }

        # What the views show of each type that they select; or of one of them, where a script block looks at the type first.
        function Get-ViewProperty {
            foreach ($view in $Views) {
                $types = @($view.ViewSelectedBy.TypeName)
                foreach ($name in @($view.SelectNodes('.//PropertyName').InnerText) -ne $null) {
                    $types | ForEach-Object { @{ Type = @($_); Property = $name } }
                }
                foreach ($match in [regex]::Matches($view.SelectNodes('.//ScriptBlock').InnerText -join "`n", '\$_\.(?!PSObject\b)(\w+)')) {
                    @{ Type = $types; Property = $match.Groups[1].Value }
                }
            }
        }

        # What the type data choose of each type: to be shown, and to cross to another process.
        function Get-ChosenProperty {
            foreach ($type in $TypeData) {
                $type.SelectNodes('.//ReferencedProperties/Name').InnerText | Where-Object { $_ } | ForEach-Object { @{ Type = @($type.Name); Property = $_ } }
            }
        }

        # The classes of objects that the cmdlets give out, of those that the module itself has.
        function Get-OutputClass {
            foreach ($cmdlet in $Module.ExportedCmdlets.Values) {
                foreach ($attribute in $cmdlet.ImplementingType.GetCustomAttributes([System.Management.Automation.OutputTypeAttribute], $true)) {
                    $attribute.Type.Type | Where-Object { $_ -and $_.Namespace -like 'PSSockets*' -and -not $_.IsEnum -and -not $_.IsInterface -and -not $_.IsAbstract }
                }
            }
        }
    }

    It 'lists every cmdlet and alias in the README, with what it is for' {
        $table = [regex]::Match((Get-FileText README.md), '(?s)\| Cmdlet \|.*?\n\n').Value
        $listed = @([regex]::Matches($table, '(?m)^\| (?<names>[^|]+) \| \w[^|]+\|$') | ForEach-Object { $_.Groups['names'].Value })
        $named = @([regex]::Matches($listed -join ' ', '[A-Z]\w+-[A-Z]\w+') | ForEach-Object { $_.Value } | Sort-Object -Unique)
        $named -join ' ' | Should -BeExactly (@($Cmdlets + $Module.ExportedAliases.Keys | Sort-Object) -join ' ')
    }

    It 'lists every cmdlet in about_PSSockets, and no other' {
        $list = [regex]::Match((Get-FileText module en-US about_PSSockets.help.txt), '(?s)  THE CMDLETS\n(.*?)\n\n  [A-Z]').Groups[1].Value
        $named = @([regex]::Matches($list, '(?m)^    ([A-Z]\w+-[A-Z]\w+) ') | ForEach-Object { $_.Groups[1].Value } | Sort-Object)
        $named -join ' ' | Should -BeExactly ($Cmdlets -join ' ')
    }

    It 'has one view of a name' {
        @($Views.Name | Group-Object | Where-Object Count -GT 1).Name | Should -BeNullOrEmpty
    }

    It 'names in the changelog every cmdlet' {
        $changes = Get-FileText CHANGELOG.md
        foreach ($cmdlet in $Cmdlets) {
            $changes | Should -Match "\b$cmdlet\b"
        }
    }

    It 'has a page of tests for every cmdlet' {
        foreach ($cmdlet in $Cmdlets) {
            [System.IO.File]::Exists([System.IO.Path]::Combine($RepositoryRoot, 'tests', "$cmdlet.Tests.ps1")) | Should -BeTrue -Because $cmdlet
        }
    }

    It 'exports every alias that a cmdlet has' {
        $aliases = foreach ($cmdlet in $Module.ExportedCmdlets.Values) {
            foreach ($attribute in $cmdlet.ImplementingType.GetCustomAttributes([System.Management.Automation.AliasAttribute], $false)) { $attribute.AliasNames }
        }
        @($aliases | Sort-Object) -join ' ' | Should -BeExactly (@($Module.ExportedAliases.Keys | Sort-Object) -join ' ')
    }

    It 'has a view, and a choice of properties, for each class of objects that a cmdlet gives out' {
        $classes = @(Get-OutputClass | Sort-Object FullName -Unique)
        $classes.Count | Should -BeGreaterThan 3
        foreach ($class in $classes) {
            @($Views.ViewSelectedBy.TypeName) + @($TypeData.Name) | Should -Contain $class.FullName -Because 'an object is shown by a view of its own'
        }
    }

    It 'gives in the views and choices only properties that exist' {
        $shown = @(Get-ViewProperty) + @(Get-ChosenProperty)
        $shown.Count | Should -BeGreaterThan 200
        foreach ($item in $shown) {
            $item.Type | ForEach-Object { Get-ObjectProperty $_ } | Should -Contain $item.Property -Because "$($item.Type) is to have it, for what shows it"
        }
    }

    It 'knows which properties exist: those of the class, of its type data, and of copies' {
        $connection = 'PSSockets.Engine.Transport.SocketConnection'
        Get-ObjectProperty $connection | Should -Contain 'BytesSent'
        Get-ObjectProperty $connection | Should -Contain 'IdleTime'
        Get-ObjectProperty $connection | Should -Not -Contain 'NoSuchProperty'
        Get-ObjectProperty "Deserialized.$connection" | Should -Contain 'BytesSent'
        Get-ObjectProperty "Deserialized.$connection" | Should -Not -Contain 'Server'
        Get-ObjectProperty 'PSSockets.Engine.NoSuchClass' | Should -BeNullOrEmpty
    }

    It 'has a README of less than 120 lines' {
        (Get-FileText README.md).Split("`n").Count | Should -BeLessThan 120
    }

    It 'links only to files that exist' {
        foreach ($page in [System.IO.Directory]::GetFiles($RepositoryRoot, '*.md') + [System.IO.Directory]::GetFiles([System.IO.Path]::Combine($RepositoryRoot, 'docs'), '*.md')) {
            $prose = [System.IO.File]::ReadAllText($page) -replace '(?ms)^```.*?^```'
            foreach ($link in [regex]::Matches($prose, '\]\((?<to>[^)#:\s]+)(#[^)]*)?\)')) {
                $target = [System.IO.Path]::GetFullPath([System.IO.Path]::Combine([System.IO.Path]::GetDirectoryName($page), $link.Groups['to'].Value))
                [System.IO.Path]::Exists($target) | Should -BeTrue -Because "$page links to $($link.Groups['to'].Value)"
            }
        }
    }
}
