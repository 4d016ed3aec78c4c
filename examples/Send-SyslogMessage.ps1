#!/usr/bin/env pwsh

<#
.SYNOPSIS
Sends messages to a syslog server over UDP.
.DESCRIPTION
Sends each message of the pipeline as a datagram, as RFC 5424 has it, or with -Rfc3164 in the older form, which is at most 1024 bytes long.
Syslog does not answer: what is lost is lost.
.PARAMETER Message
The text. Line ends in it are kept.
.PARAMETER ComputerName
Where the syslog server runs.
.PARAMETER Port
Its port.
.PARAMETER Facility
What kind of program speaks.
.PARAMETER Severity
How bad it is.
.PARAMETER AppName
The name of the program that speaks.
.PARAMETER MessageId
The kind of message, such as LOGIN; not part of the older form.
.PARAMETER Data
Structured data, a table of values by name, under the id of -DataId; not part of the older form.
.PARAMETER DataId
The id of the data: a name, @ and the private enterprise number of who defined it. 32473 is the one for examples.
.PARAMETER Rfc3164
Sends the older form.
.EXAMPLE
./Send-SyslogMessage.ps1 'Backup done' -ComputerName loghost -Severity notice -Data @{ files = 1200 }
.EXAMPLE
Get-Content app.log -Wait | ./Send-SyslogMessage.ps1 -Facility local3 -AppName app -Rfc3164
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory, Position = 0, ValueFromPipeline)] [AllowEmptyString()] [string] $Message,
    [string] $ComputerName = 'localhost',
    [ValidateRange(1, 65535)] [int] $Port = 514,
    [ValidateSet('kern', 'user', 'mail', 'daemon', 'auth', 'syslog', 'lpr', 'news', 'uucp', 'cron', 'authpriv', 'ftp',
        'local0', 'local1', 'local2', 'local3', 'local4', 'local5', 'local6', 'local7')] [string] $Facility = 'user',
    [ValidateSet('emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug')] [string] $Severity = 'info',
    [ValidatePattern('^[!-~]{1,48}$')] [string] $AppName = 'pwsh',
    [ValidatePattern('^[!-~]{1,32}$')] [string] $MessageId = '-',
    [hashtable] $Data = @{},
    [ValidatePattern('^[!#-<>-\\^-~]{1,32}$')] [string] $DataId = 'data@32473',
    [switch] $Rfc3164
)

begin {
    Set-StrictMode -Version Latest
    $ErrorActionPreference = 'Stop'
    if (-not (Get-Module PSSockets)) { Import-Module (Join-Path $PSScriptRoot '../PSSockets.psd1') }

    # local0 is 16: 12 to 15 have no common names.
    $facilities = 'kern user mail daemon auth syslog lpr news uucp cron authpriv ftp - - - - local0 local1 local2 local3 local4 local5 local6 local7'.Split()
    $severities = 'emerg alert crit err warning notice info debug'.Split()
    $priority = 8 * $facilities.IndexOf($Facility.ToLower()) + $severities.IndexOf($Severity.ToLower())
    $computer = [System.Net.Dns]::GetHostName()

    # In a value ", \ and ] stand behind a backslash.
    $pairs = foreach ($key in $Data.Keys | Sort-Object) { '{0}="{1}"' -f $key, ("$($Data[$key])" -replace '(["\\\]])', '\$1') }
    $structured = if ($pairs) { "[$DataId $pairs]" } else { '-' }

    # One Send-UdpDatagram, and so one socket, for the whole pipeline.
    $sender = { Send-UdpDatagram -ComputerName $ComputerName -Port $Port }.GetSteppablePipeline()
    $sender.Begin($true)
}

process {
    $now = [DateTime]::Now
    $invariant = [cultureinfo]::InvariantCulture
    if ($Rfc3164) {
        # English months, and a day below 10 has a space where others have a zero.
        $time = $now.ToString('MMM ', $invariant) + $now.Day.ToString().PadLeft(2) + $now.ToString(' HH:mm:ss', $invariant)
        $text = "<$priority>$time $($computer.Split('.')[0]) $AppName[$PID]: $Message"
        while ([System.Text.Encoding]::UTF8.GetByteCount($text) -gt 1024) {
            # A character has up to three bytes in UTF-8, a pair of surrogates four: never too much is cut.
            $excess = [System.Text.Encoding]::UTF8.GetByteCount($text) - 1024
            $text = $text.Substring(0, $text.Length - [Math]::Ceiling($excess / 3)).TrimEnd([char[]] (0xD800..0xDBFF))
        }
    }
    else {
        $time = $now.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffffK", $invariant)
        # UTF-8 without a byte order mark, which the RFC has before the text but servers write into their logs.
        $text = "<$priority>1 $time $computer $AppName $PID $MessageId $structured $Message"
    }
    $sender.Process($text)
}

end {
    $sender.End()
}
