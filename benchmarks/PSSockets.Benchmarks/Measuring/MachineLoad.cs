using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading;

namespace PSSockets.Benchmarks.Measuring;

/// <summary>What the processors did in a span of time: by us, by the process under test, and by others. Zero where the system does not say.</summary>
internal sealed class MachineLoad
{
    private const double TicksPerSecond = 100;
    private readonly long _startedAt = Stopwatch.GetTimestamp();
    private readonly Process? _other;
    private readonly double _busyAtStart = ReadBusySeconds();
    private readonly double _ownAtStart = ReadOwnSeconds();
    private readonly double _otherAtStart;

    private MachineLoad(Process? other)
    {
        _other = other;
        _otherAtStart = ReadSeconds(other);
    }

    /// <summary>Cores in use by us, by the process under test, and by anybody else.</summary>
    public readonly record struct Cores(double Own, double Tested, double Foreign);

    /// <summary>Begins to look; <paramref name="tested"/> is the process whose use is told apart.</summary>
    public static MachineLoad Begin(Process? tested) => new(tested);

    /// <summary>The cores in use since the beginning.</summary>
    public Cores End()
    {
        double seconds = Stopwatch.GetElapsedTime(_startedAt).TotalSeconds;
        double own = ReadOwnSeconds() - _ownAtStart;
        double tested = ReadSeconds(_other) - _otherAtStart;
        double foreign = Math.Max(0, ReadBusySeconds() - _busyAtStart - own - tested);
        return new Cores(own / seconds, tested / seconds, foreign / seconds);
    }

    /// <summary>Waits until others use little, at most so long.</summary>
    public static void WaitForQuiet(TimeSpan limit)
    {
        long start = Stopwatch.GetTimestamp();
        do
        {
            MachineLoad load = Begin(null);
            Thread.Sleep(200);
            if (load.End().Foreign < 0.15)
            {
                return;
            }
        }
        while (Stopwatch.GetElapsedTime(start) < limit);
    }

    private static double ReadOwnSeconds() => Environment.CpuUsage.TotalTime.TotalSeconds;

    private static double ReadSeconds(Process? process)
    {
        if (process is null || process.HasExited)
        {
            return 0;
        }

        process.Refresh();
        return process.TotalProcessorTime.TotalSeconds;
    }

    /// <summary>Time in user and system mode of all processors; not that of interrupts, which belongs to no process.</summary>
    private static double ReadBusySeconds()
    {
        if (!File.Exists("/proc/stat"))
        {
            return 0;
        }

        string[] fields = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Skip(1).Take(3).Sum(double.Parse) / TicksPerSecond;
    }
}
