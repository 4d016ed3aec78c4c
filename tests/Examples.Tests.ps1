BeforeDiscovery {
    . ([System.IO.Path]::Combine($PSScriptRoot, 'Support', 'examples.ps1'))
    $root = [System.IO.Path]::GetFullPath([System.IO.Path]::Combine($PSScriptRoot, '..'))
    $number = 0
    $Examples = @(Get-AllExample $root | ForEach-Object { $_.Number = $number++; $_ })
    $Pages = @(Get-MarkdownPage $root | ForEach-Object { @{ Page = [System.IO.Path]::GetFileName($_); Path = $_ } })
    $AboutPages = @(Get-AboutPage $root | ForEach-Object { @{ Page = [System.IO.Path]::GetFileName($_); Path = $_ } })
    $Scripts = @([System.IO.Directory]::GetFiles([System.IO.Path]::Combine($root, 'examples'), '*.ps1') | ForEach-Object { @{ Script = [System.IO.Path]::GetFileName($_) } })
}

BeforeAll {
    . ([System.IO.Path]::Combine($PSScriptRoot, 'Support', 'common.ps1'))
    . ([System.IO.Path]::Combine($PSScriptRoot, 'Support', 'peers.ps1'))
    . ([System.IO.Path]::Combine($PSScriptRoot, 'Support', 'examples.ps1'))

    # What is not the same each time, or depends on the width of the console, is made the same.
    function ConvertTo-Comparable {
        param([string] $Text, $Setup)
        if ($Setup.Varies) {
            $Text = [regex]::Replace($Text, $Setup.Varies, '')
        }
        # The number in a default name; where it is long, a narrow table shortens the name in the middle.
        $Text = $Text -replace '\b(Tcp|Udp|Chat)(Server|S?\w*\u2026\w*?)\d+\b', '$1Server1'
        $Text = $Text -replace '\b\d\d:\d\d:\d\d\b', 'time' -replace ':\d{2,5}\b', ':port' -replace '\b\d+(\.\d+)?s\b', 'time' -replace '-{2,}', '--' -replace '[ \t]+', ' '
        @($Text.Split("`n") | ForEach-Object { $_.Trim() } | Where-Object { $_ }) -join "`n"
    }

    # The exported commands that a piece of code calls, with their parameters; nothing where it does not parse.
    function Get-ModuleCall {
        param([string] $Code)
        $tokens = $errors = $null
        $ast = [System.Management.Automation.Language.Parser]::ParseInput($Code, [ref] $tokens, [ref] $errors)
        $ast.FindAll({ $args[0] -is [System.Management.Automation.Language.CommandAst] }, $true) | Where-Object {
            $_.GetCommandName() -and (Get-Module PSSockets).ExportedCommands.ContainsKey($_.GetCommandName())
        }
    }

    $Setups = @(& ([System.IO.Path]::Combine($PSScriptRoot, 'Support', 'example-setup.ps1')))
    $runner = [System.IO.Path]::Combine($PSScriptRoot, 'Support', 'Invoke-Example.ps1')
    $RunnerOutput = (Wait-Peer (Start-Peer ([System.Environment]::ProcessPath) '-NoProfile', '-NonInteractive', '-File', $runner, '-Root', $RepositoryRoot) -TimeoutSeconds 120).Replace("`r", '')
    $Results = @{}
    foreach ($match in [regex]::Matches($RunnerOutput, '(?ms)^##### (?<number>\d+) (?<map>\{.*?\})\n(?<output>.*?)^##### end (?<left>\d+)$')) {
        $Results[[int] $match.Groups['number'].Value] = @{
            Map = ConvertFrom-Json $match.Groups['map'].Value -AsHashtable
            Output = $match.Groups['output'].Value
            Left = [int] $match.Groups['left'].Value
        }
    }
}

AfterAll {
    Stop-Peer
}

Describe 'The examples' {
    It '<Source>, <Title>: runs as it says' -ForEach $Examples {
        $setup = Find-Setup $Code $Setups | Select-Object -First 1
        if ($setup.Needs -and -not (& $setup.Needs)) {
            Set-ItResult -Skipped -Because "it needs $("$($setup.Needs)".Trim())"
        }
        $Results.ContainsKey($Number) | Should -BeTrue -Because "the runner was to come to it: $RunnerOutput"
        $result = $Results[$Number]
        if ($null -eq $Output -or $setup.Screen) {
            $result.Output | Should -Not -Match '(?m)^ERROR ' -Because "an example that cannot run alone needs an entry in Support/example-setup"
        }
        else {
            $expected = Edit-Text $Output $result.Map
            $actual = $result.Output -replace '(?m)^ERROR (?!:)'
            ConvertTo-Comparable $actual $setup | Should -BeExactly (ConvertTo-Comparable $expected $setup) -Because "an example that cannot run alone needs an entry in Support/example-setup"
        }
        if ($null -eq $setup -and $Remarks) {
            $result.Left | Should -Be 0 -Because 'an example of the help closes what it opens'
        }
    }

    It 'use every entry of the set-up, and none of them two' {
        $All = @(Get-AllExample $RepositoryRoot)
        foreach ($setup in $Setups) {
            @($All | Where-Object { Find-Setup $_.Code @($setup) }).Count | Should -BeGreaterThan 0 -Because $setup.Example
        }
        foreach ($example in $All) {
            @(Find-Setup $example.Code $Setups).Count | Should -BeLessOrEqual 1 -Because $example.Code
        }
    }

    It 'are all marked as such in <Page>' -ForEach $Pages {
        foreach ($block in Get-MarkdownBlock $Path | Where-Object { $_.Language -ne 'powershell' }) {
            @(Get-ModuleCall (ConvertTo-Example $Page $block.Title $block.Text).Code).Count | Should -Be 0 -Because "$($block.Title) of $Page is code: it belongs in a block of powershell, which is run"
        }
    }

    It 'are all found in <Page>' -ForEach $AboutPages {
        $typed = @([System.IO.File]::ReadAllLines($Path) | Where-Object { $_ -match '^ +PS> ' })
        $found = @(Get-AboutExample $Path | ForEach-Object { $_.Text.Split("`n") } | Where-Object { $_ -match '^PS> ' })
        $found.Count | Should -Be $typed.Count -Because 'an example stands behind an empty line, indented by eight columns'
    }

    It '<Script> is run by a test' -ForEach $Scripts {
        $name = [System.IO.Path]::GetFileNameWithoutExtension($Script)
        $tests = [System.IO.Directory]::GetFiles([System.IO.Path]::Combine($RepositoryRoot, 'tests'), '*.Tests.ps1') | ForEach-Object { [System.IO.File]::ReadAllText($_) }
        @($tests -match "\b$name\b").Count | Should -BeGreaterThan 0
    }
}

Describe 'quickstart.ps1' {
    It 'shows what the README promises, and ends' {
        $path = [System.IO.Path]::Combine($RepositoryRoot, 'examples', 'quickstart.ps1')
        $output = Wait-Peer (Start-Peer ([System.Environment]::ProcessPath) '-NoProfile', '-NonInteractive', '-File', $path) -TimeoutSeconds 30
        $output | Should -Match 'Echo: Hello, sockets!'
        $output | Should -Match '21 lines sent, 21 came back'
        $output | Should -Match 'quit -> bye'
        $output | Should -Match 'Echo: I am Connection\d+'
        $output | Should -Match 'ConnectionRefused: Nothing listens on'
    }
}
