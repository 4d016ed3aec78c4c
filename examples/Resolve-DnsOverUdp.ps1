#!/usr/bin/env pwsh

<#
.SYNOPSIS
Asks a DNS server for the addresses of a name.
.DESCRIPTION
Builds the query by hand (RFC 1035), checks that the answer belongs to it and gives its records as objects. Shows what a name resolves to
at one server, past the system's cache and hosts file.
.PARAMETER Name
The name to look up.
.PARAMETER Type
A for IPv4 addresses, AAAA for IPv6.
.PARAMETER Server
The server to ask; the system's first unless told.
.PARAMETER Port
Its port.
.PARAMETER TimeoutSeconds
How long to wait for the answer.
.EXAMPLE
./Resolve-DnsOverUdp.ps1 example.com -Server 9.9.9.9
.EXAMPLE
'www.example.com', 'mail.example.com' | ./Resolve-DnsOverUdp.ps1 -Type AAAA
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory, Position = 0, ValueFromPipeline)] [string] $Name,
    [ValidateSet('A', 'AAAA')] [string] $Type = 'A',
    [string] $Server,
    [ValidateRange(1, 65535)] [int] $Port = 53,
    [ValidateRange(0.01, 3600)] [double] $TimeoutSeconds = 5
)

begin {
    Set-StrictMode -Version Latest
    $ErrorActionPreference = 'Stop'
    if (-not (Get-Module PSSockets)) { Import-Module (Join-Path $PSScriptRoot '../PSSockets.psd1') }
    $types = @{ A = 1; CNAME = 5; AAAA = 28 }
    if (-not $Server) {
        $up = [System.Net.NetworkInformation.NetworkInterface]::GetAllNetworkInterfaces() | Where-Object OperationalStatus -EQ 'Up'
        $Server = $up | ForEach-Object { $_.GetIPProperties().DnsAddresses } | Select-Object -First 1
    }

    # The name at an offset, and the offset behind it. Two high bits mean: goes on at an earlier place. Each must be earlier than the last, so no circles.
    function Read-Name([byte[]] $Bytes, [int] $At) {
        $labels, $end, $earliest = @(), 0, $At
        while ($Bytes[$At]) {
            if ($Bytes[$At] -ge 0xC0) {
                if (-not $end) { $end = $At + 2 }
                $At = ($Bytes[$At] -band 0x3F) * 256 + $Bytes[$At + 1]
                if ($At -ge $earliest) { throw 'The answer has a name without end.' }
                $earliest = $At
            }
            else {
                $labels += [System.Text.Encoding]::ASCII.GetString($Bytes, $At + 1, $Bytes[$At])
                $At += 1 + $Bytes[$At]
            }
        }
        $labels -join '.'
        if ($end) { $end } else { $At + 1 }
    }
}

process {
    # Id, flags (0x0100: recursion wanted), one question, nothing else; then the labels of the name with their lengths, type, class IN.
    $id = [System.Security.Cryptography.RandomNumberGenerator]::GetInt32(65536)
    $labels = [System.Globalization.IdnMapping]::new().GetAscii($Name.TrimEnd('.')).Split('.')
    $question = @(foreach ($label in $labels) { $label.Length; [System.Text.Encoding]::ASCII.GetBytes($label) }) + 0, 0, $types[$Type], 0, 1
    [byte[]] $query = @(($id -shr 8), ($id -band 255), 1, 0, 0, 1, 0, 0, 0, 0, 0, 0) + $question

    $socket = Open-UdpSocket -ComputerName $Server -Port $Port
    try {
        Send-SocketData $socket $query
        $limit = [DateTime]::UtcNow.AddSeconds($TimeoutSeconds)
        do {
            # What has another id or question is not for us: late, or forged. The letters of the question may come back in another case.
            $bytes = (Receive-SocketData $socket -TimeoutSeconds ([Math]::Max(0.001, ($limit - [DateTime]::UtcNow).TotalSeconds))).Bytes
            $asked = if ($bytes.Length -ge $query.Length) { [System.Text.Encoding]::Latin1.GetString($bytes, 12, $query.Length - 12) }
        } until ($asked -eq [System.Text.Encoding]::Latin1.GetString($query, 12, $query.Length - 12) -and $bytes[0] * 256 + $bytes[1] -eq $id -and $bytes[2] -ge 0x80)
    }
    finally {
        Close-Socket $socket
    }

    $code = $bytes[3] -band 15
    if ($code) { throw "$Server answers for '$Name': $(@('', 'FormErr', 'ServFail', 'NXDomain', 'NotImp', 'Refused')[$code] ?? "code $code")." }
    if ($bytes[2] -band 2) { Write-Warning "The answer of $Server for '$Name' is cut: not all of it fits in a datagram." }
    $at = $query.Length
    for ($left = $bytes[6] * 256 + $bytes[7]; $left -gt 0; $left--) {
        $owner, $at = Read-Name $bytes $at
        $number = $bytes[$at] * 256 + $bytes[$at + 1]
        $length = $bytes[$at + 8] * 256 + $bytes[$at + 9]
        $data = $at + 10
        [pscustomobject] @{
            Name = $owner
            Type = $types.Keys | Where-Object { $types[$_] -eq $number }
            TimeToLive = [timespan]::FromSeconds([BitConverter]::ToUInt32($bytes[($at + 7)..($at + 4)], 0))
            Data = if ($number -eq 5) { (Read-Name $bytes $data)[0] } elseif ($number -in 1, 28) { [ipaddress]::new([byte[]] $bytes[$data..($data + $length - 1)]) }
        }
        $at = $data + $length
    }
}
