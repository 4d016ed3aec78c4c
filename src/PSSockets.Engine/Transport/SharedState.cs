using System;
using System.Collections.Concurrent;
using System.Globalization;

namespace PSSockets.Engine.Transport;

/// <summary>A thread-safe table for what handlers share. Keys are not case-sensitive.</summary>
public sealed class SharedState : ConcurrentDictionary<string, object?>
{
    /// <summary>Creates an empty table.</summary>
    public SharedState()
        : base(StringComparer.OrdinalIgnoreCase)
    {
    }

    /// <summary>Adds to a number in one step that no other thread can come between; a missing key counts as 0.</summary>
    /// <returns>The new value.</returns>
    public long Increment(string key, long by = 1) => (long)AddOrUpdate(
        key, by, (_, current) => Convert.ToInt64(current, CultureInfo.InvariantCulture) + by)!;
}
