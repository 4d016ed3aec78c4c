#!/usr/bin/env pwsh

<#
.SYNOPSIS
Sends metrics to statsd.
.DESCRIPTION
Sends each metric of the pipeline as a datagram, or with -Batch many in one, joined by line feeds. statsd does not answer.
.PARAMETER Metric
A metric as statsd writes it, name:value|type, with |@rate behind it where it is sampled.
.PARAMETER Name
The name of a metric, such as web.requests. From the pipeline by property name, as are the following.
.PARAMETER Value
Its value. For a gauge a sign means a change: to set one below zero, set it to 0 first.
.PARAMETER Type
c counts, g is a gauge, ms a time in milliseconds, h goes to a histogram, s counts different values.
.PARAMETER SampleRate
What share of the events is sent, where it is not all, such as 0.1.
.PARAMETER Batch
Joins metrics up to 1432 bytes, which fit in an Ethernet frame. The rest leaves when the pipeline ends.
.PARAMETER ComputerName
Where statsd runs.
.PARAMETER Port
Its port.
.EXAMPLE
./Send-StatsdMetric.ps1 web.requests 1
.EXAMPLE
'web.requests:1|c', 'web.time:320|ms|@0.1' | ./Send-StatsdMetric.ps1 -Batch
.EXAMPLE
Get-Process | Select-Object @{ n = 'Name'; e = { "memory.$($_.Name)" } }, @{ n = 'Value'; e = 'WorkingSet64' } | ./Send-StatsdMetric.ps1 -Type g -Batch
#>
[CmdletBinding(DefaultParameterSetName = 'Metric')]
param(
    [Parameter(Mandatory, ValueFromPipeline, ParameterSetName = 'Metric')] [ValidatePattern('^[^:|@\n]+:[^:|\n]+\|(c|g|ms|h|s)(\|[^\n]+)?$')] [string] $Metric,
    [Parameter(Mandatory, Position = 0, ValueFromPipelineByPropertyName, ParameterSetName = 'Parts')] [ValidatePattern('^[^:|@\n]+$')] [string] $Name,
    [Parameter(Mandatory, Position = 1, ValueFromPipelineByPropertyName, ParameterSetName = 'Parts')] [ValidatePattern('^[^:|\n]+$')] [string] $Value,
    [Parameter(ValueFromPipelineByPropertyName, ParameterSetName = 'Parts')] [ValidateSet('c', 'g', 'ms', 'h', 's')] [string] $Type = 'c',
    [Parameter(ValueFromPipelineByPropertyName, ParameterSetName = 'Parts')] [ValidateRange(0.000001, 1)] [double] $SampleRate = 1,
    [switch] $Batch,
    [string] $ComputerName = 'localhost',
    [ValidateRange(1, 65535)] [int] $Port = 8125
)

begin {
    Set-StrictMode -Version Latest
    $ErrorActionPreference = 'Stop'
    if (-not (Get-Module PSSockets)) { Import-Module (Join-Path $PSScriptRoot '../PSSockets.psd1') }

    # One Send-UdpDatagram for the whole pipeline: one socket, and batches that fill up across objects.
    $sender = { Send-UdpDatagram -ComputerName $ComputerName -Port $Port -Batch:$Batch }.GetSteppablePipeline()
    $sender.Begin($true)
}

process {
    # Strings of PowerShell have the decimal point of no country but of statsd.
    $line = if ($Metric) { $Metric } elseif ($SampleRate -lt 1) { "${Name}:$Value|$Type|@$SampleRate" } else { "${Name}:$Value|$Type" }
    $sender.Process($line)
}

end {
    $sender.End()
}
