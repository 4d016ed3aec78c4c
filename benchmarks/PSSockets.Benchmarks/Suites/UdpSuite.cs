using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using PSSockets.Benchmarks.Load;
using PSSockets.Benchmarks.Measuring;
using PSSockets.Benchmarks.Servers;

namespace PSSockets.Benchmarks.Suites;

/// <summary>Datagrams: how much of a flood arrives, and how many questions a second are answered.</summary>
internal static class UdpSuite
{
    private const string Python = "plain Python `recvfrom` loop";
    private const string PlainNet = "plain .NET await loop";
    private const string PlainNetDefault = "the same, the system's default buffer";
    private const string Engine = "engine, `UdpSocket`";
    private const string Pipeline = "`Receive-SocketData $udp -Wait \\| ForEach-Object { $n++ }`";
    private const string Compiled = "engine, C# handler";
    private const string Script = "script handler `{ $_ }`";
    private const int Length = 64;

    private static readonly int[] s_senderCounts = [1, 50];

    public static void Run(BenchmarkOptions options, Report report, PatienceBudget patience)
    {
        EchoSuite.RequireLinux();
        RunFlood(options, report, patience);
        RunReplies(options, report, patience);
    }

    private static void RunFlood(BenchmarkOptions options, Report report, PatienceBudget patience) => WithPeers(
        new()
        {
            [Engine] = () => DatagramPeer.StartOwn("udp-count"),
            [Pipeline] = () => DatagramPeer.StartHosted(options, "Count"),
            [PlainNet] = () => DatagramPeer.StartOwn("udp-net-count"),
            [PlainNetDefault] = () => DatagramPeer.StartOwn("udp-net-count-default"),
            [Python] = () => DatagramPeer.StartPython(options, "count"),
        },
        peer => Flood(peer, TimeSpan.FromSeconds(2)),
        peers =>
        {
            string[] names = [.. peers.Keys];
            Samples samples = Samples.Measure(names, options.Rounds, patience, name => Flood(peers[name], options.Duration));
            report.Heading($"UDP flood, datagrams of {Length} bytes from one sender that never waits");
            report.Table(
                ["receiver", "received of what was sent", "sent/s", "receiver cores", "sender cores"],
                names.Select(name => new[]
                {
                    name,
                    Report.Ratio(samples.Rate(name)),
                    samples[name][samples[name].Count / 2].Note,
                    Report.Number(samples.Median(name, sample => sample.Cores.Tested)),
                    Report.Number(samples.Median(name, sample => sample.Cores.Own)),
                }));
            report.Noise(samples);
            report.Target("UDP flood, received by a UdpSocket of what was sent", samples.Rate(Engine), 0.95);
        });

    private static void RunReplies(BenchmarkOptions options, Report report, PatienceBudget patience) => WithPeers(
        new()
        {
            [Script] = () => DatagramPeer.StartHosted(options, "Echo"),
            [Compiled] = () => DatagramPeer.StartOwn("udp"),
            [PlainNet] = () => DatagramPeer.StartOwn("udp-net"),
            [Python] = () => DatagramPeer.StartPython(options, "echo"),
        },
        peer => Ask(peer, 50, TimeSpan.FromSeconds(2)),
        peers =>
        {
            string[] names = [.. peers.Keys];
            foreach (int senders in s_senderCounts)
            {
                Samples samples = Samples.Measure(names, options.Rounds, patience, name => Ask(peers[name], senders, options.Duration));
                WriteReplies(report, samples, names, senders);
            }
        });

    private static void WriteReplies(Report report, Samples samples, string[] names, int senders)
    {
        string baseline = samples.Has(Python) ? Python : PlainNet;
        report.Heading($"UDP replies, {senders} {(senders == 1 ? "sender" : "senders")}, datagrams of {Length} bytes");
        report.Table(
            ["server", "replies/s", "to plain Python", "to plain .NET", "p50/p99 µs", "server cores", "client cores"],
            names.Select(name => new[]
            {
                name,
                Report.Rate(samples.Rate(name)),
                samples.Has(Python) ? Report.Ratio(samples.Ratio(name, Python)) : "",
                Report.Ratio(samples.Ratio(name, PlainNet)),
                samples[name].OrderBy(sample => sample.Rate).ElementAt(samples[name].Count / 2).Note,
                Report.Number(samples.Median(name, sample => sample.Cores.Tested)),
                Report.Number(samples.Median(name, sample => sample.Cores.Own)),
            }));
        report.Noise(samples);
        if (senders > 1 && baseline == Python)
        {
            report.Target($"UDP replies, {senders} senders, C# handler over plain Python", samples.Ratio(Compiled, Python), 1);
            report.Target($"UDP replies, {senders} senders, script handler over plain Python", samples.Ratio(Script, Python), 0.6);
        }
    }

    private static void WithPeers(
        Dictionary<string, Func<DatagramPeer?>> starts, Action<DatagramPeer> warmUp, Action<Dictionary<string, DatagramPeer>> measure)
    {
        Dictionary<string, DatagramPeer> peers = [];
        try
        {
            foreach ((string name, Func<DatagramPeer?> start) in starts)
            {
                if (start() is { } peer)
                {
                    peers[name] = peer;

                    // For the JIT, whose later tiers come after a second or two.
                    warmUp(peer);
                }
            }

            measure(peers);
        }
        finally
        {
            foreach (DatagramPeer peer in peers.Values)
            {
                peer.Dispose();
            }
        }
    }

    private static Sample Ask(DatagramPeer peer, int senders, TimeSpan duration)
    {
        using PingPongClients load = PingPongClients.Connect(peer.Port, senders, Length, ProtocolType.Udp);
        MachineLoad? machine = null;
        PingPongClients.Result result = load.Run(TimeSpan.FromMilliseconds(300), duration, () => machine = MachineLoad.Begin(peer.Process));
        return new Sample(result.PerSecond, machine?.End() ?? default, $"{result.MedianMicroseconds:0}/{result.P99Microseconds:0}");
    }

    /// <summary>Sends without a pause; what counts is the share that arrives: a slow receiver leaves the processors to the sender.</summary>
    private static Sample Flood(DatagramPeer peer, TimeSpan duration)
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Connect(new IPEndPoint(IPAddress.Loopback, peer.Port));
        long before = AskForCount(socket, peer);
        byte[] datagram = new byte[Length];
        long sent = 0;
        MachineLoad load = MachineLoad.Begin(peer.Process);
        long start = Stopwatch.GetTimestamp();
        TimeSpan elapsed;
        do
        {
            for (int i = 0; i < 100; i++)
            {
                socket.Send(datagram);
            }

            sent += 100;
            elapsed = Stopwatch.GetElapsedTime(start);
        }
        while (elapsed < duration);
        MachineLoad.Cores cores = load.End();
        return new Sample((AskForCount(socket, peer) - before) / (double)sent, cores, $"{sent / elapsed.TotalSeconds / 1000:0}k");
    }

    /// <summary>The question is a datagram too, and stands in line: the system's buffer must have room for it.</summary>
    private static long AskForCount(Socket socket, DatagramPeer peer)
    {
        Thread.Sleep(300);
        socket.Send(new byte[ServeDatagrams.QuestionLength]);
        return peer.ReadCount();
    }
}
