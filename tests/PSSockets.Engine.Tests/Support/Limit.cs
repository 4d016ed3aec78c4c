using System;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;

namespace PSSockets.Engine.Tests.Support;

/// <summary>Every wait of a test has a limit; none is a fixed sleep.</summary>
internal static class Limit
{
    /// <summary>Generous, for machines with other work: it is reached only where something hangs.</summary>
    public static readonly TimeSpan Default = TimeSpan.FromSeconds(20);

    public static Task Within(this Task task, TimeSpan? limit = null) => task.WaitAsync(limit ?? Default);

    public static Task<T> Within<T>(this Task<T> task, TimeSpan? limit = null) => task.WaitAsync(limit ?? Default);

    public static Task Within(this ValueTask task, TimeSpan? limit = null) => task.AsTask().WaitAsync(limit ?? Default);

    public static Task<T> Within<T>(this ValueTask<T> task, TimeSpan? limit = null) => task.AsTask().WaitAsync(limit ?? Default);

    /// <summary>Waits until a condition holds.</summary>
    public static async Task UntilAsync(Func<bool> condition, string what, TimeSpan? limit = null)
    {
        TimeSpan time = limit ?? Default;
        long start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(start) > time)
            {
                throw new TimeoutException($"Not within {time.TotalSeconds} s: {what}.");
            }

            await Task.Delay(5);
        }
    }

    /// <summary>A token that ends a wait which would hang.</summary>
    public static CancellationToken Token(TimeSpan? limit = null) => new CancellationTokenSource(limit ?? Default).Token;
}
