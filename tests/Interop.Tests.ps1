Describe 'Other programs as peers' {
    BeforeAll {
        . "$PSScriptRoot/Support/common.ps1"
        . "$PSScriptRoot/Support/peers.ps1"

        # Bytes of every value, with zeros, line ends and no pattern that a framing could use.
        function New-TestFile([int] $Length) {
            $path = New-TestPath -Extension '.bin'
            $bytes = [byte[]]::new($Length)
            [System.Random]::new(7).NextBytes($bytes)
            [System.IO.File]::WriteAllBytes($path, $bytes)
            $FilesOfTest.Add($path)
            $path
        }

        function Get-Hash($Bytes) { [System.Convert]::ToHexString([System.Security.Cryptography.SHA256]::HashData($Bytes)) }
        function Get-FileSum($Path) { Get-Hash ([System.IO.File]::ReadAllBytes($Path)) }
        $FilesOfTest = [System.Collections.Generic.List[string]]::new()

        function Connect-ToPeer([int] $Port, [hashtable] $Parameters = @{}) {
            Connect-TcpClient 127.0.0.1 $Port -RetryCount 100 -RetryIntervalSeconds 0.1 -ErrorAction Stop @Parameters
        }
    }

    AfterEach {
        Clear-TestSocket
        Stop-Peer
        foreach ($path in $FilesOfTest) {
            Remove-Item -LiteralPath $path -ErrorAction Ignore
        }
        $FilesOfTest.Clear()
    }

    Context 'ncat' -Skip:(-not (Get-Command ncat -CommandType Application -ErrorAction Ignore)) {
        It 'as client: lines, answered although it ends its side at once' {
            $server = Start-TcpServer 0 { "got $_" }
            $ncat = Start-Peer ncat '127.0.0.1', $server.Port -InputText "one`ntwo`nthree"
            Wait-Peer $ncat | Should -BeExactly "got one`ngot two`ngot three`n"
        }

        It 'as client with -C: CRLF is taken as a line end' {
            $server = Start-TcpServer 0 { "[$_]" }
            $ncat = Start-Peer ncat '-C', '127.0.0.1', $server.Port -InputText "one`ntwo`n"
            Wait-Peer $ncat | Should -BeExactly "[one]`n[two]`n"
        }

        It 'as client with -C of a CrLf server' {
            $server = Start-TcpServer 0 { "[$_]" } -Framing CrLf
            $ncat = Start-Peer ncat '-C', '127.0.0.1', $server.Port -InputText "one`ntwo`n"
            Wait-Peer $ncat | Should -BeExactly "[one]`r`n[two]`r`n"
        }

        It 'as client: zero bytes and all others, back from -Echo' {
            $server = Start-TcpServer 0 -Echo
            $text = -join (0..127 | ForEach-Object { [char] $_ })
            $ncat = Start-Peer ncat '127.0.0.1', $server.Port -InputText $text
            (Wait-Peer $ncat -AsBytes) -join ' ' | Should -BeExactly ((0..127) -join ' ')
        }

        It 'as server: lines both ways' {
            $port = Get-UnusedPort
            $ncat = Start-Peer ncat '-l', '127.0.0.1', $port -KeepInput
            $client = Connect-ToPeer $port
            Send-SocketData $client 'from us'
            $ncat.Process.StandardInput.WriteLine('from ncat')
            Receive-SocketData $client -TimeoutSeconds 10 | Should -BeExactly 'from ncat'
            $client | Close-Socket
            $ncat.Process.StandardInput.Close()
            Wait-Peer $ncat | Should -BeExactly "from us`n"
        }

        It 'as server: takes a file of 1 MiB byte by byte' {
            $path = New-TestFile 1048576
            $port = Get-UnusedPort
            $ncat = Start-Peer ncat '-l', '--recv-only', '127.0.0.1', $port
            $client = Connect-ToPeer $port
            Send-SocketData $client -Path $path -CompleteWrites
            $received = Wait-Peer $ncat -AsBytes
            $received.Length | Should -Be 1048576
            Get-Hash $received | Should -BeExactly (Get-FileSum $path)
        }

        It 'as server: sends a file of 1 MiB byte by byte' -Skip:(-not (Test-Path '/bin/sh')) {
            $path = New-TestFile 1048576
            $port = Get-UnusedPort
            [void] (Start-Peer '/bin/sh' '-c', "exec ncat -l --send-only 127.0.0.1 $port < '$path'")
            $copy = New-TestPath
            $FilesOfTest.Add($copy)
            Connect-ToPeer $port | Receive-SocketData -OutFile $copy -TimeoutSeconds 10
            Get-FileSum $copy | Should -BeExactly (Get-FileSum $path)
        }

        It 'over a Unix socket, as client and as server' -Skip:(-not $IsLinux) {
            $path = New-TestPath -Extension '.sock'
            [void] (Start-TcpServer -UnixSocket $path { "got $_" })
            Wait-Peer (Start-Peer ncat '-U', $path -InputText "one`n") | Should -BeExactly "got one`n"
            $path = New-TestPath -Extension '.sock'
            $FilesOfTest.Add($path)
            $ncat = Start-Peer ncat '-l', '-U', $path -KeepInput
            $client = Connect-TcpClient -UnixSocket $path -RetryCount 100 -RetryIntervalSeconds 0.1
            $ncat.Process.StandardInput.WriteLine('from ncat')
            Receive-SocketData $client -TimeoutSeconds 10 | Should -BeExactly 'from ncat'
        }
    }

    Context 'socat' -Skip:(-not (Get-Command socat -CommandType Application -ErrorAction Ignore)) {
        It 'as client: lines' {
            $server = Start-TcpServer 0 { "got $_" }
            $socat = Start-Peer socat '-t', '10', '-', "TCP:127.0.0.1:$($server.Port)" -InputText "one`ntwo`n"
            Wait-Peer $socat | Should -BeExactly "got one`ngot two`n"
        }

        It 'as server: echoes 1 MiB byte by byte, with a half-close' {
            $path = New-TestFile 1048576
            $port = Get-UnusedPort
            [void] (Start-Peer socat '-t', '10', "TCP-LISTEN:$port,bind=127.0.0.1", 'EXEC:cat')
            $client = Connect-ToPeer $port @{ AsByteStream = $true }
            $sending = Start-Background { param($Client, $Path) Send-SocketData $Client -Path $Path -CompleteWrites } $client, $path
            $received = Receive-SocketData $client -Raw -TimeoutSeconds 10
            [void] (Wait-Background $sending)
            $received.Length | Should -Be 1048576
            Get-Hash $received | Should -BeExactly (Get-FileSum $path)
        }

        It 'as client: a file of 1 MiB to us, taken with -OutFile' {
            $path = New-TestFile 1048576
            $copy = New-TestPath
            $FilesOfTest.Add($copy)
            $server = Start-TcpServer 0
            $socat = Start-Peer socat '-u', "OPEN:$path", "TCP:127.0.0.1:$($server.Port)"
            Wait-TcpConnection $server | Receive-SocketData -OutFile $copy -TimeoutSeconds 10
            [void] (Wait-Peer $socat)
            Get-FileSum $copy | Should -BeExactly (Get-FileSum $path)
        }

        It 'as client: a file of 1 MiB through -Echo and back' {
            $path = New-TestFile 1048576
            $server = Start-TcpServer 0 -Echo
            $socat = Start-Peer socat '-t', '10', "OPEN:$path!!STDOUT", "TCP:127.0.0.1:$($server.Port)"
            Get-Hash (Wait-Peer $socat -AsBytes) | Should -BeExactly (Get-FileSum $path)
        }

        It 'over a Unix socket, as client and as server' {
            $path = New-TestPath -Extension '.sock'
            [void] (Start-TcpServer -UnixSocket $path { "got $_" })
            Wait-Peer (Start-Peer socat '-t', '10', '-', "UNIX-CONNECT:$path" -InputText "one`n") | Should -BeExactly "got one`n"
            $path = New-TestPath -Extension '.sock'
            $FilesOfTest.Add($path)
            [void] (Start-Peer socat "UNIX-LISTEN:$path", 'EXEC:cat')
            $client = Connect-TcpClient -UnixSocket $path -RetryCount 100 -RetryIntervalSeconds 0.1
            Get-Answer $client 'over a path' | Should -BeExactly 'over a path'
        }
    }
}
