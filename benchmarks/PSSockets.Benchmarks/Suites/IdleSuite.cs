using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using PSSockets.Benchmarks.Load;
using PSSockets.Benchmarks.Servers;

namespace PSSockets.Benchmarks.Suites;

/// <summary>The memory of a server process for each connection that has exchanged a message and is silent now.</summary>
internal static class IdleSuite
{
    private const int Connections = 5000;
    private static readonly string[] s_names = [EchoPeer.Handler, EchoPeer.Echo, EchoPeer.Compiled, EchoPeer.Tutorial, EchoPeer.PlainNet];

    public static void Run(BenchmarkOptions options, Report report)
    {
        EchoSuite.RequireLinux();
        List<string[]> rows = [];
        foreach (string name in s_names)
        {
            using EchoPeer? peer = EchoPeer.Start(name, options);
            if (peer is not null)
            {
                rows.Add(Measure(name, peer));
            }
        }

        report.Heading($"Idle, {Connections:#,0} silent connections");
        report.Table(["server", "KiB a connection", "process before, MiB"], rows);
        report.Remark("Proportional set size of the server's process; what the kernel holds for sockets is not in it. One run each.");
    }

    private static string[] Measure(string name, EchoPeer peer)
    {
        // The first connections bring code and pools that later ones share.
        using PingPongClients first = PingPongClients.Connect(peer.Port, 1000);
        first.Run(TimeSpan.Zero, TimeSpan.FromSeconds(1));
        Thread.Sleep(500);
        long before = ReadKibibytes(peer.Process.Id);
        using PingPongClients idle = PingPongClients.Connect(peer.Port, Connections);
        Thread.Sleep(500);
        long after = ReadKibibytes(peer.Process.Id);
        return [name, Report.Number((after - before) / (double)Connections), Report.Number(before / 1024.0)];
    }

    private static long ReadKibibytes(int processId)
    {
        string line = File.ReadLines($"/proc/{processId}/smaps_rollup").First(text => text.StartsWith("Pss:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }
}
