using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Threading;
using PSSockets.Benchmarks.Processes;
using PSSockets.Engine.Transport;

namespace PSSockets.Benchmarks.Servers;

/// <summary>A running chat server in a process of its own.</summary>
internal sealed class ChatPeer : IDisposable
{
    public const string Ours = "chat server, `Disconnect`";
    public const string DropOldest = "chat server, `DropOldest`";
    public const string DropNewest = "chat server, `DropNewest`";
    public const string Tutorial = "tutorial's chat server";
    public const string Ncat = "ncat --chat";
    public const string PlainNet = "plain .NET fan-out";
    public const string PlainNetLines = "plain .NET fan-out that names each line";

    private static readonly TimeSpan s_startLimit = TimeSpan.FromSeconds(20);
    private readonly ChildProcess _child;

    private ChatPeer(ChildProcess child, int port)
    {
        _child = child;
        Port = port;
    }

    public int Port { get; }

    public Process Process => _child.Process;

    /// <summary>Starts the server of that name; null where this machine lacks what it needs.</summary>
    public static ChatPeer? Start(string name, BenchmarkOptions options) => name switch
    {
        Ours => StartOwn($"chat:{SlowConsumerPolicy.Disconnect}"),
        DropOldest => StartOwn($"chat:{SlowConsumerPolicy.DropOldest}"),
        DropNewest => StartOwn($"chat:{SlowConsumerPolicy.DropNewest}"),
        PlainNet => StartOwn("fanout"),
        PlainNetLines => StartOwn("fanout-lines"),
        Tutorial => options.Python is { } python ? StartPython(python) : null,
        Ncat => BenchmarkOptions.FindProgram("ncat") is { } ncat ? StartNcat(ncat) : null,
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, null),
    };

    public void Dispose() => _child.Dispose();

    private static ChatPeer StartOwn(string kind)
    {
        ChildProcess child = ChildProcess.Start(
            Path.ChangeExtension(typeof(ChatPeer).Assembly.Location, OperatingSystem.IsWindows() ? "exe" : null), ["serve", kind]);
        try
        {
            return new ChatPeer(child, int.Parse(child.ReadLine(s_startLimit), CultureInfo.InvariantCulture));
        }
        catch
        {
            child.Dispose();
            throw;
        }
    }

    /// <summary>The tutorial's server prints every message; that output goes nowhere, which flatters it.</summary>
    private static ChatPeer StartPython(string python)
    {
        int port = FindFreePort();
        string program = File.ReadAllText(Checkout.TutorialChatServer).Replace("8080", $"{port}", StringComparison.Ordinal);
        return AwaitListening(ChildProcess.Start("/bin/sh", ["-c", "exec \"$0\" \"$@\" > /dev/null", python, "-c", program]), port);
    }

    private static ChatPeer StartNcat(string ncat)
    {
        int port = FindFreePort();
        return AwaitListening(ChildProcess.Start("/bin/sh", ["-c", "exec \"$0\" \"$@\" > /dev/null", ncat, "--chat", "-m", "2000", "-l", "127.0.0.1", $"{port}"]), port);
    }

    /// <summary>Looks without connecting: ncat ends where a client is gone before it is accepted.</summary>
    private static ChatPeer AwaitListening(ChildProcess child, int port)
    {
        long start = Stopwatch.GetTimestamp();
        while (!IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Any(listener => listener.Port == port))
        {
            if (child.Process.HasExited || Stopwatch.GetElapsedTime(start) > s_startLimit)
            {
                child.Dispose();
                throw new IOException("A chat server did not start.");
            }

            Thread.Sleep(50);
        }

        return new ChatPeer(child, port);
    }

    private static int FindFreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
