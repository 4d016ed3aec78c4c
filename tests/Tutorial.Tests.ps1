# The programs of a Python tutorial, as they stand there but for the port: peers that send no newline and read what has arrived.
Describe 'The programs of the Python tutorial' -Skip:(-not (Get-Command python3 -CommandType Application -ErrorAction Ignore)) {
    BeforeAll {
        . "$PSScriptRoot/Support/common.ps1"
        . "$PSScriptRoot/Support/peers.ps1"

        # Runs a program of the tutorial with another port, and other replacements of its text.
        function Start-Python([string] $Name, [int] $Port, [hashtable] $Replace = @{}, [string] $Before = '', [string] $After = '') {
            $text = Get-Content -Raw -LiteralPath "$PSScriptRoot/Support/tutorial/$Name.py"
            $text = $text.Replace('8080', "$Port")
            foreach ($key in $Replace.Keys) {
                $text.Contains($key) | Should -BeTrue
                $text = $text.Replace($key, $Replace[$key])
            }
            $path = New-TestPath -Extension '.py'
            $WrittenForPeers.Add($path)
            Set-Content -LiteralPath $path -Value "$Before`n$text`n$After" -NoNewline
            Start-Peer -FileName python3 -ArgumentList '-u', $path
        }

        # A connection to a program that may not listen yet.
        function Connect-ToPython([int] $Port, [string] $Framing = 'Raw') {
            Connect-TcpClient 127.0.0.1 $Port -Framing $Framing -RetryCount 100 -RetryIntervalSeconds 0.1 -ErrorAction Stop
        }
    }

    AfterEach {
        Clear-TestSocket
        Stop-Peer
    }

    Context 'its servers, with our client' {
        It 'talks to the first server' {
            $port = Get-UnusedPort
            $python = Start-Python 'first_server' $port
            $client = Connect-ToPython $port
            Get-Answer $client 'Hello from client!' | Should -BeExactly 'Hello from server!'
            $client | Receive-SocketData -Wait -TimeoutSeconds 10 | Should -BeNullOrEmpty
            Wait-Peer $python | Should -BeLike '*Received: Hello from client!*'
        }

        It 'talks to the <Name> server, several messages on one connection' -ForEach @(
            @{ Name = 'sequential' }
            @{ Name = 'threaded' }
        ) {
            $port = Get-UnusedPort
            [void] (Start-Python "${Name}_server" $port)
            $client = Connect-ToPython $port
            Get-Answer $client 'one' | Should -BeExactly 'Echo: one'
            Get-Answer $client "gr`u{FC}n" | Should -BeExactly "Echo: gr`u{FC}n"
            $client | Close-Socket
            Get-Answer (Connect-ToPython $port) 'two' | Should -BeExactly 'Echo: two'
        }

        It 'waits behind another client of the sequential server' {
            $port = Get-UnusedPort
            [void] (Start-Python 'sequential_server' $port)
            $first = Connect-ToPython $port
            Get-Answer $first 'one' | Should -BeExactly 'Echo: one'
            $second = Connect-ToPython $port
            Send-SocketData $second 'two'
            (Get-Failure { Receive-SocketData $second -TimeoutSeconds 0.2 }).Id | Should -BeLike 'ReceiveTimedOut,*'
            $first | Close-Socket
            Receive-SocketData $second -TimeoutSeconds 10 | Should -BeExactly 'Echo: two'
        }

        It 'talks to the threaded server over two connections at a time' {
            $port = Get-UnusedPort
            [void] (Start-Python 'threaded_server' $port)
            $first = Connect-ToPython $port
            $second = Connect-ToPython $port
            Get-Answer $second 'b' | Should -BeExactly 'Echo: b'
            Get-Answer $first 'a' | Should -BeExactly 'Echo: a'
        }
    }

    Context 'its clients, with our server' {
        It 'answers the first client' {
            $server = Start-TcpServer 0 { $Server.State['got'] = $_; 'Hello from server!' } -Framing Raw
            Wait-Peer (Start-Python 'first_client' $server.Port) | Should -BeLike '*Server responded: Hello from server!*'
            $server.State['got'] | Should -BeExactly 'Hello from client!'
        }

        It 'answers the first client without a handler, step by step' {
            $server = Start-TcpServer 0 -Framing Raw
            $python = Start-Python 'first_client' $server.Port
            $connection = Wait-TcpConnection $server
            Get-Answer $connection 'Hello from server!' | Should -BeExactly 'Hello from client!'
            $connection | Close-Socket
            Wait-Peer $python | Should -BeLike '*Server responded: Hello from server!*'
        }

        It 'answers the first client as -Echo' {
            $server = Start-TcpServer 0 -Echo
            Wait-Peer (Start-Python 'first_client' $server.Port) | Should -BeLike '*Server responded: Hello from client!*'
        }

        It 'answers the client with a context manager' {
            $server = Start-TcpServer 0 { "got $_" } -Framing Raw
            Wait-Peer (Start-Python 'context_manager_client' $server.Port -After 'print(response.decode())') | Should -BeLike '*got Hello*'
            Wait-Until { $server.ConnectionCount -eq 0 } | Should -BeTrue
            $server.Errors | Should -HaveCount 0
        }

        It 'sends what receive_all reads: four digits, then the message in pieces' {
            $server = Start-TcpServer 0 -Framing Raw
            $before = "import socket`nsock = socket.create_connection(('127.0.0.1', 8080))".Replace('8080', "$($server.Port)")
            $python = Start-Python 'receive_all' 8080 -Before $before -After 'print(len(full_message), full_message[-3:].decode())'
            $connection = Wait-TcpConnection $server
            Send-SocketData $connection '9000'
            1..8 | ForEach-Object { Send-SocketData $connection ('x' * 1000) }
            Send-SocketData $connection ('y' * 997 + 'end')
            Wait-Peer $python | Should -BeLike '*9000 end*'
        }

        It 'reads in the way of receive_all with -ByteCount' {
            $server = Start-TcpServer 0 -Framing Raw
            $client = Connect-ToServer $server @{ Framing = 'Raw' }
            Send-SocketData $client ('0011Hello ' + 'world' + 'rest')
            $connection = Wait-TcpConnection $server
            $length = [int] (Receive-SocketData $connection -ByteCount 4)
            Receive-SocketData $connection -ByteCount $length | Should -BeExactly 'Hello world'
            Receive-SocketData $connection | Should -BeExactly 'rest'
        }
    }

    Context 'what can go wrong, seen by its robust client' {
        It 'is served' {
            $server = Start-TcpServer 0 { "Got it: $_" } -Framing Raw
            $output = Wait-Peer (Start-Python 'robust_client' $server.Port)
            $output | Should -BeLike '*Connected successfully*Received: Got it: Hello server!*Socket closed*'
        }

        It 'times out where our handler stays silent' {
            $server = Start-TcpServer 0 { } -Framing Raw
            Wait-Peer (Start-Python 'robust_client' $server.Port @{ '10.0' = '0.5' }) | Should -BeLike '*Connection timed out*Socket closed*'
        }

        It 'is refused where our server was stopped' {
            $server = Start-TcpServer 0 { $_ } -Framing Raw
            $server | Stop-SocketServer
            Wait-Peer (Start-Python 'robust_client' $server.Port) | Should -BeLike '*Server is not running or refused connection*'
        }

        It 'finds no host' {
            Wait-Peer (Start-Python 'robust_client' 9 @{ "'localhost'" = "'no-such-host.invalid'" }) | Should -BeLike '*Name resolution failed*'
        }

        It 'is reset by our Close-Socket -Abort' {
            $server = Start-TcpServer 0 { Close-Socket $Connection -Abort } -Framing Raw
            Wait-Peer (Start-Python 'robust_client' $server.Port) | Should -BeLike '*Connection was reset by server*Socket closed*'
        }

        It 'sees another error' {
            Wait-Peer (Start-Python 'robust_client' 9 @{ "'localhost'" = "'255.255.255.255'" }) | Should -BeLike '*Network error*'
        }
    }

    Context 'what can go wrong, seen by our client' {
        It 'times out where its server does not answer' {
            $port = Get-UnusedPort
            [void] (Start-Python 'sequential_server' $port)
            $first = Connect-ToPython $port
            Get-Answer $first 'x' | Should -BeExactly 'Echo: x'
            (Get-Failure { Receive-SocketData $first -TimeoutSeconds 0.2 }).Id | Should -BeLike 'ReceiveTimedOut,*'
            Get-Answer $first 'y' | Should -BeExactly 'Echo: y'
        }

        It 'is refused where its server has ended' {
            $port = Get-UnusedPort
            $python = Start-Python 'first_server' $port
            [void] (Get-Answer (Connect-ToPython $port) 'x')
            [void] (Wait-Peer $python)
            $failure = Get-Failure { Connect-TcpClient 127.0.0.1 $port }
            $failure.Id | Should -BeLike 'ConnectionRefused,*'
            $failure.Message | Should -BeLike 'Nothing listens on 127.0.0.1:*'
        }

        It 'finds no host' {
            (Get-Failure { Connect-TcpClient no-such-host.invalid 9 }).Id | Should -BeLike 'NameNotResolved,*'
        }

        It 'is reset where the program dies over unread data' {
            $port = Get-UnusedPort
            $python = Start-Python 'first_server' $port
            $client = Connect-ToPython $port
            # More than the one recv(1024) takes: the system resets what the program closes over.
            Send-SocketData $client ('x' * 100000)
            [void] (Wait-Peer $python)
            $failure = Get-Failure { $client | Receive-SocketData -Wait -TimeoutSeconds 10 }
            $failure.Id | Should -BeLike 'ConnectionReset,*'
        }

        It 'sees another error' {
            $failure = Get-Failure { Connect-TcpClient 255.255.255.255 9 -TimeoutSeconds 5 }
            $failure.Count | Should -Be 1
            $failure.Category | Should -Not -Be 'NotSpecified'
        }
    }

    Context 'its datagrams' {
        It 'answers the UDP client' {
            $server = Start-UdpServer 0 { $Server.State['got'] = $_; 'UDP response' }
            Wait-Peer (Start-Python 'udp_client' $server.Port) | Should -BeLike '*Server responded: UDP response*'
            $server.State['got'] | Should -BeExactly 'UDP message'
        }

        It 'gets the answer of the UDP server, unconnected and connected' {
            $port = Get-UnusedPort
            $python = Start-Python 'udp_server' $port
            $reply = Wait-Until -Because 'the program was to listen' {
                Send-UdpDatagram localhost $port 'UDP message' -WaitReply -TimeoutSeconds 1 -ErrorAction Ignore
            }
            $reply.Text | Should -BeExactly 'UDP response'
            $socket = Open-UdpSocket -ComputerName localhost -Port $port
            Send-SocketData $socket 'another'
            (Receive-SocketData $socket -TimeoutSeconds 10).Text | Should -BeExactly 'UDP response'
            [void] (Wait-Until { [System.Text.Encoding]::UTF8.GetString($python.Output.ToArray()) -like "*'127.0.0.1', $($socket.Port)*: another*" })
        }
    }
}
