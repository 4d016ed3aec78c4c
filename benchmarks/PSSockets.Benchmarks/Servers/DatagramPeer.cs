using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using PSSockets.Benchmarks.Processes;

namespace PSSockets.Benchmarks.Servers;

/// <summary>A running program that answers datagrams, or only counts them, in a process of its own.</summary>
internal sealed class DatagramPeer : IDisposable
{
    private static readonly TimeSpan s_startLimit = TimeSpan.FromSeconds(20);
    private readonly ChildProcess _child;

    private DatagramPeer(ChildProcess child)
    {
        _child = child;
        Port = int.Parse(child.ReadLine(s_startLimit), CultureInfo.InvariantCulture);
    }

    public int Port { get; }

    public Process Process => _child.Process;

    /// <summary>Starts one that the module is, in PowerShell: "Echo" or "Count".</summary>
    public static DatagramPeer StartHosted(BenchmarkOptions options, string kind)
        => Begin(options.PowerShell.Start("Start-DatagramPeer.ps1", Checkout.Manifest, kind));

    /// <summary>Starts one that this program is.</summary>
    /// <param name="kind">As <see cref="ServeCommand"/> has them.</param>
    public static DatagramPeer StartOwn(string kind)
        => Begin(ChildProcess.Start(Path.ChangeExtension(typeof(DatagramPeer).Assembly.Location, OperatingSystem.IsWindows() ? "exe" : null), ["serve", kind]));

    /// <summary>Starts one that is a plain Python loop: "echo" or "count"; null where there is no Python.</summary>
    public static DatagramPeer? StartPython(BenchmarkOptions options, string kind)
        => options.Python is null ? null : Begin(ChildProcess.Start(options.Python, [Checkout.Script("datagram_peer.py"), kind]));

    /// <summary>Reads the number that one which counts says when it is asked by a datagram.</summary>
    /// <exception cref="TimeoutException">It says nothing.</exception>
    public long ReadCount() => long.Parse(_child.ReadLine(TimeSpan.FromSeconds(10)), CultureInfo.InvariantCulture);

    public void Dispose() => _child.Dispose();

    private static DatagramPeer Begin(ChildProcess child)
    {
        try
        {
            return new DatagramPeer(child);
        }
        catch
        {
            child.Dispose();
            throw;
        }
    }
}
