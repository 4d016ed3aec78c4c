# Stand-ins for the few commands of the module of this name that examples and tests use.
@{
    RootModule = '../../PSSockets.StandIns.Management.dll'
    ModuleVersion = '7.0.0.0'
    GUID = '7f3f8a52-0f0a-4c55-9f0e-5d3a6d1f4e02'
    Author = 'PSSockets contributors'
    Description = 'Stand-ins, used only where the real Microsoft.PowerShell.Management is absent.'
    CompatiblePSEditions = @('Core')
    FunctionsToExport = @()
    CmdletsToExport = @(
        'Add-Content'
        'Convert-Path'
        'Copy-Item'
        'Get-ChildItem'
        'Get-Content'
        'Get-Item'
        'Get-Location'
        'Get-Process'
        'Join-Path'
        'Move-Item'
        'New-Item'
        'Pop-Location'
        'Push-Location'
        'Remove-Item'
        'Resolve-Path'
        'Set-Content'
        'Set-Location'
        'Split-Path'
        'Start-Process'
        'Stop-Process'
        'Test-Path'
        'Wait-Process'
    )
    VariablesToExport = @()
    AliasesToExport = @()
}
