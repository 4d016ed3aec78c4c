using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Threading;
using System.Threading.Tasks;

namespace PSSockets.Benchmarks.Processes;

/// <summary>A process that this program started, talks to by lines, and ends.</summary>
internal sealed class ChildProcess : IDisposable
{
    private readonly string _name;

    private ChildProcess(string name, Process process)
    {
        _name = name;
        Process = process;
    }

    public Process Process { get; }

    /// <summary>Starts a program; what it writes to standard error appears on ours.</summary>
    public static ChildProcess Start(string fileName, IEnumerable<string> arguments)
    {
        ProcessStartInfo info = new(fileName, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };
        info.Environment["NO_COLOR"] = "1";

        // Nobody's server runs so that it writes each line at once into nothing.
        info.Environment.Remove("PYTHONUNBUFFERED");
        return new ChildProcess(Path.GetFileNameWithoutExtension(fileName), Process.Start(info)!);
    }

    /// <summary>Reads its next line, within a limit.</summary>
    public string ReadLine(TimeSpan limit)
    {
        using CancellationTokenSource cancellation = new(limit);
        try
        {
            ValueTask<string?> reading = Process.StandardOutput.ReadLineAsync(cancellation.Token);
            return reading.AsTask().GetAwaiter().GetResult() ?? throw new IOException($"{_name} has ended early.");
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"{_name} has said nothing for {limit.TotalSeconds} s.");
        }
    }

    public void WriteLine(string line)
    {
        Process.StandardInput.WriteLine(line);
        Process.StandardInput.Flush();
    }

    /// <summary>Reads and forgets all further output.</summary>
    public void DiscardOutput() => _ = Process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);

    /// <summary>Ends it. What it held is measured by then, so it need not end in good order.</summary>
    public void Dispose()
    {
        if (!Process.HasExited)
        {
            Process.Kill(entireProcessTree: true);
            Process.WaitForExit(TimeSpan.FromSeconds(5));
        }

        Process.Dispose();
    }
}
