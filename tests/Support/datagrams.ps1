# Dot-sourced behind common.ps1 by the tests of UDP: plain .NET sockets as peers that owe nothing to the module.

# A plain datagram socket on the loopback address.
function New-RawDatagramSocket {
    param([int] $Port = 0)
    $socket = [System.Net.Sockets.Socket]::new('InterNetwork', 'Dgram', 'Udp')
    $OpenedByTest.Add($socket)
    $socket.ReceiveTimeout = 10000
    $socket.Bind([System.Net.IPEndPoint]::new([ipaddress]::Loopback, $Port))
    $socket
}

# Sends text (UTF-8) or bytes as one datagram to a port of the loopback address.
function Send-RawDatagram {
    param($Socket, [int] $Port, $Data)
    if ($Data -is [string]) {
        $Data = [System.Text.Encoding]::UTF8.GetBytes($Data)
    }
    [void] $Socket.SendTo([byte[]] $Data, [System.Net.IPEndPoint]::new([ipaddress]::Loopback, $Port))
}

# Receives a datagram as text (UTF-8).
function Read-RawDatagram {
    param($Socket)
    $buffer = [byte[]]::new(65536)
    [System.Text.Encoding]::UTF8.GetString($buffer, 0, $Socket.Receive($buffer))
}

# An interface with IPv6 and multicast; nothing where there is none.
function Get-IPv6MulticastInterface {
    [System.Net.NetworkInformation.NetworkInterface]::GetAllNetworkInterfaces() | Where-Object {
        $_.OperationalStatus -eq 'Up' -and $_.SupportsMulticast -and [string] $_.NetworkInterfaceType -ne 'Loopback' -and $_.Supports('IPv6') -and
        @($_.GetIPProperties().UnicastAddresses | Where-Object { $_.Address.IsIPv6LinkLocal }).Count -gt 0
    } | ForEach-Object { $_.Name } | Select-Object -First 1
}

# How many threads of this process have a name like that; Linux only. The system keeps 15 characters of a name.
function Get-ThreadCount {
    param([string] $Name)
    @([System.IO.Directory]::GetDirectories('/proc/self/task') | Where-Object { [System.IO.File]::ReadAllText("$_/comm").Trim() -like $Name }).Count
}
