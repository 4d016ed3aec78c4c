# What examples need that are not complete in themselves; every other example runs as it stands. One entry can serve several examples. The
# entries are in the folder of this name, by area; here is what they share.
#
#   Example   a part of the example's code by which it is known
#   Whole     it is the whole code, not a part
#   Replace   names in code and output, and what stands for them here
#   Before    runs first, in the example's runspace: peers and variables. Puts more replacements into $Map; $Folder is for files
#   While     runs beside the example: clients, and what brings an endless example to its end. $Running is the example's [powershell],
#             $Shown has what it has output so far, as text
#   Endless   is stopped, as by Ctrl+C, when While has come to its end
#   After     runs last, in the example's runspace: looks at what the example has left. Throws where that is not as it should be
#   Varies    a pattern of what is not the same each time: it is left out of the comparison
#   Screen    what it shows in a terminal is not to be had here, where there is none, and is not compared; tests of its own do that
#   Needs     is true where the example can run. Elsewhere its test is skipped, and says so
#
# Times, ports of endpoints, durations and the width of columns vary everywhere. tests/Examples.Tests.ps1 fails for an entry that no
# example uses.

# Two connected clients of a server named Intake, for what lists them.
$intake = {
    param($Map, $Folder)
    $server = Start-TcpServer 0 -Name Intake
    $clients = 1..2 | ForEach-Object { Connect-TcpClient 127.0.0.1 $server.Port }
    foreach ($client in $clients) { Send-SocketData $client 'some data' }
    while ($server.ConnectionCount -lt 2) { [System.Threading.Thread]::Sleep(10) }
}

# A chat on chat01, port 9000.
$chat = {
    param($Map, $Folder)
    $Map['chat01'] = 'localhost'
    $chat = Start-ChatServer $Map['9000'] -Name Chat -Room lobby, ops, dev
}

# The start of a While: how it waits.
$while = {
    param($Map, $Running, $Shown)
    function Wait-For([scriptblock] $Condition, [double] $TimeoutSeconds = 10) {
        $clock = [System.Diagnostics.Stopwatch]::StartNew()
        while (-not (& $Condition)) {
            if ($clock.Elapsed.TotalSeconds -gt $TimeoutSeconds) { throw "Not within $TimeoutSeconds s: $Condition" }
            [System.Threading.Thread]::Sleep(10)
        }
    }

    # Does something until the example has shown that: it may not have listened yet.
    function Wait-Shown([scriptblock] $Action) {
        Wait-For {
            & $Action
            try { Wait-For { $Shown.Count -gt 0 } -TimeoutSeconds 1; $true } catch { $false }
        }
    }

    # Takes part in the chat on port 9000, once that is there.
    function Join-Chat([string] $Nick, [string] $Room = 'lobby') {
        Wait-For { Get-SocketServer }
        Connect-ChatServer 127.0.0.1 $Map['9000'] -Nick $Nick -Room $Room
    }
}

function Join-Block([scriptblock] $First, [scriptblock] $Second) { [scriptblock]::Create("$First`n$Second") }

foreach ($path in [System.IO.Directory]::GetFiles([System.IO.Path]::Combine($PSScriptRoot, 'example-setup'), '*.ps1') | Sort-Object) {
    . $path
}
