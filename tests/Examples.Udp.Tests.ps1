# Each recipe runs against a program that owes nothing to the module. Where that is not installed, the name of the context says what it needs.
Describe 'The UDP recipes' {
    BeforeAll {
        . "$PSScriptRoot/Support/common.ps1"
        . "$PSScriptRoot/Support/peers.ps1"
        . "$PSScriptRoot/Support/recipes.ps1"
        $examples = [System.IO.Path]::Combine($RepositoryRoot, 'examples')
        $utf8 = [System.Text.Encoding]::UTF8
    }

    AfterEach {
        Clear-TestSocket
        Stop-Peer
    }

    Context 'Send-WakeOnLan (needs python3)' -Skip:(-not (Get-Command python3 -CommandType Application -ErrorAction Ignore)) {
        It 'broadcasts the magic packet twice' {
            $sink = Start-PythonPeer udp_sink.py
            & "$examples/Send-WakeOnLan.ps1" 00:11:22:aa:BB:cc -Port $sink.Port -LocalAddress 127.0.0.1
            1..2 | ForEach-Object { [System.Convert]::ToHexString((Read-SinkDatagram $sink)) | Should -BeExactly ('F' * 12 + '001122AABBCC' * 16) }
        }

        It 'takes addresses from the pipeline however they are written, and a password' {
            $sink = Start-PythonPeer udp_sink.py
            $to = @{ ComputerName = '127.255.255.255'; Port = $sink.Port; LocalAddress = '127.0.0.1' }
            '00-11-22-AA-BB-01', '0011.22AA.BB02', '001122AABB03' | & "$examples/Send-WakeOnLan.ps1" @to -Password 01:02:03:04
            foreach ($last in 1, 1, 2, 2, 3, 3) {
                [System.Convert]::ToHexString((Read-SinkDatagram $sink)) | Should -BeExactly ('F' * 12 + "001122AABB0$last" * 16 + '01020304')
            }
        }

        It 'refuses what is no address' {
            (Get-Failure { & "$examples/Send-WakeOnLan.ps1" 00:11:22:AA:BB }).Id | Should -BeLike 'ParameterArgumentValidationError,*'
        }
    }
}
