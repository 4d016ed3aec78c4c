@{
    RootModule = 'PesterStandIn.psm1'
    ModuleVersion = '1.0.0'
    GUID = '7f3f8a52-0f0a-4c55-9f0e-5d3a6d1f4e10'
    Author = 'PSSockets contributors'
    Description = 'Runs Pester 5+ test files where Pester cannot be installed. It knows the part that the tests use and refuses the rest.'
    CompatiblePSEditions = @('Core')
    FunctionsToExport = @(
        'AfterAll'
        'AfterEach'
        'BeforeAll'
        'BeforeDiscovery'
        'BeforeEach'
        'Context'
        'Describe'
        'Invoke-PesterStandIn'
        'It'
        'Set-ItResult'
        'Should'
    )
    CmdletsToExport = @()
    VariablesToExport = @()
    AliasesToExport = @()
}
