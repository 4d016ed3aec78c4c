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
        $views = ([xml] (Get-FileText module PSSockets.Format.ps1xml)).Configuration.ViewDefinitions.View.ViewSelectedBy.TypeName
        $choices = ([xml] (Get-FileText module PSSockets.Types.ps1xml)).Types.Type.Name
        $classes = @(Get-OutputClass | Sort-Object FullName -Unique)
        $classes.Count | Should -BeGreaterThan 3
        foreach ($class in $classes) {
            @($views) + @($choices) | Should -Contain $class.FullName -Because 'an object is shown by a view of its own'
        }
    }

    It 'gives in the views and choices only properties that exist' {
        $assembly = (Get-Command Start-TcpServer).ImplementingType.Assembly
        $assemblies = @($assembly) + @([PSSockets.Engine.Transport.SocketConnection].Assembly)
        $format = ([xml] (Get-FileText module PSSockets.Format.ps1xml)).Configuration.ViewDefinitions.View
        $shown = @(foreach ($view in $format) {
            foreach ($type in $view.ViewSelectedBy.TypeName) {
                foreach ($name in $view.SelectNodes('.//PropertyName')) { @{ Type = $type; Property = $name.InnerText } }
            }
        })
        $shown += foreach ($type in ([xml] (Get-FileText module PSSockets.Types.ps1xml)).Types.Type) {
            foreach ($name in $type.SelectNodes('.//ReferencedProperties/Name')) { @{ Type = $type.Name; Property = $name.InnerText } }
        }
        $shown.Count | Should -BeGreaterThan 20
        foreach ($item in $shown) {
            $class = $assemblies | ForEach-Object { $_.GetType($item.Type) } | Select-Object -First 1
            $class | Should -Not -BeNullOrEmpty -Because $item.Type
            $class.GetProperty($item.Property) | Should -Not -BeNullOrEmpty -Because "$($item.Type) has no $($item.Property)"
        }
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
