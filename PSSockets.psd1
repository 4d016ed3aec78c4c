@{
    RootModule = 'module/PSSockets.psm1'
    ModuleVersion = '0.1.0'
    GUID = 'b3c0a9a2-5f0e-4d7e-9f52-6c5a0f3a7d11'
    Author = 'PSSockets contributors'
    CompanyName = 'PSSockets contributors'
    Copyright = '(c) PSSockets contributors. MIT licence.'
    Description = 'Sockets for PowerShell: TCP, UDP and Unix domain clients, servers with script handlers, message framing, objects in the pipeline.'
    PowerShellVersion = '7.4'
    CompatiblePSEditions = @('Core')
    # Loaded first: the type data names a class of it.
    RequiredAssemblies = @('module/bin/PSSockets.dll')
    FormatsToProcess = @('module/PSSockets.Format.ps1xml')
    TypesToProcess = @('module/PSSockets.Types.ps1xml')
    FunctionsToExport = @()
    CmdletsToExport = @(
        'Close-Socket'
        'Connect-ChatServer'
        'Connect-TcpClient'
        'Enter-ChatSession'
        'Get-ChatMember'
        'Get-SocketConnection'
        'Get-SocketOption'
        'Get-SocketServer'
        'Open-UdpSocket'
        'Receive-ChatMessage'
        'Receive-SocketData'
        'Remove-ChatMember'
        'Send-ChatMessage'
        'Send-SocketData'
        'Send-UdpDatagram'
        'Set-SocketOption'
        'Start-ChatServer'
        'Start-TcpServer'
        'Start-UdpServer'
        'Stop-SocketServer'
        'Use-Socket'
        'Wait-TcpConnection'
        'Watch-SocketServer'
    )
    VariablesToExport = @()
    AliasesToExport = @('Stop-TcpServer', 'Stop-UdpServer', 'Stop-ChatServer')
    PrivateData = @{
        PSData = @{
            Tags = @('socket', 'sockets', 'tcp', 'udp', 'multicast', 'unix-socket', 'server', 'client', 'network', 'PSEdition_Core', 'Windows', 'Linux', 'MacOS')
        }
    }
}
