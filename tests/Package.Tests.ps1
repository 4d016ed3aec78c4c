BeforeAll {
    . "$PSScriptRoot/Support/common.ps1"
    . "$PSScriptRoot/Support/peers.ps1"

    # Runs `dotnet pack` as CONTRIBUTING says, for a checkout, into a folder that is given. No build server is left behind.
    function New-Package {
        param([string] $Checkout, [string] $Destination)
        $project = [System.IO.Path]::Combine($Checkout, 'src', 'PSSockets')
        $packing = Start-Peer dotnet 'pack', $project, '-nologo', '-nodeReuse:false', '-p:UseSharedCompilation=false', "-p:PackageOutputPath=$Destination"
        $output = Wait-Peer $packing -TimeoutSeconds 120
        $packing.Process.ExitCode | Should -Be 0 -Because $output
        [System.IO.Path]::Combine($Destination, "PSSockets.$($Manifest.ModuleVersion).nupkg")
    }

    # The same files at another path, with the same commit.
    function Copy-Checkout {
        param([string] $Destination)
        $clone = Start-Peer git 'clone', '--quiet', '--no-checkout', $RepositoryRoot, $Destination
        $output = Wait-Peer $clone
        $clone.Process.ExitCode | Should -Be 0 -Because $output
        $files = Wait-Peer (Start-Peer git '-C', $RepositoryRoot, 'ls-files', '--cached', '--others', '--exclude-standard')
        foreach ($file in $files.Split("`n", [System.StringSplitOptions]::RemoveEmptyEntries)) {
            $source = [System.IO.Path]::Combine($RepositoryRoot, $file)
            if ([System.IO.File]::Exists($source)) {
                $copy = [System.IO.Path]::Combine($Destination, $file)
                [void] [System.IO.Directory]::CreateDirectory([System.IO.Path]::GetDirectoryName($copy))
                [System.IO.File]::Copy($source, $copy)
            }
        }
    }

    # The files under a folder, as paths below it.
    function Get-FileBelow {
        param([string] $Folder)
        foreach ($file in [System.IO.Directory]::GetFiles($Folder, '*', 'AllDirectories')) {
            [System.IO.Path]::GetRelativePath($Folder, $file).Replace('\', '/')
        }
    }

    # What a fresh process prints that imports the module from the folder given, and no other.
    function Get-ShellOutput {
        param([string] $Module, [string] $Script)
        $path = New-TestPath -Extension '.ps1'
        $WrittenForPeers.Add($path)
        [System.IO.File]::WriteAllText($path, @"
`$ErrorActionPreference = 'Stop'
if (Test-Path variable:PSStyle) { `$PSStyle.OutputRendering = 'PlainText' }
Import-Module '$Module'
$Script
'end of script'
"@)
        $options = @('-NoProfile', '-NonInteractive')

        # The embedded shell imports the checkout's module by itself.
        if ([System.IO.Path]::GetFileNameWithoutExtension([System.Environment]::ProcessPath) -eq 'pssockets-shell') {
            $options += '-NoModule'
        }
        $text = Wait-Peer (Start-Peer ([System.Environment]::ProcessPath) ($options + @('-File', $path))) -TimeoutSeconds 30
        $text | Should -Match 'end of script' -Because $text
        $text
    }

    $Manifest = Import-PowerShellDataFile -Path $ModulePath
    $Temporary = New-TestPath -Extension ''
    $Out = [System.IO.Path]::Combine($Temporary, 'out')
    $Package = New-Package $RepositoryRoot $Out
    $Layout = [System.IO.Path]::Combine($Out, 'PSSockets')

    # Where Install-PSResource would unpack it.
    $Installed = [System.IO.Path]::Combine($Temporary, 'modules', 'PSSockets', $Manifest.ModuleVersion)
    [System.IO.Compression.ZipFile]::ExtractToDirectory($Package, $Installed)
    $InstalledManifest = [System.IO.Path]::Combine($Installed, 'PSSockets.psd1')
}

AfterAll {
    Stop-Peer
    [System.IO.Directory]::Delete($Temporary, $true)
}

Describe 'The package' {
    AfterEach {
        Stop-Peer
    }

    It 'has what a build puts into the module, the licence, and nothing else' {
        $checkout = [System.IO.Path]::Combine($RepositoryRoot, 'module')
        $module = @(Get-FileBelow $checkout | Where-Object { $_ -notlike 'en-US/*' -and $_ -notlike '*.pdb' } | ForEach-Object { "module/$_" })
        $notices = @([System.IO.Directory]::GetFiles($RepositoryRoot, 'THIRD-PARTY-NOTICES*') | ForEach-Object { [System.IO.Path]::GetFileName($_) })
        $expected = @($module + $notices + @('PSSockets.psd1', 'LICENSE')) | Sort-Object
        @(Get-FileBelow $Layout) | Sort-Object | Should -Be $expected

        # Beside it a package has its own description.
        $described = @('[Content_Types].xml', 'PSSockets.nuspec', '_rels/.rels', 'package/services/metadata/core-properties/nuget.psmdcp')
        @(Get-FileBelow $Installed) | Sort-Object | Should -Be @($expected + $described | Sort-Object)
    }

    It 'names each foreign assembly in the notices' {
        $notices = @([System.IO.Directory]::GetFiles($Layout, 'THIRD-PARTY-NOTICES*') | ForEach-Object { [System.IO.File]::ReadAllText($_) }) -join "`n"
        foreach ($file in Get-FileBelow $Layout | Where-Object { $_ -like '*.dll' }) {
            $name = [System.IO.Path]::GetFileNameWithoutExtension($file)
            $name -like 'PSSockets*' -or $notices.Contains($name) | Should -BeTrue -Because "$file is somebody else's work"
        }
    }

    It 'says what the gallery asks for, as the manifest has it' {
        $nuspec = ([xml] [System.IO.File]::ReadAllText([System.IO.Path]::Combine($Installed, 'PSSockets.nuspec'))).package.metadata
        $nuspec.id | Should -BeExactly 'PSSockets'
        $nuspec.version | Should -BeExactly $Manifest.ModuleVersion
        $nuspec.authors | Should -BeExactly $Manifest.Author
        $nuspec.description | Should -BeExactly $Manifest.Description
        $nuspec.copyright | Should -BeExactly $Manifest.Copyright
        $nuspec.license.'#text' | Should -BeExactly 'LICENSE'
        $tags = @('PSModule', 'PSIncludes_Cmdlet') + $Manifest.PrivateData.PSData.Tags
        $tags += foreach ($cmdlet in $Manifest.CmdletsToExport) { "PSCmdlet_$cmdlet", "PSCommand_$cmdlet" }
        $nuspec.tags.Split(' ') | Sort-Object | Should -Be ($tags | Sort-Object)
    }

    It 'is imported from where it was unpacked, with all it exports' {
        $output = Get-ShellOutput $InstalledManifest @'
$module = Get-Module PSSockets
"cmdlets: $(@($module.ExportedCmdlets.Keys | Sort-Object) -join ' ')"
"aliases: $(@($module.ExportedAliases.Keys | Sort-Object) -join ' ')"
[System.AppDomain]::CurrentDomain.GetAssemblies() | Where-Object { $_.GetName().Name -like 'PSSockets*' -and $_.Location -like '*module*' } |
    ForEach-Object { "assembly: $($_.Location)" }
'@
        $output | Should -Match "cmdlets: $(@($Manifest.CmdletsToExport | Sort-Object) -join ' ')\r?\n"
        $output | Should -Match "aliases: $(@($Manifest.AliasesToExport | Sort-Object) -join ' ')\r?\n"
        $assemblies = @([regex]::Matches($output, 'assembly: ([^\r\n]+)') | ForEach-Object { $_.Groups[1].Value })
        $assemblies.Count | Should -BeGreaterOrEqual 2
        foreach ($assembly in $assemblies) {
            [System.IO.Path]::GetFullPath($assembly).StartsWith([System.IO.Path]::GetFullPath($Installed)) | Should -BeTrue -Because $assembly
        }
    }

    It 'serves, connects and shows its objects by its own views' {
        $output = Get-ShellOutput $InstalledManifest @'
$server = Start-TcpServer 0 { "got $_" } -Name Shipped
$client = Connect-TcpClient 127.0.0.1 $server.Port
Send-SocketData $client 'x'
Receive-SocketData $client
$server
$server | Stop-SocketServer
'@
        $output | Should -Match 'got x'
        $output | Should -Match 'Id +Name +LocalEndPoint +Status +Clients'
        $output | Should -Match '1 +Shipped +127\.0\.0\.1:\d+ +Running +1 '
    }

    It 'brings the help of every cmdlet and every about page' {
        $output = Get-ShellOutput $InstalledManifest @'
foreach ($cmdlet in (Get-Module PSSockets).ExportedCmdlets.Keys) { "$cmdlet has $(@((Get-Help $cmdlet -Full).examples.example).Count) examples" }
foreach ($page in [System.IO.Directory]::GetFiles("$((Get-Module PSSockets).ModuleBase)/module/bin/en-US", 'about_*.help.txt')) {
    $topic = [System.IO.Path]::GetFileName($page).Replace('.help.txt', '')
    "$topic says $((Get-Help $topic | Out-String) -match 'SHORT DESCRIPTION')"
}
'@
        foreach ($cmdlet in $Manifest.CmdletsToExport) {
            $output | Should -Match "$cmdlet has [3-9] examples"
        }
        foreach ($page in [System.IO.Directory]::GetFiles([System.IO.Path]::Combine($RepositoryRoot, 'module', 'en-US'), 'about_*.help.txt')) {
            $output | Should -Match "$([System.IO.Path]::GetFileName($page).Replace('.help.txt', '')) says True"
        }
    }

    It 'has line numbers for stack traces, without paths of the machine that built it' {
        foreach ($assembly in [System.IO.Directory]::GetFiles([System.IO.Path]::Combine($Layout, 'module', 'bin'), 'PSSockets*.dll')) {
            $reader = [System.Reflection.PortableExecutable.PEReader]::new([System.IO.File]::OpenRead($assembly))
            try {
                $entries = @($reader.ReadDebugDirectory())
                @($entries | Where-Object Type -EQ 'EmbeddedPortablePdb').Count | Should -Be 1 -Because $assembly
                @($entries | Where-Object Type -EQ 'Reproducible').Count | Should -Be 1 -Because $assembly
                $codeView = @($entries | Where-Object Type -EQ 'CodeView')[0]
                $reader.ReadCodeViewDebugDirectoryData($codeView).Path | Should -Not -Match ([regex]::Escape($RepositoryRoot))
            }
            finally {
                $reader.Dispose()
            }
        }
    }

    It 'has the same bytes when it is made elsewhere' -Skip:(-not (Get-Command git -ErrorAction Ignore)) {
        $elsewhere = [System.IO.Path]::Combine($Temporary, 'elsewhere')
        Copy-Checkout $elsewhere
        $again = New-Package $elsewhere ([System.IO.Path]::Combine($Temporary, 'again'))
        $hashes = @($Package, $again | ForEach-Object { [System.Convert]::ToHexString([System.Security.Cryptography.SHA256]::HashData([System.IO.File]::ReadAllBytes($_))) })
        $hashes[1] | Should -BeExactly $hashes[0]
    }
}
