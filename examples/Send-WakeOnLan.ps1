#!/usr/bin/env pwsh

<#
.SYNOPSIS
Wakes computers by Wake-on-LAN.
.DESCRIPTION
Broadcasts the magic packet, six bytes FF and then sixteen times the hardware address, from every network card of this computer. It is sent
twice, as a datagram can get lost and no answer tells. The network card of the other computer has to be set up for it.
.PARAMETER MacAddress
The hardware address, as 00:11:22:AA:BB:CC, 00-11-22-AA-BB-CC, 0011.22AA.BBCC or without separators.
.PARAMETER ComputerName
Where to: by default all of the local network. Routers pass at most the broadcast address of one network, such as 192.168.7.255.
.PARAMETER Port
9 (discard) or 7 (echo) by custom; network cards do not look at it.
.PARAMETER Password
The SecureOn password of network cards that want one: four or six bytes, written like the address.
.PARAMETER LocalAddress
The own IPv4 addresses to send from, if not all: each stands for the network card by which the broadcast leaves.
.EXAMPLE
./Send-WakeOnLan.ps1 00:11:22:AA:BB:CC
.EXAMPLE
(Import-Csv hosts.csv).Mac | ./Send-WakeOnLan.ps1 -LocalAddress 192.168.7.1
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory, Position = 0, ValueFromPipeline)] [ValidatePattern('^([0-9A-Fa-f]{2}[:.-]?){5}[0-9A-Fa-f]{2}$')] [string] $MacAddress,
    [string] $ComputerName = '255.255.255.255',
    [ValidateRange(1, 65535)] [int] $Port = 9,
    [ValidatePattern('^([0-9A-Fa-f]{2}[:.-]?){3}(([0-9A-Fa-f]{2}[:.-]?){2})?[0-9A-Fa-f]{2}$')] [string] $Password,
    [ipaddress[]] $LocalAddress
)

begin {
    Set-StrictMode -Version Latest
    $ErrorActionPreference = 'Stop'
    if (-not (Get-Module PSSockets)) { Import-Module (Join-Path $PSScriptRoot '../PSSockets.psd1') }

    if (-not $LocalAddress) {
        # To 255.255.255.255 the system would take one network card of its choice.
        $cards = [System.Net.NetworkInformation.NetworkInterface]::GetAllNetworkInterfaces() |
            Where-Object { $_.OperationalStatus -eq 'Up' -and $_.NetworkInterfaceType -ne 'Loopback' }
        $LocalAddress = ($cards | ForEach-Object { $_.GetIPProperties().UnicastAddresses.Address }) | Where-Object AddressFamily -EQ 'InterNetwork'
    }
    $secret = if ($Password) { [Convert]::FromHexString($Password -replace '[:.-]') } else { @() }
}

process {
    [byte[]] $packet = @(0xFF) * 6 + [Convert]::FromHexString($MacAddress -replace '[:.-]') * 16 + $secret
    foreach ($address in $LocalAddress) {
        Open-UdpSocket -Address $address -Broadcast | Use-Socket -ScriptBlock {
            foreach ($time in 1, 2) { Send-UdpDatagram -Socket $_ $packet -ComputerName $ComputerName -Port $Port }
        }
    }
}
