# Runs each way of calling a script block for each round and prints "way|calls a second".
param([string] $Cmdlets, [int] $Rounds)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
Import-Module $Cmdlets
$ways = [ordered] @{ 'context in pipeline' = 300000; 'context' = 300000; 'invoke' = 300000; 'pipeline reused' = 3000; 'pipeline anew' = 3000 }
foreach ($round in 1..$Rounds) {
    foreach ($way in $ways.Keys) {
        [Console]::WriteLine("$way|$((Measure-BenchmarkCall $way $ways[$way]).ToString('0'))")
    }
}
[Console]::WriteLine('end|0')
