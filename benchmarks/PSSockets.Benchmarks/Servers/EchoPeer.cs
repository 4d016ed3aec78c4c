using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using PSSockets.Benchmarks.Processes;

namespace PSSockets.Benchmarks.Servers;

/// <summary>A running echo server in a process of its own.</summary>
internal sealed class EchoPeer : IDisposable
{
    public const string Handler = "script handler `{ $_ }`";
    public const string Echo = "engine's own echo (`-Echo`)";
    public const string Compiled = "engine, C# handler";
    public const string Tutorial = "tutorial's threaded Python server";
    public const string PlainNet = "plain .NET await loop";

    private static readonly TimeSpan s_startLimit = TimeSpan.FromSeconds(20);
    private readonly ChildProcess _child;

    private EchoPeer(ChildProcess child, int port)
    {
        _child = child;
        Port = port;
    }

    public int Port { get; }

    public Process Process => _child.Process;

    /// <summary>Starts the server of that name; null where this machine lacks what it needs.</summary>
    public static EchoPeer? Start(string name, BenchmarkOptions options) => name switch
    {
        Handler => StartHosted(options.PowerShell, "Handler"),
        Echo => StartHosted(options.PowerShell, "Echo"),
        Compiled => StartOwn("engine"),
        PlainNet => StartOwn("net"),
        Tutorial => options.Python is null ? null : StartPython(options.Python),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, null),
    };

    public void Dispose() => _child.Dispose();

    private static EchoPeer StartHosted(PowerShellProgram powerShell, string kind)
        => AwaitPort(powerShell.Start("Start-EchoServer.ps1", Checkout.Manifest, kind));

    private static EchoPeer StartOwn(string kind)
        => AwaitPort(ChildProcess.Start(Path.ChangeExtension(typeof(EchoPeer).Assembly.Location, OperatingSystem.IsWindows() ? "exe" : null), ["serve", kind]));

    private static EchoPeer AwaitPort(ChildProcess child)
    {
        try
        {
            EchoPeer peer = new(child, int.Parse(child.ReadLine(s_startLimit), CultureInfo.InvariantCulture));
            child.DiscardOutput();
            return peer;
        }
        catch
        {
            child.Dispose();
            throw;
        }
    }

    /// <summary>The tutorial's server prints every message; that output goes nowhere, which flatters it.</summary>
    private static EchoPeer StartPython(string python)
    {
        int port = FindFreePort();
        string program = File.ReadAllText(Checkout.TutorialServer).Replace("8080", $"{port}", StringComparison.Ordinal);
        ChildProcess child = ChildProcess.Start("/bin/sh", ["-c", "exec \"$0\" \"$@\" > /dev/null", python, "-c", program]);
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                using TcpClient probe = new("127.0.0.1", port);
                return new EchoPeer(child, port);
            }
            catch (SocketException) when (!child.Process.HasExited && Stopwatch.GetElapsedTime(start) < s_startLimit)
            {
                Thread.Sleep(50);
            }
            catch (SocketException exception)
            {
                child.Dispose();
                throw new IOException("The Python server did not start.", exception);
            }
        }
    }

    private static int FindFreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
