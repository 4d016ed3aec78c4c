Describe 'Start-TcpServer with a handler' {
    BeforeAll {
        . "$PSScriptRoot/Support/common.ps1"
        . "$PSScriptRoot/Support/peers.ps1"
    }

    AfterEach {
        Clear-TestSocket
        Stop-Peer
    }

    Context 'what a handler sees' {
        It 'finds the message in $_ and sends its output back' {
            $server = Start-TcpServer -Port 0 -OnMessage { "Echo: $_" }
            Get-Answer (Connect-ToServer $server) 'hello' | Should -BeExactly 'Echo: hello'
        }

        It 'takes the port and the handler by position' {
            $server = Start-TcpServer 0 { $_.ToUpperInvariant() }
            Get-Answer (Connect-ToServer $server) 'hello' | Should -BeExactly 'HELLO'
        }

        It 'finds the connection in $Connection and the server in $Server' {
            $server = Start-TcpServer 0 { "$($Connection.RemoteEndPoint.Port) $($Server.Name) $($Connection.Server -eq $Server)" } -Name 'here'
            $client = Connect-ToServer $server
            Get-Answer $client 'x' | Should -BeExactly "$($client.LocalEndPoint.Port) here True"
        }

        It 'gives -ArgumentList to $args and to param()' {
            $server = Start-TcpServer 0 { "$($args[0])-$($args[1]): $_" } -ArgumentList 1, 'two'
            Get-Answer (Connect-ToServer $server) 'x' | Should -BeExactly '1-two: x'
            $server = Start-TcpServer 0 { param($First, $Second) "$First+$($Second): $_" } -ArgumentList 1, 'two'
            Get-Answer (Connect-ToServer $server) 'x' | Should -BeExactly '1+two: x'
        }

        It 'gives an object of -ArgumentList as it is, not a copy' {
            $table = [hashtable]::Synchronized(@{})
            $server = Start-TcpServer 0 { $args[0][$_] = 1; 'done' } -ArgumentList $table
            Get-Answer (Connect-ToServer $server) 'key' | Should -BeExactly 'done'
            $table.ContainsKey('key') | Should -BeTrue
        }

        It 'shares $Server.State among connections and keeps $Connection.State apart' {
            $server = Start-TcpServer 0 { "$($Server.State.Increment('n')) $($Connection.State.Increment('N'))" }
            $first = Connect-ToServer $server
            $second = Connect-ToServer $server
            Get-Answer $first 'x' | Should -BeExactly '1 1'
            Get-Answer $first 'x' | Should -BeExactly '2 2'
            Get-Answer $second 'x' | Should -BeExactly '3 1'
            $server.State['n'] | Should -Be 3
        }

        It 'starts in the directory of the caller, also where a drive of the session leads to it, or nothing any more' {
            $directory = New-TestPath -Extension '[1]'
            [void] [System.IO.Directory]::CreateDirectory($directory)
            $session = $ExecutionContext.SessionState
            [void] $session.Drive.New([System.Management.Automation.PSDriveInfo]::new('Pss', $session.Provider.GetOne('FileSystem'), $directory, '', $null), 'Global')
            $before = $PWD.Path
            try {
                [void] $session.Path.SetLocation('Pss:\')
                $server = Start-TcpServer 0 { $PWD.ProviderPath }
                Get-Answer (Connect-ToServer $server) 'x' | Should -BeExactly $directory
                [System.IO.Directory]::Delete($directory)
                $server = Start-TcpServer 0 { "got $_" }
                Get-Answer (Connect-ToServer $server) 'x' | Should -BeExactly 'got x'
            }
            finally {
                [void] $session.Path.SetLocation($before)
                $session.Drive.Remove('Pss', $true, 'Global')
            }
        }

        It 'does not see the variables of the caller without $using:' {
            $mine = 'mine'
            $mine | Should -Be 'mine'
            $server = Start-TcpServer 0 { "[$mine]" }
            Get-Answer (Connect-ToServer $server) 'x' | Should -BeExactly '[]'
        }

        It 'does not carry variables from one call to the next' {
            $server = Start-TcpServer 0 { "[$left]"; $left = $_ } -ThrottleLimit 1
            $client = Connect-ToServer $server
            Get-Answer $client 'x' | Should -BeExactly '[]'
            Get-Answer $client 'y' | Should -BeExactly '[]'
        }

        It 'runs in the directory of the caller' {
            $server = Start-TcpServer 0 { (Get-Location).Path }
            Get-Answer (Connect-ToServer $server) 'x' | Should -BeExactly (Get-Location).Path
        }
    }

    Context '$using:' {
        It 'takes a variable' {
            $greeting = 'Good morning'
            $server = Start-TcpServer 0 { "$using:greeting, $_" }
            Get-Answer (Connect-ToServer $server) 'x' | Should -BeExactly 'Good morning, x'
        }

        It 'takes a member and an index' {
            $settings = [pscustomobject] @{ Name = 'n'; List = @('a', 'b'); Map = @{ Key = 'v' } }
            $server = Start-TcpServer 0 { "$($using:settings.Name) $($using:settings.List[1]) $($using:settings.Map['Key'])" }
            Get-Answer (Connect-ToServer $server) 'x' | Should -BeExactly 'n b v'
        }

        It 'takes an array as an array, an empty one and $null' {
            $several = 1, 2, 3
            $one = @('only')
            $none = @()
            $nothing = $null
            $nothing | Should -BeNullOrEmpty
            $server = Start-TcpServer 0 { "$(($using:several).Count) $(($using:one).Count) $(@($using:none).Count) $($null -eq $using:nothing)" }
            Get-Answer (Connect-ToServer $server) 'x' | Should -BeExactly '3 1 0 True'
        }

        It 'keeps a one-element array and an empty one arrays' {
            $one = @('only')
            $none = @()
            ($one.Count + $none.Count) | Should -Be 1
            $server = Start-TcpServer 0 { $a = $using:one; $b = $using:none; "$($a -is [array]) $($b -is [array])" }
            Get-Answer (Connect-ToServer $server) 'x' | Should -BeExactly 'True True'
        }

        It 'keeps a list the same list' {
            $list = [System.Collections.Concurrent.ConcurrentQueue[string]]::new()
            $server = Start-TcpServer 0 { ($using:list).Enqueue($_); 'done' }
            Get-Answer (Connect-ToServer $server) 'x' | Should -BeExactly 'done'
            @($list) | Should -Be 'x'
        }

        It 'takes the value of the start, not a later one' {
            $value = 'early'
            $server = Start-TcpServer 0 { $using:value }
            $value = 'late'
            $value | Should -Be 'late'
            Get-Answer (Connect-ToServer $server) 'x' | Should -BeExactly 'early'
        }

        It 'works in a nested block and in any case' {
            $mark = '#'
            $mark | Should -Be '#'
            $server = Start-TcpServer 0 { $line = $_; 1..2 | ForEach-Object { "$using:MARK$_$line" } }
            $client = Connect-ToServer $server
            Get-Answer $client 'x' | Should -BeExactly '#1x'
            Receive-SocketData $client | Should -BeExactly '#2x'
        }

        It 'leaves a nested block of ForEach-Object -Parallel the variables of the handler' {
            $server = Start-TcpServer 0 { $ofTheHandler = $_; 1..1 | ForEach-Object -Parallel { "$using:ofTheHandler $($using:ofTheHandler.Length)" } }
            Get-Answer (Connect-ToServer $server) 'abc' | Should -BeExactly 'abc 3'
        }

        It 'takes a name in braces, also in a string, in any case' {
            $mark = '#'
            $mark | Should -Be '#'
            $server = Start-TcpServer 0 { "${using:mark} ${USING:Mark}"; ${Using:MARK} }
            $client = Connect-ToServer $server
            Get-Answer $client 'x' | Should -BeExactly '# #'
            Receive-SocketData $client | Should -BeExactly '#'
        }

        It 'takes a table and an array that are splatted' {
            $table = @{ Second = 'two'; First = 'one' }
            $list = 'eins', 'zwei'
            $table.Count + $list.Count | Should -Be 4
            $server = Start-TcpServer 0 { Join-Both @using:table; Join-Both @Using:LIST } -InitializationScript { function Join-Both($First, $Second) { "$First-$Second" } }
            $client = Connect-ToServer $server
            Get-Answer $client 'x' | Should -BeExactly 'one-two'
            Receive-SocketData $client | Should -BeExactly 'eins-zwei'
        }

        It 'takes the variables of a function that starts a server' {
            function Start-Greeter($Word) { Start-TcpServer 0 { "$using:Word $_" } }
            Get-Answer (Connect-ToServer (Start-Greeter 'Hi')) 'x' | Should -BeExactly 'Hi x'
        }

        It 'works in -OnConnect, -OnDisconnect and -InitializationScript' {
            $word = 'hi'
            $word | Should -Be 'hi'
            $ended = [System.Collections.Concurrent.ConcurrentQueue[string]]::new()
            $server = Start-TcpServer 0 { "$_ $prepared" } -OnConnect { "on connect $using:word" } -OnDisconnect { ($using:ended).Enqueue("$using:word $($Connection.CloseReason)") } -InitializationScript { $prepared = "prepared $using:word" }
            $client = Connect-ToServer $server
            Receive-SocketData $client | Should -BeExactly 'on connect hi'
            Get-Answer $client 'x' | Should -BeExactly 'x prepared hi'
            $client | Close-Socket
            Wait-Until { $ended.Count } | Should -Be 1
            @($ended) | Should -BeExactly 'hi ClosedByPeer'
        }

        # Run as it is, on other threads, a block of the session breaks that: two workers were enough to abort the process.
        It 'brings script blocks and functions as text, not bound to the session' {
            function Get-Double($Value) { "$Value$Value" }
            $script:mark = 'of the session'
            $block = { param($value) $script:mark = 'of the worker'; "<$value>" }
            $server = Start-TcpServer 0 {
                & $using:block $_
                & ${using:function:Get-Double} $_
                ($using:block).Invoke($_)
                & $args[0] $_
                $_ | ForEach-Object $args[1]
            } -ArgumentList $block, { "$_!" }
            $client = Connect-ToServer $server
            Send-SocketData $client 'a'
            Receive-SocketData $client -TotalCount 5 -TimeoutSeconds 10 | Should -Be '<a>', 'aa', '<a>', '<a>', 'a!'
            $script:mark | Should -BeExactly 'of the session'
        }

        It 'brings what GetNewClosure keeps' {
            function New-Greeter($Word, $Decorate) { { "$(& $Decorate $Word) $using:name $_ $($Connection.RemoteEndPoint.Port)" }.GetNewClosure() }
            $name = 'you'
            $server = Start-TcpServer 0 (New-Greeter 'hello' { "[$args]" }) -OnConnect (New-Greeter 'welcome' { "($args)" })
            $client = Connect-ToServer $server
            Receive-SocketData $client -TimeoutSeconds 10 | Should -BeExactly "(welcome) you  $($client.LocalEndPoint.Port)"
            Get-Answer $client 'x' | Should -BeExactly "[hello] you x $($client.LocalEndPoint.Port)"
            $word = 'bye'
            $greeter = { "$word $args" }.GetNewClosure()
            $server = Start-TcpServer 0 { & $using:greeter $_ }
            Get-Answer (Connect-ToServer $server) 'x' | Should -BeExactly 'bye x'
        }

        It 'says which variable is not set, and listens nowhere' {
            $port = Get-UnusedPort
            $failure = Get-Failure { Start-TcpServer $port { $using:thereIsNoSuchVariable } }
            $failure.IsTerminating | Should -BeTrue
            $failure.Id | Should -BeLike 'InvalidHandler,*'
            $failure.Category | Should -Be 'InvalidArgument'
            $failure.Message | Should -BeLike '*$thereIsNoSuchVariable is not set*'
            (Start-TcpServer $port).Port | Should -Be $port
        }
    }

    Context 'output' {
        It 'sends each output object as a message' {
            $server = Start-TcpServer 0 { 'first'; 'second'; 3 }
            $client = Connect-ToServer $server
            Send-SocketData $client 'x'
            $client | Receive-SocketData -TotalCount 3 | Should -Be 'first', 'second', '3'
        }

        It 'sends a byte array as one message of these bytes' {
            $server = Start-TcpServer 0 { , [byte[]] (1, 0, 255) } -Framing LengthPrefix
            $client = Connect-ToServer $server @{ Framing = 'LengthPrefix'; AsByteStream = $true }
            $answer = Get-Answer $client 'x'
            , $answer | Should -BeOfType [byte[]]
            $answer | Should -Be 1, 0, 255
        }

        It 'sends an unrolled byte array as one message too' {
            $server = Start-TcpServer 0 { [byte[]] (65, 66) }
            Get-Answer (Connect-ToServer $server) 'x' | Should -BeExactly 'AB'
        }

        It 'sends other objects as the text that a string makes of them' {
            $server = Start-TcpServer 0 { 1.5; [version] '1.2'; $true; [timespan]::FromSeconds(1) }
            $client = Connect-ToServer $server
            Send-SocketData $client 'x'
            $client | Receive-SocketData -TotalCount 4 | Should -Be '1.5', '1.2', 'True', '00:00:01'
        }

        It 'sends an empty string as an empty line, and nothing for $null or no output' {
            $server = Start-TcpServer 0 { if ($_ -eq 'empty') { '' } elseif ($_ -eq 'null') { $null } elseif ($_ -eq 'end') { 'end' } }
            $client = Connect-ToServer $server
            'empty', 'null', 'none', 'end' | Send-SocketData $client
            $client | Receive-SocketData -TotalCount 2 | Should -Be '', 'end'
        }

        It 'sends an answer although the next message takes long' {
            $server = Start-TcpServer 0 { if ($_ -eq 'slow') { Start-Sleep -Seconds 60 }; "got $_" }
            $client = Connect-ToServer $server
            'quick', 'slow' | Send-SocketData $client
            Receive-SocketData $client -TimeoutSeconds 10 | Should -BeExactly 'got quick'
        }

        It 'sends nothing for a task that nobody awaits' {
            $server = Start-TcpServer 0 { $Connection.SendAsync('by the task'); $Connection.PostAsync('by another', $false, [System.Threading.CancellationToken]::None); 'by the handler' }
            $client = Connect-ToServer $server
            Get-Answer $client 'x' | Should -BeExactly 'by the task'
            Receive-SocketData $client -TimeoutSeconds 10 | Should -BeExactly 'by another'
            Receive-SocketData $client -TimeoutSeconds 10 | Should -BeExactly 'by the handler'
            (Get-Failure { Receive-SocketData $client -TimeoutSeconds 0.1 }).Id | Should -BeLike 'ReceiveTimedOut,*'
        }

        It 'stops at return' {
            $server = Start-TcpServer 0 { 'before'; return 'value'; 'after' }
            $client = Connect-ToServer $server
            'x', 'y' | Send-SocketData $client
            $client | Receive-SocketData -TotalCount 4 | Should -Be 'before', 'value', 'before', 'value'
        }

        It 'sends what -OnConnect gives, and nothing of -OnDisconnect' {
            $server = Start-TcpServer 0 -OnConnect { 'welcome' } -OnMessage { "got $_" } -OnDisconnect { $Server.State['gone'] = $Connection.Id; 'nobody hears this' }
            $client = Connect-ToServer $server
            Receive-SocketData $client | Should -BeExactly 'welcome'
            Get-Answer $client 'x' | Should -BeExactly 'got x'
            $id = $server.Connections[0].Id
            $client | Close-Socket
            Wait-Until { $server.State['gone'] } | Should -Be $id
            $server.Errors | Should -HaveCount 0
        }

        It 'answers nothing to a client that only connects and goes' {
            $server = Start-TcpServer 0 { $_ } -OnDisconnect { $Server.State['gone'] = $true }
            Connect-ToServer $server | Close-Socket
            Wait-Until { $server.State['gone'] } | Should -BeTrue
            $server.MessagesReceived | Should -Be 0
            $server.Errors | Should -HaveCount 0
        }

        It 'answers what a client sent before it ended its side' {
            $server = Start-TcpServer 0 { "got $_" }
            $client = Connect-ToServer $server
            'a', 'b', 'c' | Send-SocketData $client -CompleteWrites
            $client | Receive-SocketData -Wait | Should -Be 'got a', 'got b', 'got c'
        }
    }

    Context 'what a handler brings along' {
        It 'has the functions of -InitializationScript' {
            $server = Start-TcpServer 0 { Get-Twice $_ } -InitializationScript { function Get-Twice($Text) { "$Text$Text" } }
            Get-Answer (Connect-ToServer $server) 'ab' | Should -BeExactly 'abab'
        }

        It 'runs -InitializationScript once for each worker' {
            $runs = [System.Collections.Concurrent.ConcurrentQueue[int]]::new()
            $server = Start-TcpServer 0 { $_ } -ThrottleLimit 1 -InitializationScript { ($using:runs).Enqueue(1) }
            $client = Connect-ToServer $server
            1..5 | ForEach-Object { Get-Answer $client "$_" } | Should -Be '1', '2', '3', '4', '5'
            $runs.Count | Should -Be 1
        }

        It 'ends with an error where -InitializationScript fails, and frees the port' {
            $port = Get-UnusedPort
            $failure = Get-Failure { Start-TcpServer $port { $_ } -InitializationScript { throw 'not today' } }
            $failure.IsTerminating | Should -BeTrue
            $failure.Id | Should -BeLike 'InvalidHandler,*'
            $failure.Message | Should -BeLike '*InitializationScript*not today*'
            $failure.Output | Should -HaveCount 0
            $server = Start-TcpServer $port { $_ }
            Get-Answer (Connect-ToServer $server) 'x' | Should -BeExactly 'x'
        }

        It 'stops at once by Ctrl+C while -InitializationScript <Name>, and frees the port' -ForEach @(
            @{ Name = 'sleeps'; Script = { Start-Sleep -Seconds 3600 } }
            @{ Name = 'sits in foreign code'; Script = { ($using:gate).Wait() } }
        ) {
            $gate = [System.Threading.ManualResetEventSlim]::new()
            try {
                $port = Get-UnusedPort
                $background = Start-Background -ArgumentList $port, $Script.ToString(), $gate -ScriptBlock {
                    param($port, $script, $gate)
                    Start-TcpServer $port { $_ } -InitializationScript ([scriptblock]::Create($script))
                }
                Wait-Blocked $background
                Stop-Background $background | Should -BeLessThan 2000
                (Start-TcpServer $port).Port | Should -Be $port
            }
            finally {
                $gate.Set()
            }
        }

        It 'ends the -InitializationScript of a further worker when the server stops' {
            $count = [System.Collections.Concurrent.ConcurrentQueue[int]]::new()
            $ended = [System.Threading.ManualResetEventSlim]::new()
            $server = Start-TcpServer 0 { Start-Sleep -Milliseconds 300; $_ } -ThrottleLimit 2 -InitializationScript {
                # Loads the command while no other worker does.
                Start-Sleep -Milliseconds 1
                ($using:count).Enqueue(1)
                if (($using:count).Count -gt 1) {
                    try { Start-Sleep -Seconds 3600 } finally { ($using:ended).Set() }
                }
            }
            $one = Connect-ToServer $server
            $two = Connect-ToServer $server
            Send-SocketData $one 'x'
            Send-SocketData $two 'x'
            [void] (Wait-Until { $count.Count -eq 2 })
            Stop-SocketServer $server
            $ended.Wait(10000) | Should -BeTrue
            $server.ErrorCount | Should -Be 0
        }

        It 'has the aliases of the module' {
            $server = Start-TcpServer 0 { (Get-Command -Name Stop-TcpServer).Definition }
            Get-Answer (Connect-ToServer $server) 'x' | Should -BeExactly 'Stop-SocketServer'
        }

        It 'has the modules of -ImportModule' {
            $path = New-TestPath -Extension '.psm1'
            Set-Content -LiteralPath $path -Value 'function Get-FromModule { "from the module" }'
            try {
                $server = Start-TcpServer 0 { Get-FromModule } -ImportModule $path
                Get-Answer (Connect-ToServer $server) 'x' | Should -BeExactly 'from the module'
            }
            finally {
                Remove-Item -LiteralPath $path
            }
        }

        It 'ends with an error where a module of -ImportModule is missing' {
            $port = Get-UnusedPort
            $failure = Get-Failure { Start-TcpServer $port { $_ } -ImportModule 'There.Is.No.Such.Module' }
            $failure.IsTerminating | Should -BeTrue
            $failure.Id | Should -BeLike 'InvalidHandler,*'
            $failure.Message | Should -BeLike '*There.Is.No.Such.Module*'
            (Start-TcpServer $port).Port | Should -Be $port
        }

        It 'refuses a handler with <_> block' -ForEach 'begin', 'process', 'end' {
            $port = Get-UnusedPort
            $failure = Get-Failure { Start-TcpServer $port ([scriptblock]::Create("$_ { 1 }")) }
            $failure.IsTerminating | Should -BeTrue
            $failure.Id | Should -BeLike 'InvalidHandler,*'
            $failure.Message | Should -BeLike '*OnMessage*'
        }

        It 'shows Write-Host, Write-Warning and Write-Verbose on the console of who started the server' {
            $shell = Start-Shell @'
$server = Start-TcpServer 0 { Write-Host "host $_"; Write-Warning "warning $_"; Write-Verbose "verbose $_"; 'done' } -Verbose
$client = Connect-TcpClient 127.0.0.1 $server.Port
Send-SocketData $client 'x'
Receive-SocketData $client
$server | Stop-SocketServer
'@
            $output = Wait-Peer $shell -TimeoutSeconds 30
            $output | Should -Match 'host x'
            $output | Should -Match 'WARNING: .*warning x'
            $output | Should -Match 'VERBOSE: .*verbose x'
            $output | Should -Match 'done'
        }

        It 'shows no Write-Verbose where nobody asked for it' {
            $shell = Start-Shell @'
$server = Start-TcpServer 0 { Write-Verbose "verbose $_"; 'done' }
$client = Connect-TcpClient 127.0.0.1 $server.Port
Send-SocketData $client 'x'
Receive-SocketData $client
$server | Stop-SocketServer
'@
            $output = Wait-Peer $shell -TimeoutSeconds 30
            $output | Should -Match 'done'
            $output | Should -Not -Match 'verbose x'
        }
    }

    Context 'errors' {
        It 'keeps a throw in $Server.Errors with the connection, file and line, and lives on' {
            $server = Start-TcpServer 0 { if ($_ -eq 'bad') { throw 'this is bad' }; "fine $_" }
            $client = Connect-ToServer $server
            Send-SocketData $client 'bad'
            Get-Answer $client 'good' | Should -BeExactly 'fine good'
            $errors = Wait-ServerError $server
            $errors | Should -HaveCount 1
            $errors[0] | Should -BeOfType [System.Management.Automation.ErrorRecord]
            $errors[0].FullyQualifiedErrorId | Should -Be 'HandlerFailed'
            $errors[0].TargetObject | Should -Be $server.Connections[0]
            $errors[0].ToString() | Should -BeLike 'OnMessage: this is bad*'
            $errors[0].ToString() | Should -Match 'Start-TcpServer\.Handlers\.Tests\.ps1\D*\d+'
            $server.ErrorCount | Should -Be 1
        }

        It 'says the line of a throw within the file' {
            $path = New-TestPath -Extension '.ps1'
            Set-Content -LiteralPath $path -Value "# one`n# two`nStart-TcpServer 0 {`n    `$x = 1`n    throw 'here'`n}"
            try {
                $server = & $path
                $client = Connect-ToServer $server
                Send-SocketData $client 'x'
                (Wait-ServerError $server)[0].ToString() | Should -Match ([regex]::Escape($path) + ':5')
            }
            finally {
                Remove-Item -LiteralPath $path
            }
        }

        It 'keeps Write-Error with file and line, and sends the output all the same' {
            $server = Start-TcpServer 0 { Write-Error 'a small one'; 'answer' }
            $client = Connect-ToServer $server
            Get-Answer $client 'x' | Should -BeExactly 'answer'
            $errors = Wait-ServerError $server
            $errors | Should -HaveCount 1
            $errors[0].FullyQualifiedErrorId | Should -Be 'HandlerFailed'
            $errors[0].TargetObject | Should -Be $server.Connections[0]
            $errors[0].ToString() | Should -BeLike 'OnMessage: a small one*'
            $errors[0].ToString() | Should -Match 'Start-TcpServer\.Handlers\.Tests\.ps1\D*\d+'
        }

        It 'keeps the error of a command that does not exist' {
            $server = Start-TcpServer 0 { Get-WhatDoesNotExist; 'answer' }
            Send-SocketData (Connect-ToServer $server) 'x'
            (Wait-ServerError $server)[0].ToString() | Should -BeLike '*Get-WhatDoesNotExist*'
        }

        It 'keeps the error of <Handler>' -ForEach @(
            @{ Handler = 'OnConnect' }
            @{ Handler = 'OnDisconnect' }
        ) {
            $handlers = @{ OnMessage = { $_ }; $Handler = { throw "in $($args[0])" } }
            $server = Start-TcpServer 0 @handlers -ArgumentList $Handler
            $client = Connect-ToServer $server
            Get-Answer $client 'x' | Should -BeExactly 'x'
            $client | Close-Socket
            (Wait-ServerError $server)[0].ToString() | Should -BeLike "${Handler}: in $Handler*"
        }

        It 'keeps the error of output that cannot be sent, and sends no part of it with the next output' {
            $server = Start-TcpServer 0 -ThrottleLimit 1 {
                if ($_ -eq 'bad') { [byte] 65; , [System.Linq.Enumerable]::Cast[int]([object[]] @('no number')) }
                [byte] 66
            }
            $client = Connect-ToServer $server
            Send-SocketData $client 'bad'
            $failure = @(Wait-ServerError $server)[0]
            $failure.FullyQualifiedErrorId | Should -BeExactly 'HandlerFailed'
            Get-Answer $client 'good' | Should -BeExactly 'B'
            Get-Answer (Connect-ToServer $server) 'good' | Should -BeExactly 'B'
            $server.ErrorCount | Should -Be 1
        }

        It 'keeps what a peer sent out of reach of the terminal, in one line' {
            $server = Start-TcpServer 0 { throw "bad: $_`nsecond`r`nthird" }
            Send-SocketData (Connect-ToServer $server) "a$([char] 27)]0;title$([char] 7)"
            $text = "$(@(Wait-ServerError $server)[0])"
            $text | Should -BeLike "OnMessage: bad: a$([char] 0xFFFD)]0;title$([char] 0xFFFD) second third (*"
            @($text.ToCharArray() | Where-Object { [char]::IsControl($_) }).Count | Should -Be 0
        }

        It 'keeps the latest 256 errors and counts them all' {
            $server = Start-TcpServer 0 { throw "number $_" }
            1..300 | Send-SocketData (Connect-ToServer $server)
            $errors = Wait-ServerError $server -Count 300
            $errors | Should -HaveCount 256
            $errors[-1].ToString() | Should -BeLike '*number 300*'
            $errors[0].ToString() | Should -BeLike '*number 45*'
        }

        It '-OnHandlerError Disconnect closes that connection only' {
            $server = Start-TcpServer 0 { if ($_ -eq 'bad') { throw 'bad' }; $_ } -OnHandlerError Disconnect
            $first = Connect-ToServer $server
            $second = Connect-ToServer $server
            Get-Answer $second 'x' | Should -BeExactly 'x'
            Send-SocketData $first 'bad'
            Wait-ConnectionEnd $first | Should -Be 'end'
            Get-Answer $second 'y' | Should -BeExactly 'y'
            (Wait-ServerError $server)[0].TargetObject.CloseReason | Should -Be 'HandlerFailed'
        }

        It '-OnHandlerError Disconnect leaves the connection at Write-Error' {
            $server = Start-TcpServer 0 { Write-Error 'small'; $_ } -OnHandlerError Disconnect
            $client = Connect-ToServer $server
            Get-Answer $client 'x' | Should -BeExactly 'x'
            Get-Answer $client 'y' | Should -BeExactly 'y'
        }

        It '-OnHandlerError Stop stops the server' {
            $server = Start-TcpServer 0 { throw 'bad' } -OnHandlerError Stop
            Send-SocketData (Connect-ToServer $server) 'x'
            Wait-Until { [string] $server.Status -eq 'Stopped' } | Should -BeTrue
            $server.ErrorCount | Should -Be 1
            Get-SocketServer | Should -BeNullOrEmpty
        }

        It 'stays as it is at break and continue' {
            $server = Start-TcpServer 0 { if ($_ -in 'break', 'continue') { & ([scriptblock]::Create($_)) }; "after $_" }
            $client = Connect-ToServer $server
            'break', 'continue', 'x' | Send-SocketData $client
            Receive-SocketData $client | Should -BeExactly 'after x'
        }

        It 'lives on at exit' {
            $server = Start-TcpServer 0 { if ($_ -eq 'exit') { exit 3 }; "after $_" }
            $client = Connect-ToServer $server
            'exit', 'x' | Send-SocketData $client
            Receive-SocketData $client -TimeoutSeconds 10 | Should -BeExactly 'after x'
            $server.Status | Should -Be 'Running'
        }

        It 'honours the $ErrorActionPreference of the caller' {
            $ErrorActionPreference = 'Stop'
            $server = Start-TcpServer 0 { if ($_ -eq 'bad') { Write-Error 'now terminating' }; "after $_" }
            $client = Connect-ToServer $server
            'bad', 'x' | Send-SocketData $client
            Receive-SocketData $client | Should -BeExactly 'after x'
            (Wait-ServerError $server)[0].ToString() | Should -BeLike '*now terminating*'
        }
    }

    Context 'what a handler may do' {
        It 'asks another server with the client cmdlets' {
            $backend = Start-TcpServer 0 { "backend $_" }
            $port = $backend.Port
            $server = Start-TcpServer 0 {
                Connect-TcpClient 127.0.0.1 $using:port | Use-Socket -ScriptBlock { Send-SocketData $_ 'question'; Receive-SocketData $_ }
            }
            Get-Answer (Connect-ToServer $server) 'x' | Should -BeExactly 'backend question'
            Wait-Until { $backend.ConnectionCount -eq 0 } | Should -BeTrue
        }

        It 'holds a dialogue over its own connection' {
            $server = Start-TcpServer 0 {
                Send-SocketData $Connection "name?"
                $name = Receive-SocketData $Connection -TimeoutSeconds 10
                "hello $name after $_"
            }
            $client = Connect-ToServer $server
            Get-Answer $client 'login' | Should -BeExactly 'name?'
            Get-Answer $client 'Ada' | Should -BeExactly 'hello Ada after login'
            Get-Answer $client 'again' | Should -BeExactly 'name?'
            Get-Answer $client 'Bob' | Should -BeExactly 'hello Bob after again'
        }

        It 'holds a dialogue whose answers had arrived before' {
            $server = Start-TcpServer 0 { "$_ $(Receive-SocketData $Connection) $(Receive-SocketData $Connection -ByteCount 2)" }
            $client = Connect-ToServer $server
            Send-SocketData $client "a`nb`ncdx"
            Receive-SocketData $client -TimeoutSeconds 10 | Should -BeExactly 'a b cd'
            'y', 'zz' | Send-SocketData $client
            Receive-SocketData $client -TimeoutSeconds 10 | Should -BeExactly 'x y zz'
        }

        It 'holds a dialogue in -OnConnect' {
            $server = Start-TcpServer 0 -OnConnect { $Connection.State['name'] = Receive-SocketData $Connection } -OnMessage { "$($Connection.State['name']): $_" }
            $client = Connect-ToServer $server
            'Ada', 'hello' | Send-SocketData $client
            Receive-SocketData $client -TimeoutSeconds 10 | Should -BeExactly 'Ada: hello'
        }

        It 'sends to all others through $Server' {
            $server = Start-TcpServer 0 {
                $text = "$($Connection.Id): $_"
                $Server.Connections | Where-Object { $_ -ne $Connection } | ForEach-Object { Send-SocketData $_ $text }
            }
            $clients = 1..3 | ForEach-Object { Connect-ToServer $server }
            [void] (Wait-Until { $server.ConnectionCount -eq 3 })
            Send-SocketData $clients[0] 'hi'
            $answers = $clients[1..2] | ForEach-Object { Receive-SocketData $_ }
            $answers[0] | Should -Match '^\d+: hi$'
            $answers[1] | Should -BeExactly $answers[0]
            $failure = Get-Failure { Receive-SocketData $clients[0] -TimeoutSeconds 0.05 }
            $failure.Id | Should -BeLike 'ReceiveTimedOut,*'
        }

        It 'sends to everybody at once through $Server' {
            $server = Start-TcpServer 0 { Send-SocketData $Server "all: $_" }
            $clients = 1..3 | ForEach-Object { Connect-ToServer $server }
            [void] (Wait-Until { $server.ConnectionCount -eq 3 })
            Send-SocketData $clients[1] 'hi'
            $clients | ForEach-Object { Receive-SocketData $_ } | Should -Be 'all: hi', 'all: hi', 'all: hi'
        }

        It 'closes its connection behind the last answer' {
            $server = Start-TcpServer 0 { Send-SocketData $Connection 'bye'; Close-Socket $Connection }
            $client = Connect-ToServer $server
            'quit', 'more', 'and more' | Send-SocketData $client
            $client | Receive-SocketData -Wait | Should -Be 'bye'
            Wait-Until { $server.ConnectionCount -eq 0 } | Should -BeTrue
            $server.Errors | Should -HaveCount 0
        }

        It 'aborts its connection' {
            $server = Start-TcpServer 0 { Close-Socket $Connection -Abort }
            $client = Connect-ToServer $server
            Send-SocketData $client 'x'
            Wait-ConnectionEnd $client | Should -Be 'reset'
            $server.Errors | Should -HaveCount 0
        }

        It 'stops its own server, and its answer still arrives' {
            $server = Start-TcpServer 0 { $Server | Stop-SocketServer; "stopping" }
            $client = Connect-ToServer $server
            Send-SocketData $client 'x'
            $client | Receive-SocketData -Wait -TimeoutSeconds 10 | Should -Be 'stopping'
            Wait-Until { [string] $server.Status -eq 'Stopped' } | Should -BeTrue
            $server.Errors | Should -HaveCount 0
        }

        It 'starts a server of its own' {
            $server = Start-TcpServer 0 { $inner = Start-TcpServer 0 { "inner $_" }; $inner.Port }
            $port = [int] (Get-Answer (Connect-ToServer $server) 'x')
            $client = Connect-TcpClient 127.0.0.1 $port
            Get-Answer $client 'y' | Should -BeExactly 'inner y'
        }
    }

    Context 'order and parallelism' {
        It 'runs -ThrottleLimit handlers at the same time' {
            $together = [System.Threading.Barrier]::new(4)
            $server = Start-TcpServer 0 { ($using:together).SignalAndWait(15000) } -ThrottleLimit 4
            $clients = 1..4 | ForEach-Object { Connect-ToServer $server }
            $clients | ForEach-Object { Send-SocketData $_ 'x' }
            $clients | ForEach-Object { Receive-SocketData $_ -TimeoutSeconds 20 } | Should -Be 'True', 'True', 'True', 'True'
        }

        It 'runs no more than -ThrottleLimit' {
            $server = Start-TcpServer 0 {
                $now = $Server.State.Increment('running')
                if ($now -gt 2) { $Server.State['tooMany'] = $true }
                Start-Sleep -Milliseconds 10
                [void] $Server.State.Increment('running', -1)
                [System.Environment]::CurrentManagedThreadId
            } -ThrottleLimit 2
            $clients = 1..8 | ForEach-Object { Connect-ToServer $server }
            1..5 | ForEach-Object { $clients | ForEach-Object { Send-SocketData $_ 'x' } }
            $threads = $clients | ForEach-Object { $_ | Receive-SocketData -TotalCount 5 }
            $threads | Should -HaveCount 40
            @($threads | Sort-Object -Unique).Count | Should -BeIn 1, 2
            $server.State.ContainsKey('tooMany') | Should -BeFalse
        }

        It 'handles the messages of one connection in their order' {
            $server = Start-TcpServer 0 { if ($_ % 7 -eq 0) { Start-Sleep -Milliseconds 1 }; $_ } -ThrottleLimit 4
            $clients = 1..4 | ForEach-Object { Connect-ToServer $server }
            $clients | ForEach-Object { 1..300 | Send-SocketData $_ }
            foreach ($client in $clients) {
                ($client | Receive-SocketData -TotalCount 300) -join ' ' | Should -BeExactly ((1..300) -join ' ')
            }
        }

        It 'does not let a flooding client starve another' {
            $server = Start-TcpServer 0 { if ($_ -eq 'flood') { Start-Sleep -Milliseconds 5; [void] $Server.State.Increment('flood') } else { "answer $_" } } -ThrottleLimit 1
            $flooder = Connect-ToServer $server
            Send-SocketData $flooder ("flood`n" * 3000) -NoNewline
            [void] (Wait-Until { $server.State['flood'] -ge 1 })
            Get-Answer (Connect-ToServer $server) 'x' | Should -BeExactly 'answer x'
            $server.State['flood'] | Should -BeLessThan 1500
        }

        It '-Sequential serves one client to its end before the next' {
            $server = Start-TcpServer 0 { "got $_" } -Sequential
            $first = Connect-ToServer $server
            $second = Connect-ToServer $server
            Get-Answer $first 'a' | Should -BeExactly 'got a'
            Send-SocketData $second 'b'
            $failure = Get-Failure { Receive-SocketData $second -TimeoutSeconds 0.1 }
            $failure.Id | Should -BeLike 'ReceiveTimedOut,*'
            Get-Answer $first 'c' | Should -BeExactly 'got c'
            $server.AcceptedCount | Should -Be 1
            $first | Close-Socket
            Receive-SocketData $second -TimeoutSeconds 10 | Should -BeExactly 'got b'
        }
    }
}
