# Dot-sourced by the tests of the examples: finds every example in the help, the about pages, the README and the docs.
#
# An example is a hashtable: Source (where it stands), Title, Code, and Output where it is a session ("PS> " and ">> " stand before what is
# typed, the other lines are output); without a prompt it is code alone, and Output is $null. Text is all of it.

function ConvertTo-Example {
    param([string] $Source, [string] $Title, [string] $Text)
    $lines = $Text.Replace("`r", '').Split("`n")
    $typed = @($lines | Where-Object { $_ -match '^(PS>|>>)( |$)' })
    if ($typed.Count -eq 0) {
        return @{ Source = $Source; Title = $Title; Code = $Text; Output = $null; Text = $Text }
    }
    $output = @($lines | Where-Object { $_ -notmatch '^(PS>|>>)( |$)' })
    @{ Source = $Source; Title = $Title; Code = @($typed | ForEach-Object { $_ -replace '^(PS>|>>) ?' }) -join "`n"; Output = $output -join "`n"; Text = $lines -join "`n" }
}

# The examples of the cmdlets' help.
function Get-HelpExample {
    param([string] $Root)
    $help = [xml] [System.IO.File]::ReadAllText([System.IO.Path]::Combine($Root, 'module', 'en-US', 'PSSockets.dll-Help.xml'))
    foreach ($command in $help.DocumentElement.ChildNodes | Where-Object { $_.LocalName -eq 'command' }) {
        foreach ($example in $command.examples.example) {
            $found = ConvertTo-Example $command.details.name $example.title $example.code
            $found.Remarks = (@($example.remarks.para) -join ' ').Trim()
            $found
        }
    }
}

# The code in a page of text help: what is indented by eight columns or more behind an empty line. Prose, tables and definitions have less
# at their start.
function Get-AboutExample {
    param([string] $Path)
    $lines = [System.IO.File]::ReadAllText($Path).Replace("`r", '').Split("`n") + @('')
    $block = [System.Collections.Generic.List[string]]::new()
    $afterEmpty = $false
    for ($i = 0; $i -lt $lines.Count; $i++) {
        $deep = $lines[$i].StartsWith('        ')
        if ($deep -and ($afterEmpty -or $block.Count -gt 0)) {
            $block.Add($lines[$i].Substring(8))
        }
        elseif ($lines[$i] -eq '' -and $block.Count -gt 0 -and $i + 1 -lt $lines.Count -and $lines[$i + 1].StartsWith('        ')) {
            $block.Add('')
        }
        elseif ($block.Count -gt 0) {
            ConvertTo-Example ([System.IO.Path]::GetFileName($Path).Replace('.help.txt', '')) "line $($i - $block.Count + 1)" ($block -join "`n")
            $block.Clear()
        }
        $afterEmpty = $lines[$i] -eq ''
    }
}

# The pages of text help.
function Get-AboutPage {
    param([string] $Root)
    [System.IO.Directory]::GetFiles([System.IO.Path]::Combine($Root, 'module', 'en-US'), 'about_*.help.txt')
}

# The fenced blocks of a page of Markdown, with the language that each names.
function Get-MarkdownBlock {
    param([string] $Path)
    $text = [System.IO.File]::ReadAllText($Path).Replace("`r", '')
    foreach ($match in [regex]::Matches($text, '(?ms)^```(?<language>\w*)\n(?<text>.*?)^```$')) {
        $line = $text.Substring(0, $match.Index).Split("`n").Count
        @{ Language = $match.Groups['language'].Value; Title = "line $line"; Text = $match.Groups['text'].Value.TrimEnd("`n") }
    }
}

# The pages of Markdown; those under docs/reference are made from the help.
function Get-MarkdownPage {
    param([string] $Root)
    [System.IO.Directory]::GetFiles($Root, '*.md')
    [System.IO.Directory]::GetFiles([System.IO.Path]::Combine($Root, 'docs'), '*.md')
}

# All examples, in the order in which they run.
function Get-AllExample {
    param([string] $Root)
    Get-HelpExample $Root
    foreach ($path in Get-AboutPage $Root | Sort-Object) {
        Get-AboutExample $path
    }
    foreach ($path in Get-MarkdownPage $Root | Sort-Object) {
        foreach ($block in Get-MarkdownBlock $path | Where-Object { $_.Language -eq 'powershell' }) {
            ConvertTo-Example ([System.IO.Path]::GetFileName($path)) $block.Title $block.Text
        }
    }
}

# The entry of example-setup.ps1 that an example has; $null where it needs none.
function Find-Setup {
    param([string] $Code, $Setups)
    $Setups | Where-Object {
        if ($_.Whole) { $Code -ceq $_.Example } else { $Code.Contains($_.Example) }
    }
}

# The text with names replaced, where they stand as whole words.
function Edit-Text {
    param([string] $Text, $Map)
    $names = @($Map.Keys | Sort-Object { $_.Length } -Descending | ForEach-Object { [regex]::Escape($_) }) -join '|'
    [regex]::Replace($Text, "(?<![\w.])($names)(?![\w])", { param($match) [string] $Map[$match.Value] })
}
