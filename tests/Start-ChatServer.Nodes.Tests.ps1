# Chat servers that are one chat, over a real nats-server. Where that is not installed, the name of the context says what it needs.
Describe 'Start-ChatServer -Backplane' {
    BeforeAll {
        . "$PSScriptRoot/Support/common.ps1"
        . "$PSScriptRoot/Support/peers.ps1"

        # Starts a nats-server on a port, and waits until it listens.
        function Start-Nats {
            param([int] $Port = (Get-UnusedPort), [string[]] $ArgumentList = @())
            $peer = Start-Peer nats-server (@('-a', '127.0.0.1', '-p', $Port) + $ArgumentList)
            [void] (Wait-Until -Because 'nats-server was to listen' {
                if ($peer.Process.HasExited) {
                    throw "nats-server has ended: $($peer.Errors.Result)"
                }
                $probe = [System.Net.Sockets.TcpClient]::new()
                try {
                    $probe.Connect('127.0.0.1', $Port)
                    $true
                }
                catch [System.Net.Sockets.SocketException] {
                    $false
                }
                finally {
                    $probe.Dispose()
                }
            })
            [pscustomobject] @{ Url = "nats://127.0.0.1:$Port"; Port = $Port; Process = $peer.Process }
        }

        # Starts servers that are one chat, and waits until they know each other.
        function Start-Node {
            param($Nats, [int] $Count = 2)
            $nodes = @(1..$Count | ForEach-Object { Start-ChatServer 0 -Name "node$_" -Backplane $Nats.Url })
            [void] (Wait-Until -Because 'the nodes were to know each other' { @($nodes | Where-Object { $_.Nodes.Count -eq $Count }).Count -eq $Count })
            $nodes
        }

        # Somebody in the chat; waits until every server given knows the nick.
        function Enter-Chat {
            param($Server, [string] $Nick, $KnownTo = @($Server))
            $client = Connect-ToServer $Server
            Send-SocketData $client "/nick $Nick"
            foreach ($other in $KnownTo) {
                [void] (Wait-Until -Because "$Nick was to be known" { $other.FindMember($Nick) })
            }
            $client
        }

        # Reads a member's lines until one is as wanted, and gives that.
        function Wait-Line {
            param($Client, [string] $Like)
            $clock = [System.Diagnostics.Stopwatch]::StartNew()
            while ($clock.Elapsed.TotalSeconds -lt 20) {
                $line = Receive-SocketData $Client -TimeoutSeconds 20 -ErrorAction Stop
                if ($line -like $Like) {
                    return $line
                }
            }
            throw "No line like '$Like' came."
        }
    }

    AfterEach {
        Clear-TestSocket
        Stop-Peer
    }

    Context 'over nats-server (needs nats-server)' -Skip:(-not (Get-Command nats-server -CommandType Application -ErrorAction Ignore)) {
        It 'makes one chat of three servers' {
            $nodes = Start-Node (Start-Nats) -Count 3
            $ann = Enter-Chat $nodes[0] ann $nodes
            $bob = Enter-Chat $nodes[1] bob $nodes
            $cid = Enter-Chat $nodes[2] cid $nodes
            Send-SocketData $ann 'hello'
            Wait-Line $bob '*ann:*' | Should -BeExactly '[lobby] ann: hello'
            Wait-Line $cid '*ann:*' | Should -BeExactly '[lobby] ann: hello'
            Send-SocketData $cid '/msg ann psst'
            Wait-Line $ann '*cid:*' | Should -BeExactly '[private] cid: psst'
            $members = Get-ChatMember $nodes[1]
            $members.Nick -join ' ' | Should -BeExactly 'ann bob cid'
            $members.Node -join ' ' | Should -BeExactly ($nodes.Node -join ' ')
            $members.IsLocal -join ' ' | Should -BeExactly 'False True False'
        }

        It 'refuses a nick that is taken on another server' {
            $nodes = Start-Node (Start-Nats)
            [void] (Enter-Chat $nodes[0] ann $nodes)
            $bob = Enter-Chat $nodes[1] bob $nodes
            Send-SocketData $bob '/nick ANN'
            Wait-Line $bob '!!*' | Should -BeLike '*taken*'
        }

        It 'gives a server that comes later what was said before, and the topic' {
            $nats = Start-Nats
            $first = Start-ChatServer 0 -Backplane $nats.Url
            $ann = Enter-Chat $first ann
            Send-SocketData $ann '/topic all is well'
            Send-SocketData $ann 'said before'
            $second = Start-ChatServer 0 -Backplane $nats.Url
            [void] (Wait-Until -Because 'the topic was to be known' { $second.Rooms[0].Topic -eq 'all is well' })
            $bob = Enter-Chat $second bob
            Send-SocketData $bob '/history'
            Wait-Line $bob '*ann: said before' | Should -Match '^\[lobby \d\d:\d\d\] ann: said before$'
        }

        It 'keeps a member out of a server that comes later, until Unban on either' {
            $nats = Start-Nats
            $first = Start-ChatServer 0 -Backplane $nats.Url
            [void] (Enter-Chat $first ann)
            Remove-ChatMember $first ann -BanSeconds 600 -Confirm:$false
            $second = Start-ChatServer 0 -Backplane $nats.Url
            [void] (Wait-Until -Because 'the ban was to be known' { $second.Bans.Nick -eq 'ann' })
            $client = Connect-ToServer $second
            Send-SocketData $client '/nick ann'
            Wait-Line $client '!!*' | Should -BeLike '*banned*'
            $second.Unban('ann') | Should -BeTrue
            [void] (Wait-Until -Because 'the ban was to end' { $first.Bans.Count -eq 0 })
            [void] (Enter-Chat $first ann)
        }

        It 'removes a member of another server' {
            $nodes = Start-Node (Start-Nats)
            $ann = Enter-Chat $nodes[0] ann $nodes
            $bob = Enter-Chat $nodes[1] bob $nodes
            Remove-ChatMember $nodes[0] bob -Reason enough -Confirm:$false
            Wait-Line $ann '*bob has left*' | Should -BeLike '*enough*'
            [void] (Wait-Line $bob '*removed*enough*')
            (Get-ChatMember $nodes[1]).Nick | Should -BeExactly 'ann'
        }

        It 'lets the members of a server that is killed leave, within ten seconds' {
            $nats = Start-Nats
            $server = Start-ChatServer 0 -Backplane $nats.Url
            $ann = Enter-Chat $server ann
            $shell = Start-Shell @"
`$server = Start-ChatServer 0 -Backplane '$($nats.Url)'
`$client = Connect-TcpClient 127.0.0.1 `$server.Port
Send-SocketData `$client '/nick bob'
Receive-SocketData `$client -Wait -TimeoutSeconds 60 | ForEach-Object { }
"@
            [void] (Wait-Until -TimeoutSeconds 30 -Because 'bob was to be known' { $server.FindMember('bob') })
            $node = $server.FindMember('bob').Node
            $shell.Process.Kill()
            $clock = [System.Diagnostics.Stopwatch]::StartNew()
            Wait-Line $ann '*bob has left*' | Should -BeExactly "-- bob has left lobby (node $node is away)"
            $clock.Elapsed.TotalSeconds | Should -BeLessThan 10
            $server.Nodes.Count | Should -Be 1
        }

        It 'goes on without nats-server, and heals when it is back' {
            $nats = Start-Nats
            $nodes = Start-Node $nats
            $ann = Enter-Chat $nodes[0] ann $nodes
            $bob = Enter-Chat $nodes[0] bob $nodes
            $cid = Enter-Chat $nodes[1] cid $nodes
            $nats.Process.Kill()
            [void] (Wait-Line $ann '*cannot be reached*')
            [string] $nodes[0].BackplaneStatus | Should -BeExactly 'Disconnected'
            Send-SocketData $ann 'still here'
            [void] (Wait-Line $bob '*ann: still here')
            Send-SocketData $cid '/nick dora'
            [void] (Start-Nats -Port $nats.Port)
            [void] (Wait-Line $ann '*can be reached again*')
            [void] (Wait-Until -Because 'the nodes were to agree' { $nodes[0].FindMember('dora') -and -not $nodes[0].FindMember('cid') })
            [string] $nodes[0].BackplaneStatus | Should -BeExactly 'Connected'
            Send-SocketData $cid 'back'
            Wait-Line $ann '*dora:*' | Should -BeExactly '[lobby] dora: back'
            # The past follows the state, half a second later at the most.
            $line = Wait-Until -Because 'what was said meanwhile was to be in the history' {
                Send-SocketData $cid '/history'
                Receive-SocketData $cid -Wait -TimeoutSeconds 0.3 -ErrorAction Ignore | Where-Object { $_ -like '*still here' } | Select-Object -First 1
            }
            $line | Should -Match '^\[lobby \d\d:\d\d\] ann: still here$'
        }

        It 'keeps chats of different -ClusterName apart' {
            $nats = Start-Nats
            $one = Start-ChatServer 0 -Backplane $nats.Url -ClusterName ops.one
            $two = Start-ChatServer 0 -Backplane $nats.Url -ClusterName ops.two
            $three = Start-ChatServer 0 -Backplane $nats.Url -ClusterName ops.two
            [void] (Wait-Until -Because 'the second and the third were to know each other' { $two.Nodes.Count -eq 2 -and $three.Nodes.Count -eq 2 })
            $one.Nodes.Count | Should -Be 1
        }

        It 'takes credentials, and shows none' {
            $nats = Start-Nats -ArgumentList '--user', 'ann', '--pass', 's3cret'
            $secret = ConvertTo-SecureString 's3cret' -AsPlainText -Force
            $server = Start-ChatServer 0 -Backplane $nats.Url -BackplaneCredential ([pscredential]::new('ann', $secret))
            [string] $server.BackplaneStatus | Should -BeExactly 'Connected'
            $other = Start-ChatServer 0 -Backplane "nats://ann:s3cret@127.0.0.1:$($nats.Port)"
            $other.Backplane | Should -BeExactly $nats.Url
            [void] (Wait-Until -Because 'they were to know each other' { $server.Nodes.Count -eq 2 })
        }

        It 'ends with AccessDenied where the credentials are refused, and leaves no server' {
            $nats = Start-Nats -ArgumentList '--user', 'ann', '--pass', 's3cret'
            $failure = Get-Failure { Start-ChatServer 0 -Backplane "nats://ann:wr0ng@127.0.0.1:$($nats.Port)" }
            $failure.Id | Should -BeLike 'AccessDenied,*'
            $failure.IsTerminating | Should -BeTrue
            $failure.Message | Should -Not -BeLike '*wr0ng*'
            @(Get-SocketServer).Count | Should -Be 0
        }

        It 'works where somebody else has loaded the client library already' {
            $nats = Start-Nats
            $folder = New-TestPath -Extension ''
            [void] [System.IO.Directory]::CreateDirectory($folder)
            $copy = [System.IO.Path]::Combine($folder, 'NATS.Client.Core.dll')
            try {
                [System.IO.File]::Copy([System.IO.Path]::Combine($RepositoryRoot, 'module', 'bin', 'nats', 'NATS.Client.Core.dll'), $copy)
                $shell = Start-Shell @"
`$other = [System.Reflection.Assembly]::LoadFrom('$copy')
`$server = Start-ChatServer 0 -Backplane '$($nats.Url)'
`$all = [System.AppDomain]::CurrentDomain.GetAssemblies() | Where-Object { `$_.GetName().Name -eq 'NATS.Client.Core' }
`$contexts = `$all | ForEach-Object { [System.Runtime.Loader.AssemblyLoadContext]::GetLoadContext(`$_).Name }
"status `$(`$server.BackplaneStatus) contexts `$(`$contexts -join ' ')"
`$server | Stop-SocketServer
"@
                Wait-Peer $shell -TimeoutSeconds 30 | Should -Match 'status Connected contexts Default PSSockets.Nats'
            }
            finally {
                [System.IO.Directory]::Delete($folder, $true)
            }
        }
    }

    It 'warns where the backplane cannot be reached, and starts all the same' {
        $server = Start-ChatServer 0 -Backplane "nats://127.0.0.1:$(Get-UnusedPort)" -WarningVariable warnings -WarningAction SilentlyContinue
        [string] $server.BackplaneStatus | Should -BeExactly 'Disconnected'
        $warnings[0].Message | Should -BeLike '*cannot be reached*'
        $ann = Enter-Chat $server ann
        Send-SocketData $ann '/who'
        [void] (Wait-Line $ann '*ann*')
        $clock = [System.Diagnostics.Stopwatch]::StartNew()
        $server | Stop-SocketServer
        $clock.Elapsed.TotalSeconds | Should -BeLessThan 5
    }

    It 'ends with InvalidParameterValue for <_>' -ForEach 'broker:4222', 'http://broker', 'nats://', 'nats://ann:s3cret@broker/path' {
        $address = $_
        $failure = Get-Failure { Start-ChatServer 0 -Backplane $address }
        $failure.Id | Should -BeLike 'InvalidParameterValue,*'
        $failure.Message | Should -Not -BeLike '*s3cret*'
    }

    It 'ends with InvalidParameterCombination for credentials without a backplane' {
        $secret = [pscredential]::new('ann', (ConvertTo-SecureString 's3cret' -AsPlainText -Force))
        (Get-Failure { Start-ChatServer 0 -BackplaneCredential $secret }).Id | Should -BeLike 'InvalidParameterCombination,*'
    }

    It 'loads nothing of NATS before a backplane is asked for' {
        $shell = Start-Shell @'
$server = Start-ChatServer 0
$loaded = @([System.AppDomain]::CurrentDomain.GetAssemblies() | Where-Object { $_.GetName().Name -like '*NATS*' })
"$($server.BackplaneStatus) $($loaded.Count)"
$server | Stop-SocketServer
'@
        Wait-Peer $shell -TimeoutSeconds 30 | Should -Match 'None 0'
    }

    It 'names in THIRD-PARTY-NOTICES.txt each library that ships' {
        $notices = [System.IO.File]::ReadAllText([System.IO.Path]::Combine($RepositoryRoot, 'THIRD-PARTY-NOTICES.txt'))
        $files = [System.IO.Directory]::GetFiles([System.IO.Path]::Combine($RepositoryRoot, 'module', 'bin', 'nats'), '*.dll')
        $files.Count | Should -BeGreaterThan 3
        foreach ($file in $files) {
            $name = [System.IO.Path]::GetFileNameWithoutExtension($file)
            if ($name -ne 'PSSockets.Nats') {
                $notices | Should -Match ([regex]::Escape("$name.dll"))
            }
        }
    }
}
