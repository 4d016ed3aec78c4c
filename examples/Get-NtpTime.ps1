#!/usr/bin/env pwsh

<#
.SYNOPSIS
Asks a time server, and tells how far the own clock is off.
.DESCRIPTION
Sends one NTP request (version 4, RFC 5905) and gives the answer as an object. Offset is what to add to the own clock; it is wrong by half of
Delay at most. A server that refuses (a kiss-of-death, stratum 0) or has no time itself is an error.
.PARAMETER ComputerName
The time server.
.PARAMETER Port
Its port.
.PARAMETER TimeoutSeconds
How long to wait for the answer.
.EXAMPLE
./Get-NtpTime.ps1
.EXAMPLE
if ([Math]::Abs((./Get-NtpTime.ps1 ntp.example.com).Offset.TotalSeconds) -gt 1) { Write-Warning 'The clock is wrong.' }
#>
[CmdletBinding()]
param(
    [Parameter(Position = 0)] [string] $ComputerName = 'pool.ntp.org',
    [ValidateRange(1, 65535)] [int] $Port = 123,
    [ValidateRange(0.01, 3600)] [double] $TimeoutSeconds = 5
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
if (-not (Get-Module PSSockets)) { Import-Module (Join-Path $PSScriptRoot '../PSSockets.psd1') }

# Seconds since 1900 and 2^-32 parts of one, big-endian. They start again on 2036-02-07: a small number is after that (RFC 4330, section 3).
function ConvertFrom-NtpTimestamp([byte[]] $Bytes, [int] $Offset) {
    [uint64] $seconds, [uint64] $fraction = foreach ($at in $Offset, ($Offset + 4)) { [BitConverter]::ToUInt32($Bytes[($at + 3)..$at], 0) }
    $start = if ($seconds -ge 0x80000000L) { '1900-01-01 00:00:00Z' } else { '2036-02-07 06:28:16Z' }
    ([DateTimeOffset] $start).UtcDateTime.AddTicks($seconds * 10000000 + ($fraction * 10000000 -shr 32))
}

# 0x23 is version 4, a client's. For the time of sending goes a random number, which the answer must bring back: nobody else knows it.
$cookie = [byte[]]::new(8)
[System.Security.Cryptography.RandomNumberGenerator]::Fill($cookie)
[byte[]] $request = @(0x23) + @(0) * 39 + $cookie

# Opened first, so that finding the address is not part of what is measured.
$socket = Open-UdpSocket -ComputerName $ComputerName -Port $Port
try {
    $sent = [DateTime]::UtcNow
    $reply = Send-UdpDatagram -Socket $socket $request -WaitReply -TimeoutSeconds $TimeoutSeconds
}
finally {
    Close-Socket $socket
}

$bytes = $reply.Bytes
if ($bytes.Length -lt 48 -or ($bytes[0] -band 7) -ne 4 -or "$($bytes[24..31])" -ne "$cookie") { throw "What ${ComputerName} sent is no answer of a time server to this request." }
$code = [System.Text.Encoding]::ASCII.GetString($bytes, 12, 4).TrimEnd("`0")
if ($bytes[1] -eq 0) { throw "${ComputerName} refuses, kiss-of-death '$code'. For RATE ask less often, for DENY or RSTR another server." }
if ($bytes[0] -shr 6 -eq 3) { throw "The clock of ${ComputerName} is not set." }

$arrived = ConvertFrom-NtpTimestamp $bytes 32
$answered = ConvertFrom-NtpTimestamp $bytes 40
$received = $reply.ReceivedAt.UtcDateTime
[pscustomobject] @{
    Server = $reply.RemoteEndPoint
    Time = $answered.ToLocalTime()
    Offset = [timespan]::FromTicks((($arrived - $sent) + ($answered - $received)).Ticks / 2)
    Delay = ($received - $sent) - ($answered - $arrived)
    Stratum = [int] $bytes[1]
    # Of a first server what it takes its time from, such as GPS; of others the address of the server that they ask.
    Reference = if ($bytes[1] -eq 1) { $code } else { $bytes[12..15] -join '.' }
}
