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

    Context 'Send-SyslogMessage (needs rsyslogd)' -Skip:(-not (Get-Command rsyslogd -CommandType Application -ErrorAction Ignore)) {
        BeforeEach {
            $rsyslog = Start-Rsyslog
        }

        AfterEach {
            Stop-Peer
            [System.IO.Directory]::Delete($rsyslog.Folder, $true)
        }

        It 'sends RFC 5424, with structured data' {
            $before = [DateTimeOffset]::Now
            $data = @{ path = 'C:\a "b" [c]'; files = 12 }
            & "$examples/Send-SyslogMessage.ps1" "Caf`u{E9} is open" -Port $rsyslog.Port -Facility local3 -Severity warning -AppName shop -MessageId OPEN -Data $data
            $message = Wait-RsyslogMessage $rsyslog
            $message.facility, $message.severity, $message.version | Should -Be 'local3', 'warning', '1'
            $message.app, $message.process, $message.id | Should -Be 'shop', "$PID", 'OPEN'
            $message.host | Should -BeExactly ([System.Net.Dns]::GetHostName())
            $message.data | Should -BeExactly '[data@32473 files="12" path="C:\\a \"b\" [c\]"]'
            $message.text | Should -BeExactly "Caf`u{E9} is open"
            ([DateTimeOffset] $message.time) | Should -BeGreaterOrEqual $before
            ([DateTimeOffset] $message.time) | Should -BeLessOrEqual ([DateTimeOffset]::Now)
        }

        It 'sends each message of the pipeline, with its line ends' {
            'one', "two`nlines", '' | & "$examples/Send-SyslogMessage.ps1" -Port $rsyslog.Port
            $messages = Wait-RsyslogMessage $rsyslog 3
            $messages.text | Should -Be 'one', "two`nlines", ''
            $messages.data | Should -Be '-', '-', '-'
            $messages.severity | Should -Be 'info', 'info', 'info'
        }

        It 'sends RFC 3164 with -Rfc3164' {
            & "$examples/Send-SyslogMessage.ps1" 'Disk is full' -Port $rsyslog.Port -Rfc3164 -Facility daemon -Severity crit -AppName disk
            $message = Wait-RsyslogMessage $rsyslog
            $message.facility, $message.severity, $message.version | Should -Be 'daemon', 'crit', '0'
            $message.host | Should -BeExactly ([System.Net.Dns]::GetHostName().Split('.')[0])
            $message.tag | Should -BeExactly "disk[$PID]:"
            $message.text | Should -BeExactly ' Disk is full'
            $message.raw | Should -Match '^<26>(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ 1-3]\d \d\d:\d\d:\d\d '
        }

        It 'cuts RFC 3164 to 1024 bytes, between characters' {
            ("`u{20AC}" * 1000), ('x' * 2000), ("`u{1F600}" * 1000) | & "$examples/Send-SyslogMessage.ps1" -Port $rsyslog.Port -Rfc3164
            foreach ($message in Wait-RsyslogMessage $rsyslog 3) {
                $utf8.GetByteCount($message.raw) | Should -BeLessOrEqual 1024
                $utf8.GetByteCount($message.raw) | Should -BeGreaterThan 1020
                $message.raw | Should -Not -Match "`u{FFFD}"
            }
        }
    }

    Context 'Get-NtpTime (needs python3)' -Skip:(-not (Get-Command python3 -CommandType Application -ErrorAction Ignore)) {
        It 'tells how far a clock is <Name>' -ForEach @(
            @{ Name = 'ahead'; Seconds = 3600.5 }
            @{ Name = 'behind'; Seconds = -86400 }
            @{ Name = 'ahead, past the year 2036'; Seconds = 600000000 }
        ) {
            $server = Start-PythonPeer ntp_server.py "$Seconds"
            $time = & "$examples/Get-NtpTime.ps1" 127.0.0.1 -Port $server.Port
            $time.Stratum | Should -Be 1
            $time.Reference | Should -BeExactly 'GPS'
            $time.Delay.TotalSeconds | Should -BeGreaterOrEqual 0
            [Math]::Abs($time.Offset.TotalSeconds - $Seconds) | Should -BeLessOrEqual ($time.Delay.TotalSeconds / 2 + 0.001)
            [Math]::Abs(($time.Time - [DateTime]::Now).TotalSeconds - $Seconds) | Should -BeLessThan 60
        }

        It 'says what a kiss-of-death says' {
            $server = Start-PythonPeer ntp_server.py '0', '0', 'RATE'
            $failure = Get-Failure { & "$examples/Get-NtpTime.ps1" 127.0.0.1 -Port $server.Port }
            $failure.Message | Should -BeLike '*127.0.0.1*kiss-of-death*RATE*'
            $failure.IsTerminating | Should -BeTrue
            $failure.Output.Count | Should -Be 0
        }

        It 'does not take the time of a server that has none' {
            $server = Start-PythonPeer ntp_server.py '0', '2', '', '3'
            (Get-Failure { & "$examples/Get-NtpTime.ps1" 127.0.0.1 -Port $server.Port }).Message | Should -BeLike '*not set*'
        }

        It 'does not take an answer to another request' {
            $forger = Start-UdpServer 0 { , ([byte[]] (@(0x24, 1) + @(7) * 46)) }
            (Get-Failure { & "$examples/Get-NtpTime.ps1" 127.0.0.1 -Port $forger.Port }).Message | Should -BeLike '*no answer*'
        }

        It 'says when nobody answers' {
            $silent = Start-UdpServer 0 { }
            (Get-Failure { & "$examples/Get-NtpTime.ps1" 127.0.0.1 -Port $silent.Port -TimeoutSeconds 0.2 }).Id | Should -BeLike 'ReceiveTimedOut,*'
        }
    }

    Context 'Resolve-DnsOverUdp (needs dnsmasq)' -Skip:(-not (Get-Command dnsmasq -CommandType Application -ErrorAction Ignore)) {
        BeforeEach {
            $server = @{ Server = '127.0.0.1'; Port = (Start-Dnsmasq).Port }
        }

        It 'gives IPv4 addresses, and IPv6 addresses with -Type AAAA' {
            $answer = & "$examples/Resolve-DnsOverUdp.ps1" x.test @server
            $answer.Name, $answer.Type, "$($answer.Data)" | Should -Be 'x.test', 'A', '192.0.2.7'
            $answer.Data | Should -BeOfType [ipaddress]
            $answer.TimeToLive | Should -BeOfType [timespan]
            $answer = & "$examples/Resolve-DnsOverUdp.ps1" x.test -Type AAAA @server
            $answer.Type, "$($answer.Data)" | Should -Be 'AAAA', '2001:db8::7'
        }

        It 'follows an alias, whose name is compressed' {
            $answers = & "$examples/Resolve-DnsOverUdp.ps1" alias.y.test @server
            $answers.Name | Should -Be 'alias.y.test', 'host.y.test'
            $answers.Type | Should -Be 'CNAME', 'A'
            $answers.Data | ForEach-Object { "$_" } | Should -Be 'host.y.test', '192.0.2.8'
        }

        It 'takes names from the pipeline, with letters that ASCII has not and a dot at the end' {
            ("m`u{FC}nchen.test.", 'x.test' | & "$examples/Resolve-DnsOverUdp.ps1" @server).Data | ForEach-Object { "$_" } | Should -Be '192.0.2.9', '192.0.2.7'
        }

        It 'says that there is no such name, and that the server does not want to know' {
            (Get-Failure { & "$examples/Resolve-DnsOverUdp.ps1" nobody.y.test @server }).Message | Should -BeLike "*127.0.0.1*'nobody.y.test'*NXDomain*"
            (Get-Failure { & "$examples/Resolve-DnsOverUdp.ps1" z.test @server }).Message | Should -BeLike '*Refused*'
        }

        It 'gives nothing for a name without addresses of the type' {
            (Get-Failure { & "$examples/Resolve-DnsOverUdp.ps1" host.y.test -Type AAAA @server }).Output.Count | Should -Be 0
        }
    }

    Context 'Resolve-DnsOverUdp at a forger' {
        It 'waits on past an answer with another id' {
            # The query back as an answer with one address: first with another id, then with its own.
            $forger = Start-UdpServer 0 -AsByteStream {
                foreach ($last in 66, 7) {
                    $reply = [byte[]] ($_ + @(0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, $last))
                    $reply[2], $reply[3], $reply[7] = 0x81, 0x80, 1
                    if ($last -eq 66) { $reply[0] = $reply[0] -bxor 1 }
                    , $reply
                }
            }
            $answer = & "$examples/Resolve-DnsOverUdp.ps1" x.test -Server 127.0.0.1 -Port $forger.Port
            "$($answer.Data) $($answer.Name) $($answer.TimeToLive)" | Should -BeExactly '192.0.2.7 x.test 00:01:00'
        }

        It 'refuses a name that refers to itself' {
            $forger = Start-UdpServer 0 -AsByteStream {
                $reply = [byte[]] ($_ + @(0xC0, $_.Length, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 7))
                $reply[2], $reply[7] = 0x81, 1
                , $reply
            }
            (Get-Failure { & "$examples/Resolve-DnsOverUdp.ps1" x.test -Server 127.0.0.1 -Port $forger.Port }).Message | Should -BeLike '*without end*'
        }

        It 'says when nobody answers' {
            $silent = Start-UdpServer 0 { }
            $ask = { & "$examples/Resolve-DnsOverUdp.ps1" x.test -Server 127.0.0.1 -Port $silent.Port -TimeoutSeconds 0.2 }
            (Get-Failure $ask).Id | Should -BeLike 'ReceiveTimedOut,*'
        }
    }

    Context 'Find-SsdpDevice (needs python3)' -Skip:(-not (Get-Command python3 -CommandType Application -ErrorAction Ignore)) {
        It 'collects answers of a group, each once' {
            $device = Start-PythonPeer ssdp_device.py
            $found = @(& "$examples/Find-SsdpDevice.ps1" -Port $device.Port -Interface 127.0.0.1 -TimeoutSeconds 1.5)
            $found.Target | Sort-Object | Should -Be 'upnp:rootdevice', 'urn:schemas-upnp-org:service:Test:1'
            $found[0].Id | Should -BeLike 'uuid:*::*'
            $found[0].Address | Should -BeOfType [ipaddress]
            $found[0].Location | Should -BeExactly 'http://127.0.0.1:8080/device.xml'
            $found[0].Server | Should -BeExactly 'Test/1.0 UPnP/1.1 Device/1.0'
            $found[0].Headers['Cache-Control'] | Should -BeExactly 'max-age=1800'
        }

        It 'finds what it looks for alone, and nothing where there is nothing' {
            $device = Start-PythonPeer ssdp_device.py
            $search = @{ Port = $device.Port; Interface = '127.0.0.1'; TimeoutSeconds = 1.5 }
            @(& "$examples/Find-SsdpDevice.ps1" upnp:rootdevice @search).Target | Should -Be 'upnp:rootdevice'
            $failure = Get-Failure { & "$examples/Find-SsdpDevice.ps1" urn:schemas-upnp-org:service:None:1 @search }
            $failure.Count + $failure.Output.Count | Should -Be 0
        }

        It 'says what goes wrong' {
            (Get-Failure { & "$examples/Find-SsdpDevice.ps1" -Interface nix }).Id | Should -BeLike 'InterfaceNotFound,*'
        }
    }

    Context 'each of them' {
        It '<_> has help, and runs in a process of its own' -ForEach 'Find-SsdpDevice', 'Get-NtpTime', 'Resolve-DnsOverUdp', 'Send-StatsdMetric', 'Send-SyslogMessage', 'Send-WakeOnLan' {
            $path = "$examples/$_.ps1"
            $help = Get-Help $path -Full
            $help.Synopsis | Should -BeLike '*.'
            @($help.examples.example).Count | Should -BeGreaterThan 0
            $names = @($help.parameters.parameter | ForEach-Object { $_.name })
            foreach ($parameter in (Get-Command $path).Parameters.Keys | Where-Object { $_ -notin [System.Management.Automation.Cmdlet]::CommonParameters }) {
                $names | Should -Contain $parameter
            }
            $silent = Start-UdpServer 0 { }
            $arguments = @{
                'Find-SsdpDevice' = '-ComputerName', '127.0.0.1', '-TimeoutSeconds', '1.2'
                'Get-NtpTime' = '127.0.0.1', '-TimeoutSeconds', '0.1'
                'Resolve-DnsOverUdp' = 'x.test', '-Server', '127.0.0.1', '-TimeoutSeconds', '0.1'
                'Send-StatsdMetric' = 'a', '1'
                'Send-SyslogMessage' = 'text'
                'Send-WakeOnLan' = '00:11:22:33:44:55', '-LocalAddress', '127.0.0.1', '-ComputerName', '127.0.0.1'
            }[$_]
            $shell = Start-Peer ([System.Environment]::ProcessPath) (@('-NoProfile', '-NonInteractive', '-File', $path) + $arguments + @('-Port', $silent.Port))
            $output = Wait-Peer $shell -TimeoutSeconds 30
            $expected = if ($_ -in 'Get-NtpTime', 'Resolve-DnsOverUdp') { '*within * s*' } else { '' }
            $output.Trim() | Should -BeLike $expected
            [void] (Wait-Until { $silent.MessagesReceived -ge 1 })
        }
    }
}
