# Writes docs/reference from the help that ships: a page for each cmdlet, and an index. Runs in pwsh and in the embedded shell:
#     dotnet run --project tools/PSSockets.Shell -- tools/Update-Reference.ps1
[CmdletBinding()]
param(
    [string] $Destination = [System.IO.Path]::Combine($PSScriptRoot, '..', 'docs', 'reference')
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$helpFolder = [System.IO.Path]::Combine($PSScriptRoot, '..', 'module', 'en-US')
$help = [xml] [System.IO.File]::ReadAllText([System.IO.Path]::Combine($helpFolder, 'PSSockets.dll-Help.xml'))
$names = [System.Xml.XmlNamespaceManager]::new($help.NameTable)
$names.AddNamespace('maml', 'http://schemas.microsoft.com/maml/2004/10')
$names.AddNamespace('command', 'http://schemas.microsoft.com/maml/dev/command/2004/10')
$names.AddNamespace('dev', 'http://schemas.microsoft.com/maml/dev/2004/10')

function Get-Node($Node, [string] $Path) {
    $Node.SelectNodes($Path, $names)
}

# The text of one element, nothing where it is not there.
function Get-Text($Node, [string] $Path) {
    $found = $Node.SelectSingleNode($Path, $names)
    if ($found) { $found.InnerText.Trim() }
}

# What stands for itself in the help has a meaning in Markdown.
function ConvertTo-Markdown([string] $Text) {
    [regex]::Replace($Text, '[\\`*<\[\]]', '\$0')
}

# The paragraphs below an element, with an empty line behind each.
function Write-Paragraph($Node, [string] $Path) {
    foreach ($paragraph in Get-Node $Node "$Path/maml:para") {
        if ($paragraph.InnerText.Trim()) {
            ConvertTo-Markdown $paragraph.InnerText.Trim()
            ''
        }
    }
}

function Write-Syntax($Command) {
    foreach ($set in Get-Node $Command 'command:syntax/command:syntaxItem') {
        $parts = foreach ($parameter in Get-Node $set 'command:parameter') {
            $name = "-$(Get-Text $parameter 'maml:name')"
            $value = Get-Text $parameter 'command:parameterValue'
            if ($value -and $parameter.position -ne 'named') { $name = "[$name]" }
            $text = if ($value) { "$name <$value>" } else { $name }
            if ($parameter.required -eq 'true') { $text } else { "[$text]" }
        }
        $line = Get-Text $set 'maml:name'
        foreach ($part in @($parts) + '[<CommonParameters>]') {
            if ($line.Length + $part.Length -gt 110) {
                $line
                $line = '   '
            }
            $line += " $part"
        }
        $line
    }
}

function Write-Parameter($Parameter) {
    "### -$(Get-Text $Parameter 'maml:name')"
    ''
    Write-Paragraph $Parameter 'maml:description'
    $required = if ($Parameter.required -eq 'true') { 'yes' } else { 'no' }
    $wildcards = if ($Parameter.globbing -eq 'True') { 'yes' } else { 'no' }
    '| Type | Default | Required | Position | Pipeline | Wildcards | Aliases |'
    '|---|---|---|---|---|---|---|'
    "| ``$(Get-Text $Parameter 'dev:type/maml:name')`` | $(ConvertTo-Markdown (Get-Text $Parameter 'dev:defaultValue')) | $required | " +
        "$($Parameter.position) | $($Parameter.pipelineInput) | $wildcards | $($Parameter.aliases) |"
    ''
}

# What goes in or comes out: types, with what they are.
function Write-Type($Command, [string] $Path) {
    foreach ($type in Get-Node $Command $Path) {
        "**$(ConvertTo-Markdown (Get-Text $type 'dev:type/maml:name'))**"
        ''
        Write-Paragraph $type 'maml:description'
    }
}

function Get-Link([string] $Name) {
    if ($Name -like 'about_*') { "[$Name](../../module/en-US/$Name.help.txt)" } else { "[$Name]($Name.md)" }
}

function Write-Page($Command) {
    "# $(Get-Text $Command 'command:details/command:name')"
    ''
    Write-Paragraph $Command 'command:details/maml:description'
    '## Syntax', '', '```'
    (@(Write-Syntax $Command) -join "`n")
    '```', '', '## Description', ''
    Write-Paragraph $Command 'maml:description'
    '## Examples', ''
    foreach ($example in Get-Node $Command 'command:examples/command:example') {
        "### $(ConvertTo-Markdown (Get-Text $example 'maml:title'))"
        '', '```powershell'
        (Get-Text $example 'dev:code').Replace("`r", '')
        '```', ''
        Write-Paragraph $example 'dev:remarks'
    }
    '## Parameters', ''
    foreach ($parameter in Get-Node $Command 'command:parameters/command:parameter') {
        Write-Parameter $parameter
    }
    '## Inputs', ''
    Write-Type $Command 'command:inputTypes/command:inputType'
    '## Outputs', ''
    Write-Type $Command 'command:returnValues/command:returnValue'
    '## See also', ''
    @(foreach ($link in Get-Node $Command 'command:relatedLinks/maml:navigationLink/maml:linkText') { Get-Link $link.InnerText }) -join ' · '
}

function Write-Index {
    '# Reference', ''
    'The help of the cmdlets and the about pages, as `Get-Help` shows them.'
    '', '| Cmdlet | |', '|---|---|'
    foreach ($command in Get-Node $help '//command:command') {
        "| $(Get-Link (Get-Text $command 'command:details/command:name')) | $(ConvertTo-Markdown (Get-Text $command 'command:details/maml:description')) |"
    }
    '', '| About | |', '|---|---|'
    foreach ($page in [System.IO.Directory]::GetFiles($helpFolder, 'about_*.help.txt') | Sort-Object) {
        $short = [regex]::Match([System.IO.File]::ReadAllText($page), 'SHORT DESCRIPTION\r?\n((?:    .*\r?\n)+)').Groups[1].Value
        "| $(Get-Link ([System.IO.Path]::GetFileName($page).Replace('.help.txt', ''))) | $(ConvertTo-Markdown ($short.Trim() -replace '\s+', ' ')) |"
    }
}

function Set-Page([string] $Name, [string[]] $Lines) {
    $text = "<!-- Made from the help by tools/Update-Reference.ps1; change that instead. -->`n$($Lines -join "`n")".TrimEnd() + "`n"
    [System.IO.File]::WriteAllText([System.IO.Path]::Combine($Destination, "$Name.md"), $text)
}

# A page of a cmdlet that is gone goes too.
if ([System.IO.Directory]::Exists($Destination)) {
    foreach ($old in [System.IO.Directory]::GetFiles($Destination, '*.md')) { [System.IO.File]::Delete($old) }
}
[void] [System.IO.Directory]::CreateDirectory($Destination)
foreach ($command in Get-Node $help '//command:command') {
    Set-Page (Get-Text $command 'command:details/command:name') (Write-Page $command)
}
Set-Page 'README' (Write-Index)
