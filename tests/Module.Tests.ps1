Describe 'The module' {
    BeforeAll {
        . "$PSScriptRoot/Support/common.ps1"
        . "$PSScriptRoot/Support/peers.ps1"

        # What a script in a fresh process prints; the last line says that it came to its end.
        function Get-ShellOutput($Script) {
            $text = Wait-Peer (Start-Shell "$Script`n'end of script'") -TimeoutSeconds 30
            $text | Should -Match 'end of script' -Because $text
            $text
        }
    }

    AfterEach {
        Clear-TestSocket
        Stop-Peer
    }

    It 'has a valid manifest that tells all a gallery needs' {
        $manifest = Import-PowerShellDataFile -Path $ModulePath
        Test-Path -LiteralPath (Join-Path $RepositoryRoot $manifest.RootModule) | Should -BeTrue
        foreach ($file in @($manifest.FormatsToProcess) + @($manifest.TypesToProcess)) {
            Test-Path -LiteralPath (Join-Path $RepositoryRoot $file) | Should -BeTrue -Because $file
        }
        [guid] $manifest.GUID | Should -Not -Be ([guid]::Empty)
        [version] $manifest.ModuleVersion | Should -BeGreaterThan ([version] '0.0')
        $manifest.Author, $manifest.Description, $manifest.PowerShellVersion | ForEach-Object { $_ | Should -Not -BeNullOrEmpty }
    }

    It 'exports exactly what the manifest says' {
        $manifest = Import-PowerShellDataFile -Path $ModulePath
        $module = Get-Module -Name PSSockets
        $module.ExportedCmdlets.Keys | Sort-Object | Should -Be ($manifest.CmdletsToExport | Sort-Object)
        $module.ExportedAliases.Keys | Sort-Object | Should -Be ($manifest.AliasesToExport | Sort-Object)
        $module.ExportedFunctions.Count + $module.ExportedVariables.Count | Should -Be 0
    }

    It 'exports every cmdlet that it has' {
        $type = (Get-Command -Name Start-TcpServer).ImplementingType
        $built = $type.Assembly.GetExportedTypes() | ForEach-Object {
            foreach ($attribute in $_.GetCustomAttributes([System.Management.Automation.CmdletAttribute], $false)) { "$($attribute.VerbName)-$($attribute.NounName)" }
        }
        $built | Sort-Object | Should -Be ((Import-PowerShellDataFile -Path $ModulePath).CmdletsToExport | Sort-Object)
    }

    It 'has aliases that lead to its cmdlets' {
        foreach ($alias in (Get-Module -Name PSSockets).ExportedAliases.Values) {
            (Get-Command -Name $alias.Definition).ModuleName | Should -Be 'PSSockets'
        }
        (Get-Command -Name Stop-TcpServer).Definition | Should -Be 'Stop-SocketServer'
    }

    It 'closes all that it has opened when it is removed' {
        $output = Get-ShellOutput @'
$plain = Start-TcpServer 0
$handled = Start-TcpServer 0 { $_ }
$client = Connect-TcpClient 127.0.0.1 $plain.Port
Remove-Module PSSockets
[void] $plain.WhenEnded().Wait(10000)
[void] $handled.WhenEnded().Wait(10000)
"$($plain.Status) $($handled.Status) $($client.Status)"
'@
        $output | Should -Match 'Stopped Stopped Closed'
    }

    It 'comes back after Remove-Module' {
        $output = Get-ShellOutput @"
Remove-Module PSSockets
if (Get-Command Start-TcpServer -ErrorAction Ignore) { 'still there' }
Import-Module '$ModulePath'
`$server = Start-TcpServer 0 { "got `$_" }
`$client = Connect-TcpClient 127.0.0.1 `$server.Port
Send-SocketData `$client 'x'
Receive-SocketData `$client
`$server | Stop-SocketServer
"@
        $output | Should -Match 'got x'
        $output | Should -Not -Match 'still there'
    }

    It 'can be imported again with -Force' {
        $output = Get-ShellOutput @"
Import-Module '$ModulePath' -Force
Import-Module '$ModulePath' -Force
`$server = Start-TcpServer 0 { "got `$_" }
`$client = Connect-TcpClient 127.0.0.1 `$server.Port
Send-SocketData `$client 'x'
Receive-SocketData `$client
`$server | Stop-SocketServer
"@
        $output | Should -Match 'got x'
    }

    It 'lets the process exit while <Name>' -ForEach @(
        @{ Name = 'a server with a handler runs'; Script = '$server = Start-TcpServer 0 { $_ }; $client = Connect-TcpClient 127.0.0.1 $server.Port; Send-SocketData $client x; Receive-SocketData $client' }
        @{ Name = 'a server without a handler runs'; Script = '$server = Start-TcpServer 0; $client = Connect-TcpClient 127.0.0.1 $server.Port' }
        @{ Name = 'a handler hangs'; Script = '$server = Start-TcpServer 0 { Start-Sleep 60 }; $client = Connect-TcpClient 127.0.0.1 $server.Port; Send-SocketData $client x; while ($server.MessagesReceived -eq 0) { [System.Threading.Thread]::Sleep(10) }' }
    ) {
        Get-ShellOutput $Script | Should -Match 'end of script'
    }

    It 'works inside another module' {
        $path = New-TestPath -Extension '.psm1'
        Set-Content -LiteralPath $path -Value @'
$greeting = 'Hello'
function Get-Greeting($Name) { "$greeting $Name" }
function Start-Greeter { $text = Get-Greeting 'there'; Start-TcpServer 0 { "$using:greeting $using:text $_" } }
Export-ModuleMember -Function Start-Greeter
'@
        $module = Import-Module -Name $path -PassThru
        try {
            Get-Answer (Connect-ToServer (Start-Greeter)) 'x' | Should -BeExactly 'Hello Hello there x'
        }
        finally {
            Remove-Module -ModuleInfo $module
            Remove-Item -LiteralPath $path
        }
    }

    It 'works in a runspace of its own, and lists what others have opened' {
        $server = Start-TcpServer 0 { "got $_" } -Name 'shared'
        $working = Start-Background {
            $client = Connect-TcpClient 127.0.0.1 (Get-SocketServer 'shared').Port
            Send-SocketData $client 'x'
            Receive-SocketData $client
            $client | Close-Socket
        }
        Wait-Background $working | Should -BeExactly 'got x'
        $server.Status | Should -Be 'Running'
    }

    It 'leaves what another runspace has opened when it is removed in one' {
        $server = Start-TcpServer 0 { "got $_" }
        [void] (Wait-Background (Start-Background { $own = Start-TcpServer 0 -Name 'own'; Remove-Module PSSockets; [void] $own.WhenEnded().Wait(10000) }))
        @(Get-SocketServer).Name | Should -Be $server.Name
        Get-Answer (Connect-ToServer $server) 'x' | Should -BeExactly 'got x'
    }

    It 'works in ForEach-Object -Parallel' -Skip:(-not (Get-Command ForEach-Object).Parameters.ContainsKey('Parallel')) {
        $server = Start-TcpServer 0 { "got $_" }
        $port = $server.Port
        $path = $ModulePath
        $answers = 1..8 | ForEach-Object -Parallel {
            Import-Module $using:path
            $client = Connect-TcpClient 127.0.0.1 $using:port
            Send-SocketData $client "$_"
            Receive-SocketData $client -TimeoutSeconds 10
            $client | Close-Socket
        } -ThrottleLimit 4
        $answers | Sort-Object | Should -Be (1..8 | ForEach-Object { "got $_" })
    }

    It 'works in a ThreadJob' -Skip:(-not (Get-Command Start-ThreadJob -ErrorAction Ignore)) {
        $path = $ModulePath
        $job = Start-ThreadJob {
            Import-Module $using:path
            $server = Start-TcpServer 0 { "got $_" }
            $client = Connect-TcpClient 127.0.0.1 $server.Port
            Send-SocketData $client 'x'
            Receive-SocketData $client -TimeoutSeconds 10
            $server | Stop-SocketServer
        }
        try {
            [void] (Wait-Until { [string] $job.State -in 'Completed', 'Failed' })
            Receive-Job $job | Should -BeExactly 'got x'
        }
        finally {
            Remove-Job $job -Force
        }
    }
}
