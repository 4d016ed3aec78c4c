using System;
using System.Diagnostics;
using System.Threading;

namespace PSSockets.Engine.Transport;

/// <summary>
/// Looking again and again for 30 µs before a thread goes to sleep: who asks one thing after the other is answered sooner than a processor
/// falls asleep and wakes. Costs at most that time a wait.
/// </summary>
internal readonly struct BriefSpin
{
    private static readonly long s_limit = Stopwatch.Frequency * 30 / 1_000_000;

    private readonly long _end;

    private BriefSpin(long end)
    {
        _end = end;
    }

    /// <param name="limit">How long the wait may be in all; where it may not be at all, neither is the spin.</param>
    public static BriefSpin Begin(TimeSpan limit) => new(limit > TimeSpan.Zero ? Stopwatch.GetTimestamp() + s_limit : 0);

    /// <summary>Lets a moment pass.</summary>
    /// <returns>False where it is time to go to sleep.</returns>
    public bool Continue()
    {
        if (Stopwatch.GetTimestamp() >= _end)
        {
            return false;
        }

        Thread.SpinWait(10);
        return true;
    }
}
