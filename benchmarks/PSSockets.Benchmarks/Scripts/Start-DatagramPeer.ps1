# Answers datagrams with a script handler, or counts them in a pipeline and says the number when asked by a datagram of five bytes.
param([string] $Module, [ValidateSet('Echo', 'Count')] [string] $Kind)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
Import-Module $Module
if ($Kind -eq 'Echo') {
    $server = Start-UdpServer 0 { $_ }
    [Console]::Out.WriteLine($server.Port)
    $null = [Console]::In.ReadLine()
    $server | Stop-SocketServer -Force
}
else {
    $socket = Open-UdpSocket -Address Loopback -AsByteStream
    [Console]::Out.WriteLine($socket.Port)
    $count = 0
    Receive-SocketData $socket -Wait | ForEach-Object {
        if ($_.Length -eq 5) { [Console]::Out.WriteLine($count) } else { $count++ }
    }
}
