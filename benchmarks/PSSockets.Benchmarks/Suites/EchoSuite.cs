using System;
using System.Collections.Generic;
using System.Linq;
using PSSockets.Benchmarks.Load;
using PSSockets.Benchmarks.Measuring;
using PSSockets.Benchmarks.Servers;

namespace PSSockets.Benchmarks.Suites;

/// <summary>Messages a second of clients that wait for each answer, against the script handler and its peers.</summary>
internal static class EchoSuite
{
    private static readonly string[] s_names = [EchoPeer.Handler, EchoPeer.Echo, EchoPeer.Compiled, EchoPeer.Tutorial, EchoPeer.PlainNet];
    private static readonly int[] s_clientCounts = [1, 50, 500];
    private static readonly TimeSpan s_warmUp = TimeSpan.FromMilliseconds(300);

    public static void Run(BenchmarkOptions options, Report report, PatienceBudget patience)
    {
        RequireLinux();
        Dictionary<string, EchoPeer> peers = [];
        try
        {
            foreach (string name in s_names)
            {
                if (EchoPeer.Start(name, options) is { } peer)
                {
                    peers[name] = peer;

                    // For the JIT, whose later tiers come after a second or two.
                    RunOnce(peer, 50, TimeSpan.FromSeconds(2), TimeSpan.FromMilliseconds(100));
                }
            }

            string[] names = [.. s_names.Where(peers.ContainsKey)];
            foreach (int clients in s_clientCounts)
            {
                Samples samples = Samples.Measure(
                    names, options.Rounds, patience, name => RunOnce(peers[name], clients, s_warmUp, options.Duration));
                Write(report, samples, names, clients);
            }
        }
        finally
        {
            foreach (EchoPeer peer in peers.Values)
            {
                peer.Dispose();
            }
        }
    }

    public static void RequireLinux()
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new PlatformNotSupportedException("the load generator waits with epoll, which only Linux has.");
        }
    }

    private static Sample RunOnce(EchoPeer peer, int clients, TimeSpan warmUp, TimeSpan duration)
    {
        using PingPongClients load = PingPongClients.Connect(peer.Port, clients);
        MachineLoad? machine = null;
        PingPongClients.Result result = load.Run(warmUp, duration, () => machine = MachineLoad.Begin(peer.Process));
        return new Sample(
            result.PerSecond,
            machine?.End() ?? default,
            $"{result.MedianMicroseconds:0}/{result.P99Microseconds:0}");
    }

    private static void Write(Report report, Samples samples, string[] names, int clients)
    {
        report.Heading($"Echo, {clients} {(clients == 1 ? "client" : "clients")}, 32-byte lines");
        report.Table(
            ["server", "messages/s", "to own echo", "to plain .NET", "p50/p99 µs", "server cores", "client cores"],
            names.Select(name => new[]
            {
                name,
                Report.Rate(samples.Rate(name)),
                Report.Ratio(samples.Ratio(name, EchoPeer.Echo)),
                Report.Ratio(samples.Ratio(name, EchoPeer.PlainNet)),
                samples[name].OrderBy(sample => sample.Rate).ElementAt(samples[name].Count / 2).Note,
                Report.Number(samples.Median(name, sample => sample.Cores.Tested)),
                Report.Number(samples.Median(name, sample => sample.Cores.Own)),
            }));
        report.Noise(samples);
        if (clients == 50)
        {
            report.Target("script-handler echo, 50 clients, over the engine's own echo", samples.Ratio(EchoPeer.Handler, EchoPeer.Echo), 0.75);
            if (samples.Has(EchoPeer.Tutorial))
            {
                report.Target("script-handler echo, 50 clients, over the tutorial's server", samples.Ratio(EchoPeer.Handler, EchoPeer.Tutorial), 5);
            }
        }
    }
}
