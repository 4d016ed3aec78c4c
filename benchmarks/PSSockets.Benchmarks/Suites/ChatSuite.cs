using System;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using PSSockets.Benchmarks.Load;
using PSSockets.Benchmarks.Measuring;
using PSSockets.Benchmarks.Servers;

namespace PSSockets.Benchmarks.Suites;

/// <summary>Deliveries a second of chat servers: what a few say in bursts, all others hear. Nothing may be lost.</summary>
internal static class ChatSuite
{
    private const int LinesInBurst = 500;
    private const int LineLength = 64;
    private const int ManyMembers = 500;

    private static readonly (int Members, int Senders)[] s_cases = [(10, 1), (100, 1), (ManyMembers, 1), (ManyMembers, 10)];

    private static readonly string[] s_names =
        [ChatPeer.Ours, ChatPeer.DropOldest, ChatPeer.DropNewest, ChatPeer.Tutorial, ChatPeer.Ncat, ChatPeer.PlainNet, ChatPeer.PlainNetLines];

    public static void Run(BenchmarkOptions options, Report report, PatienceBudget patience)
    {
        EchoSuite.RequireLinux();
        foreach ((int members, int senders) in s_cases)
        {
            // Only the largest cases are worth the time of all.
            string[] names = [.. s_names.Where(name => members == ManyMembers || name is not (ChatPeer.DropOldest or ChatPeer.DropNewest))];
            names = [.. names.Where(name => IsAvailable(name, options))];
            Samples samples = Samples.Measure(names, options.Rounds, patience, name => RunOnce(name, options, members, senders));
            Write(report, samples, names, members, senders);
        }

        RunStalled(options, report, patience);

        report.Remark("Every member's lines are counted: a case in which one lacks a line ends with an error instead of a figure.");
    }

    private static bool IsAvailable(string name, BenchmarkOptions options)
        => (name != ChatPeer.Tutorial || options.Python is not null) && (name != ChatPeer.Ncat || BenchmarkOptions.FindProgram("ncat") is not null);

    /// <summary>A new server for each run: members of the run before do not burden it.</summary>
    private static Sample RunOnce(string name, BenchmarkOptions options, int members, int senders, bool hasStalled = false)
    {
        using ChatPeer peer = ChatPeer.Start(name, options)!;
        using Socket stalled = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        if (hasStalled)
        {
            stalled.Connect(IPAddress.Loopback, peer.Port);
        }

        using ChatClients clients = ChatClients.Connect(peer.Port, members, LinesInBurst, LineLength);
        MachineLoad? machine = null;
        ChatClients.Result result = clients.Run(
            senders, TimeSpan.FromSeconds(1.5), options.Duration, () => machine = MachineLoad.Begin(peer.Process));
        peer.Process.Refresh();
        return result.Deliveries == result.Expected
            ? new Sample(result.PerSecond, machine?.End() ?? default) { Memory = peer.Process.WorkingSet64 }
            : throw new IOException($"{name}: {result.Deliveries} of {result.Expected} lines came.");
    }

    /// <summary>
    /// The same with one more member that never reads. Not with <c>Disconnect</c>, where it is soon gone, and the others hear of that.
    /// </summary>
    private static void RunStalled(BenchmarkOptions options, Report report, PatienceBudget patience)
    {
        const int members = 100;
        const string stalled = ", one more member that never reads";
        string[] names = [ChatPeer.DropOldest, ChatPeer.DropOldest + stalled, ChatPeer.DropNewest, ChatPeer.DropNewest + stalled];
        Samples samples = Samples.Measure(
            names,
            options.Rounds,
            patience,
            name => RunOnce(name.Replace(stalled, "", StringComparison.Ordinal), options, members, 1, name.EndsWith(stalled, StringComparison.Ordinal)));
        report.Heading($"Chat, {members} members that read, and one that does not");
        report.Table(
            ["server", "deliveries/s", "to all reading", "server's memory, MiB"],
            names.Select(name => new[]
            {
                name,
                Report.Rate(samples.Rate(name)),
                Report.Ratio(samples.Ratio(name, name.Replace(stalled, "", StringComparison.Ordinal))),
                $"{samples.Median(name, sample => sample.Memory) / (1024 * 1024):0}",
            }));
        report.Noise(samples);
    }

    /// <summary>What a server core delivers in a second of its time: other programs disturb that least.</summary>
    private static string PerCore(double rate) => double.IsFinite(rate) ? $"{rate / 1e6:0.0}M" : "too little to tell";

    private static void Write(Report report, Samples samples, string[] names, int members, int senders)
    {
        report.Heading($"Chat, {members} members, bursts of {LinesInBurst} lines of {LineLength} bytes from {senders} of them");
        report.Table(
            ["server", "deliveries/s", "to plain .NET", "per second of a server core", "server cores", "client cores"],
            names.Select(name => new[]
            {
                name,
                Report.Rate(samples.Rate(name)),
                Report.Ratio(samples.Ratio(name, ChatPeer.PlainNet)),
                PerCore(samples.Median(name, sample => sample.Rate / sample.Cores.Tested)),
                Report.Number(samples.Median(name, sample => sample.Cores.Tested)),
                Report.Number(samples.Median(name, sample => sample.Cores.Own)),
            }));
        report.Noise(samples);
        if (members != ManyMembers)
        {
            return;
        }

        foreach (string ours in names.Where(name => name is ChatPeer.Ours or ChatPeer.DropOldest or ChatPeer.DropNewest))
        {
            string what = $"{ours}, {members} members, {senders} at a time, over";
            report.Target($"{what} the plain .NET fan-out", samples.Ratio(ours, ChatPeer.PlainNet), 0.8);
            if (samples.Has(ChatPeer.Tutorial))
            {
                report.Target($"{what} the tutorial's server", samples.Ratio(ours, ChatPeer.Tutorial), 8);
            }

            if (samples.Has(ChatPeer.Ncat))
            {
                report.Target($"{what} ncat --chat", samples.Ratio(ours, ChatPeer.Ncat), 2.5);
            }
        }
    }
}
