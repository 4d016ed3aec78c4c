BeforeAll {
    . "$PSScriptRoot/Support/common.ps1"
    $Reference = [System.IO.Path]::Combine($RepositoryRoot, 'docs', 'reference')
    $Fresh = New-TestPath -Extension ''
    & ([System.IO.Path]::Combine($RepositoryRoot, 'tools', 'Update-Reference.ps1')) -Destination $Fresh
}

AfterAll {
    [System.IO.Directory]::Delete($Fresh, $true)
}

Describe 'The reference in docs/reference' {
    It 'is what the help says now' {
        $there = @([System.IO.Directory]::GetFiles($Reference) | ForEach-Object { [System.IO.Path]::GetFileName($_) } | Sort-Object)
        $pages = @([System.IO.Directory]::GetFiles($Fresh) | ForEach-Object { [System.IO.Path]::GetFileName($_) } | Sort-Object)
        $there -join ' ' | Should -BeExactly ($pages -join ' ') -Because 'tools/Update-Reference.ps1 was to be run'
        foreach ($page in $pages) {
            $text = [System.IO.File]::ReadAllText([System.IO.Path]::Combine($Reference, $page)).Replace("`r", '')
            $text -ceq [System.IO.File]::ReadAllText([System.IO.Path]::Combine($Fresh, $page)) | Should -BeTrue -Because "tools/Update-Reference.ps1 was to be run after the last change of the help ($page)"
        }
    }

    It 'has a page and a line of the index for each exported cmdlet, and no other' {
        $exported = @((Get-Module PSSockets).ExportedCmdlets.Keys | Sort-Object)
        $pages = @([System.IO.Directory]::GetFiles($Reference, '*-*.md') | ForEach-Object { [System.IO.Path]::GetFileNameWithoutExtension($_) } | Sort-Object)
        $pages -join ' ' | Should -BeExactly ($exported -join ' ')
        $index = [System.IO.File]::ReadAllText([System.IO.Path]::Combine($Reference, 'README.md'))
        foreach ($cmdlet in $exported) {
            $index | Should -Match "(?m)^\| \[$cmdlet\]\($cmdlet\.md\) \| \w"
        }
    }

    It 'has every parameter with its type, position and aliases' {
        foreach ($cmdlet in (Get-Module PSSockets).ExportedCmdlets.Values) {
            $page = [System.IO.File]::ReadAllText([System.IO.Path]::Combine($Reference, "$($cmdlet.Name).md"))
            foreach ($parameter in $cmdlet.Parameters.Values | Where-Object { $_.Name -notin [System.Management.Automation.PSCmdlet]::CommonParameters }) {
                $row = [regex]::Match($page, "(?s)### -$($parameter.Name)\r?\n.*?\|---\|---\|---\|---\|---\|---\|---\|\r?\n\| ([^\n]*)")
                $row.Success | Should -BeTrue -Because "$($cmdlet.Name) -$($parameter.Name)"
                foreach ($alias in $parameter.Aliases) {
                    $row.Groups[1].Value | Should -Match "\b$alias\b" -Because "$($cmdlet.Name) -$($parameter.Name)"
                }
            }
        }
    }

    It 'links only to what is there' {
        foreach ($file in [System.IO.Directory]::GetFiles($Reference)) {
            $prose = [System.IO.File]::ReadAllText($file) -replace '(?ms)^```.*?^```'
            foreach ($link in [regex]::Matches($prose, '(?<!\\)\]\((?<to>[^)#:]+)\)')) {
                [System.IO.File]::Exists([System.IO.Path]::Combine($Reference, $link.Groups['to'].Value)) | Should -BeTrue -Because "$file links to $($link.Groups['to'].Value)"
            }
        }
    }
}
