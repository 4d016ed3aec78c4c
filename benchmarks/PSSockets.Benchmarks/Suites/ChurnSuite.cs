using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using PSSockets.Benchmarks.Measuring;
using PSSockets.Benchmarks.Servers;

namespace PSSockets.Benchmarks.Suites;

/// <summary>Connections a second: connect, one line there and back, close; several at a time.</summary>
internal static class ChurnSuite
{
    private const int Parallel = 8;
    private static readonly string[] s_names = [EchoPeer.Handler, EchoPeer.Echo, EchoPeer.Compiled, EchoPeer.Tutorial, EchoPeer.PlainNet];

    public static void Run(BenchmarkOptions options, Report report, PatienceBudget patience)
    {
        Dictionary<string, EchoPeer> peers = [];
        try
        {
            foreach (string name in s_names)
            {
                if (EchoPeer.Start(name, options) is { } peer)
                {
                    peers[name] = peer;
                    RunOnce(peer, TimeSpan.FromSeconds(1));
                }
            }

            string[] names = [.. peers.Keys];
            Samples samples = Samples.Measure(names, options.Rounds, patience, name => RunOnce(peers[name], options.Duration));
            report.Heading($"Churn: connect, one line, close; {Parallel} at a time");
            report.Table(
                ["server", "connections/s", "to plain .NET", "server cores", "client cores"],
                names.Select(name => new[]
                {
                    name,
                    Report.Rate(samples.Rate(name)),
                    Report.Ratio(samples.Ratio(name, EchoPeer.PlainNet)),
                    Report.Number(samples.Median(name, sample => sample.Cores.Tested)),
                    Report.Number(samples.Median(name, sample => sample.Cores.Own)),
                }));
            report.Noise(samples);
        }
        finally
        {
            foreach (EchoPeer peer in peers.Values)
            {
                peer.Dispose();
            }
        }
    }

    private static Sample RunOnce(EchoPeer peer, TimeSpan duration)
    {
        long count = 0;
        long start = Stopwatch.GetTimestamp();
        Exception? failure = null;
        MachineLoad load = MachineLoad.Begin(peer.Process);
        Thread[] threads = [.. Enumerable.Range(0, Parallel).Select(_ => new Thread(Visit) { IsBackground = true })];
        foreach (Thread thread in threads)
        {
            thread.Start();
        }

        foreach (Thread thread in threads)
        {
            thread.Join();
        }

        return failure is null
            ? new Sample(count / Stopwatch.GetElapsedTime(start).TotalSeconds, load.End())
            : throw new IOException(failure.Message, failure);

        void Visit()
        {
            IPEndPoint endPoint = new(IPAddress.Loopback, peer.Port);
            byte[] buffer = new byte[64];
            try
            {
                while (Stopwatch.GetElapsedTime(start) < duration && failure is null)
                {
                    using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                    socket.ReceiveTimeout = 5000;
                    socket.Connect(endPoint);
                    socket.Send("mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm\n"u8);
                    while (socket.Receive(buffer) is int received && buffer[received - 1] != '\n')
                    {
                    }

                    Interlocked.Increment(ref count);
                }
            }
            catch (SocketException exception)
            {
                failure = exception;
            }
        }
    }
}
