# Dot-sourced behind common.ps1 and peers.ps1 by the tests of the recipes in examples/: the programs that they talk to.

# Starts a Python program of this folder that prints its port first, and waits for that.
function Start-PythonPeer {
    param([string] $Name, [string[]] $ArgumentList = @())
    $start = [System.Diagnostics.ProcessStartInfo]::new('python3')
    foreach ($argument in @([System.IO.Path]::Combine($RepositoryRoot, 'tests', 'Support', $Name)) + $ArgumentList) {
        $start.ArgumentList.Add($argument)
    }
    $start.RedirectStandardOutput = $true
    $start.UseShellExecute = $false
    $process = [System.Diagnostics.Process]::Start($start)
    $StartedByTest.Add($process)
    $peer = [pscustomobject] @{ Name = $Name; Process = $process; Port = 0 }
    $peer.Port = [int] (Read-PeerLine $peer)
    $peer
}

# The next line that the program prints.
function Read-PeerLine {
    param($Peer, [double] $TimeoutSeconds = 15)
    $line = $Peer.Process.StandardOutput.ReadLineAsync()
    if (-not $line.Wait([timespan]::FromSeconds($TimeoutSeconds))) {
        throw "$($Peer.Name) printed nothing within $TimeoutSeconds s."
    }
    $line.Result
}

# The next datagram that udp_sink.py has received.
function Read-SinkDatagram {
    param($Sink)
    , [System.Convert]::FromHexString((Read-PeerLine $Sink))
}

# A port of the loopback address that is free for UDP and TCP.
function Get-UnusedDatagramPort {
    while ($true) {
        $port = Get-UnusedPort
        $socket = [System.Net.Sockets.Socket]::new('InterNetwork', 'Dgram', 'Udp')
        try {
            $socket.Bind([System.Net.IPEndPoint]::new([ipaddress]::Loopback, $port))
            return $port
        }
        catch [System.Net.Sockets.SocketException] {
            continue
        }
        finally {
            $socket.Dispose()
        }
    }
}

# Waits until a program that was started listens on a UDP port; that it still runs is checked too.
function Wait-DatagramPort {
    param($Peer, [int] $Port)
    [void] (Wait-Until -TimeoutSeconds 15 -Because "$($Peer.Name) was to listen on UDP port $Port" {
        if ($Peer.Process.HasExited) {
            throw "$($Peer.Name) ended: $(Wait-Peer $Peer)"
        }
        $listeners = [System.Net.NetworkInformation.IPGlobalProperties]::GetIPGlobalProperties().GetActiveUdpListeners()
        @($listeners | Where-Object { $_.Port -eq $Port }).Count -gt 0
    })
}

# rsyslogd on a UDP port of its own. It writes what it has read of each message, part by part, as a line of JSON to Path.
function Start-Rsyslog {
    $port = Get-UnusedDatagramPort
    $folder = New-TestPath -Extension ''
    [void] [System.IO.Directory]::CreateDirectory($folder)
    $path = [System.IO.Path]::Combine($folder, 'messages')
    $configuration = [System.IO.Path]::Combine($folder, 'rsyslog.conf')
    $parts = foreach ($part in @(
            'facility=syslogfacility-text', 'severity=syslogseverity-text', 'version=protocol-version', 'time=timestamp', 'host=hostname', 'app=app-name'
            'tag=syslogtag', 'process=procid', 'id=msgid', 'data=structured-data', 'text=msg', 'raw=rawmsg')) {
        $name, $property = $part.Split('=')
        $format = if ($name -eq 'time') { ' dateFormat="rfc3339"' }
        "property(outname=""$name"" name=""$property"" format=""jsonf""$format)"
    }
    $separator = ' constant(value=", ") '
    [System.IO.File]::WriteAllText($configuration, @"
global(workDirectory="$folder" parser.escapeControlCharactersOnReceive="off")
module(load="imudp")
template(name="parts" type="list") { constant(value="{") $($parts -join $separator) constant(value="}\n") }
ruleset(name="all") { action(type="omfile" file="$path" template="parts") }
input(type="imudp" address="127.0.0.1" port="$port" ruleset="all")
"@)
    $peer = Start-Peer rsyslogd '-n', '-f', $configuration, '-i', ([System.IO.Path]::Combine($folder, 'pid'))
    Wait-DatagramPort $peer $port
    [pscustomobject] @{ Port = $port; Path = $path; Folder = $folder }
}

# Waits for so many messages at rsyslogd, and gives them.
function Wait-RsyslogMessage {
    param($Rsyslog, [int] $Count = 1)
    $lines = Wait-Until -Because "$Count messages were to come" {
        $found = @(if ([System.IO.File]::Exists($Rsyslog.Path)) { [System.IO.File]::ReadAllText($Rsyslog.Path).Split("`n") | Select-Object -SkipLast 1 })
        if ($found.Count -ge $Count) { , $found }
    }
    $lines | ForEach-Object { ConvertFrom-Json $_ }
}

# dnsmasq with names of its own, which asks nobody else.
function Start-Dnsmasq {
    $port = Get-UnusedDatagramPort
    $peer = Start-Peer dnsmasq @(
        '--no-daemon', '--conf-file=/dev/null', '--no-resolv', '--no-hosts', '--pid-file', '--user=', "--port=$port", '--listen-address=127.0.0.1', '--bind-interfaces'
        '--address=/x.test/192.0.2.7', '--address=/x.test/2001:db8::7', '--host-record=host.y.test,192.0.2.8', '--cname=alias.y.test,host.y.test', '--local=/y.test/'
        '--address=/xn--mnchen-3ya.test/192.0.2.9')
    Wait-DatagramPort $peer $port
    [pscustomobject] @{ Port = $port }
}
