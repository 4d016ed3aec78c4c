using System;
using System.Diagnostics;

namespace PSSockets.Benchmarks.Measuring;

/// <summary>How long all of a run may wait for a quieter machine and repeat what was disturbed.</summary>
internal sealed class PatienceBudget
{
    private TimeSpan _left;
    private long _lastSpent;

    public PatienceBudget(TimeSpan total)
    {
        _left = total;
    }

    /// <summary>Waits for a quieter moment; the repeated run after it is charged with the next call.</summary>
    /// <returns>False where all is spent.</returns>
    public bool TrySpend()
    {
        if (_left <= TimeSpan.Zero)
        {
            return false;
        }

        _lastSpent = Stopwatch.GetTimestamp();
        MachineLoad.WaitForQuiet(TimeSpan.FromSeconds(4));
        _left -= Stopwatch.GetElapsedTime(_lastSpent) + TimeSpan.FromSeconds(2);
        return true;
    }
}
