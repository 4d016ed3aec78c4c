# Stand-ins for the few commands of the module of this name that examples and tests use.
@{
    RootModule = '../../PSSockets.StandIns.Security.dll'
    ModuleVersion = '7.0.0.0'
    GUID = '7f3f8a52-0f0a-4c55-9f0e-5d3a6d1f4e03'
    Author = 'PSSockets contributors'
    Description = 'Stand-ins, used only where the real Microsoft.PowerShell.Security is absent.'
    CompatiblePSEditions = @('Core')
    FunctionsToExport = @()
    CmdletsToExport = @(
        'ConvertFrom-SecureString'
        'ConvertTo-SecureString'
        'Get-Credential'
    )
    VariablesToExport = @()
    AliasesToExport = @()
}
