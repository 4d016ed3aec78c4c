#!/usr/bin/env pwsh

<#
.SYNOPSIS
Finds devices in the local network by SSDP, the search of UPnP.
.DESCRIPTION
Sends an M-SEARCH to the group and gives each answer that comes in time as an object, once. Where nobody answers there is no output.
.PARAMETER SearchTarget
What to look for: ssdp:all, upnp:rootdevice, or the URN of a type of device or service.
.PARAMETER TimeoutSeconds
How long to collect. Devices choose a moment within it, so that they do not all answer at once.
.PARAMETER Interface
The interface to search on, by name, index or address; the system chooses one unless told.
.PARAMETER ComputerName
The group of SSDP, or one device to ask.
.PARAMETER Port
The port of SSDP.
.EXAMPLE
./Find-SsdpDevice.ps1 | Format-Table Address, Target, Server
.EXAMPLE
./Find-SsdpDevice.ps1 urn:schemas-upnp-org:device:MediaRenderer:1 -Interface eth0
#>
[CmdletBinding()]
param(
    [Parameter(Position = 0)] [ValidatePattern('^[!-~]+$')] [string] $SearchTarget = 'ssdp:all',
    [ValidateRange(1.2, 3600)] [double] $TimeoutSeconds = 3,
    [string] $Interface,
    [string] $ComputerName = '239.255.255.250',
    [ValidateRange(1, 65535)] [int] $Port = 1900
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
if (-not (Get-Module PSSockets)) { Import-Module (Join-Path $PSScriptRoot '../PSSockets.psd1') }

# MX is the longest time in whole seconds that a device may take, of 1 to 5; some is left for the way. An empty line ends the request.
$longest = [Math]::Clamp([int] [Math]::Floor($TimeoutSeconds - 0.2), 1, 5)
$lines = 'M-SEARCH * HTTP/1.1', "HOST: ${ComputerName}:$Port", 'MAN: "ssdp:discover"', "MX: $longest", "ST: $SearchTarget", '', ''

# UPnP wants a TTL of 2: a router or two may stand between.
$search = @{ ComputerName = $ComputerName; Port = $Port; InputObject = $lines -join "`r`n"; Ttl = 2; WaitReply = $true; TimeoutSeconds = $TimeoutSeconds }
if ($Interface) { $search.Interface = $Interface }
$seen = [System.Collections.Generic.HashSet[string]]::new()

# No answer is an answer here; any other error is one.
Send-UdpDatagram @search -ReplyCount ([int]::MaxValue) -ErrorAction SilentlyContinue -ErrorVariable failures | ForEach-Object {
    $status, $headers = $_.Text -split '\r?\n'
    if ($status -notmatch '^HTTP/1\.[01] 200\b') { return }
    $values = @{ ST = ''; USN = ''; LOCATION = ''; SERVER = '' }
    foreach ($header in $headers) {
        $key, $value = $header -split ':', 2
        if ($null -ne $value) { $values[$key.Trim()] = $value.Trim() }
    }
    if ($seen.Add("$($values.USN) $($values.ST) $($values.LOCATION)")) {
        [pscustomobject] @{
            Address = $_.RemoteEndPoint.Address
            Target = $values.ST
            Location = $values.LOCATION
            Server = $values.SERVER
            Id = $values.USN
            Headers = $values
        }
    }
}
$failures | Where-Object FullyQualifiedErrorId -NotLike 'ReceiveTimedOut,*' | ForEach-Object { throw $_ }
