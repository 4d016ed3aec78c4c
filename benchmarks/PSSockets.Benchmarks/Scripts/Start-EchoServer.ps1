# An echo server of the module: with a script handler, or the engine's own. Ends when standard input does.
param([string] $Module, [ValidateSet('Handler', 'Echo')] [string] $Kind)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
Import-Module $Module
$server = $Kind -eq 'Echo' ? (Start-TcpServer 0 -Echo) : (Start-TcpServer 0 { $_ })
[Console]::Out.WriteLine($server.Port)
$null = [Console]::In.ReadLine()
$server | Stop-SocketServer -Force
