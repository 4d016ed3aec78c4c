# The cmdlets are compiled, and name their aliases; this file loads them.
Import-Module -Name ([System.IO.Path]::Combine($PSScriptRoot, 'bin', 'PSSockets.dll'))
Export-ModuleMember -Cmdlet '*' -Alias 'Stop-TcpServer', 'Stop-UdpServer', 'Stop-ChatServer'
