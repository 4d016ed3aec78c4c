# The cmdlets are compiled; this file loads them and names the aliases.
Import-Module -Name ([System.IO.Path]::Combine($PSScriptRoot, 'bin', 'PSSockets.dll'))
Set-Alias -Name 'Stop-TcpServer' -Value 'Stop-SocketServer'
Set-Alias -Name 'Stop-UdpServer' -Value 'Stop-SocketServer'
Export-ModuleMember -Cmdlet '*' -Alias 'Stop-TcpServer', 'Stop-UdpServer'
