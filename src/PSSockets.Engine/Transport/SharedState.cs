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

    /// <summary>Adds an entry, as a hashtable does.</summary>
    /// <exception cref="ArgumentException">The key is there already.</exception>
    public void Add(string key, object? value)
    {
        if (!TryAdd(key, value))
        {
            throw new ArgumentException($"The key '{key}' is there already.", nameof(key));
        }
    }

    /// <summary>Removes an entry, where it is there.</summary>
    public void Remove(string key) => TryRemove(key, out _);

    /// <summary>True where the key is there.</summary>
    public bool Contains(string key) => ContainsKey(key);

    /// <summary>Adds to a number in one step that no other thread can come between; a missing key counts as 0.</summary>
    /// <returns>The new value.</returns>
    public long Increment(string key, long by = 1) => (long)AddOrUpdate(
        key, by, (_, current) => Convert.ToInt64(current, CultureInfo.InvariantCulture) + by)!;
}
