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

    Context 'Send-StatsdMetric (needs python3)' -Skip:(-not (Get-Command python3 -CommandType Application -ErrorAction Ignore)) {
        BeforeEach {
            $sink = Start-PythonPeer udp_sink.py
        }

        It 'sends a metric' {
            & "$examples/Send-StatsdMetric.ps1" web.requests 1 -Port $sink.Port
            $utf8.GetString((Read-SinkDatagram $sink)) | Should -BeExactly 'web.requests:1|c'
        }

        It 'sends lines and objects of the pipeline, each as a datagram' {
            'web.requests:1|c', 'web.time:320|ms|@0.1' | & "$examples/Send-StatsdMetric.ps1" -Port $sink.Port
            $objects = [pscustomobject] @{ Name = 'queue'; Value = 12.5; Type = 'g' }, [pscustomobject] @{ Name = 'queue'; Value = '-3'; Type = 'g'; SampleRate = 0.25 }
            $objects | & "$examples/Send-StatsdMetric.ps1" -Port $sink.Port
            $expected = 'web.requests:1|c', 'web.time:320|ms|@0.1', 'queue:12.5|g', 'queue:-3|g|@0.25'
            1..4 | ForEach-Object { $utf8.GetString((Read-SinkDatagram $sink)) } | Should -Be $expected
        }

        It 'joins metrics with -Batch as far as a frame holds' {
            $metrics = 1..200 | ForEach-Object { [pscustomobject] @{ Name = "some.metric.$_"; Value = $_ } }
            $metrics | & "$examples/Send-StatsdMetric.ps1" -Batch -Port $sink.Port
            $lines = [System.Collections.Generic.List[string]]::new()
            while ($lines.Count -lt 200) {
                $datagram = Read-SinkDatagram $sink
                $datagram.Length | Should -BeLessOrEqual 1432
                $lines.AddRange($utf8.GetString($datagram).Split("`n"))
            }
            $lines | Should -Be ($metrics | ForEach-Object { "$($_.Name):$($_.Value)|c" })
        }

        It 'refuses what would be two metrics or none' {
            (Get-Failure { 'no metric' | & "$examples/Send-StatsdMetric.ps1" -Port $sink.Port }).Id | Should -BeLike 'ParameterArgumentValidationError,*'
            (Get-Failure { & "$examples/Send-StatsdMetric.ps1" "a`nb" 1 -Port $sink.Port }).Id | Should -BeLike 'ParameterArgumentValidationError,*'
        }
    }
}
