using System.Collections.Generic;

namespace PSSockets.Engine.Servers;

/// <summary>The latest errors of a server; older ones are counted and forgotten. Safe for use by many threads.</summary>
internal sealed class ErrorLog
{
    private readonly Queue<object> _errors = new();
    private readonly int _limit;
    private long _total;

    public ErrorLog(int limit)
    {
        _limit = limit;
    }

    /// <summary>How many errors there were in all.</summary>
    public long Total
    {
        get
        {
            lock (_errors)
            {
                return _total;
            }
        }
    }

    public void Add(object error)
    {
        lock (_errors)
        {
            _total++;
            _errors.Enqueue(error);
            if (_errors.Count > _limit)
            {
                _errors.Dequeue();
            }
        }
    }

    /// <summary>The errors as they are now, oldest first.</summary>
    public object[] ToArray()
    {
        lock (_errors)
        {
            return [.. _errors];
        }
    }
}
