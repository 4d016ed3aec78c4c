using System;
using System.Threading;
using PSSockets.Engine.Transport;

namespace PSSockets.Handlers;

/// <summary>
/// Sees to it that a worker's calls do not take longer than they may. It says so when the limit passes, once for each call: a call that
/// sits in foreign code may not return for long after that. Safe for use by many threads.
/// </summary>
internal sealed class CallWatch : IDisposable
{
    private readonly TimeSpan _limit;
    private readonly Action<string, IMessagePeer> _onOverdue;
    private readonly object _gate = new();
    private readonly Timer _timer;
    private string _name = string.Empty;
    private IMessagePeer? _connection;
    private long _start;

    /// <summary>Begins to look.</summary>
    /// <param name="limit">How long a call may take.</param>
    /// <param name="onOverdue">Called by another thread, while the call is under way, with its handler's name and connection.</param>
    public CallWatch(TimeSpan limit, Action<string, IMessagePeer> onOverdue)
    {
        _limit = limit;
        _onOverdue = onOverdue;
        TimeSpan period = TimeSpan.FromMilliseconds(Math.Clamp(limit.TotalMilliseconds / 10, 10, 1000));
        _timer = new Timer(_ => Look(), null, period, period);
    }

    /// <summary>A call begins.</summary>
    public void Begin(string name, IMessagePeer connection)
    {
        lock (_gate)
        {
            _name = name;
            _connection = connection;
            _start = Environment.TickCount64;
        }
    }

    /// <summary>The call has ended.</summary>
    public void End()
    {
        lock (_gate)
        {
            _connection = null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        lock (_gate)
        {
            // A call that is just ending waits here to say so: the next one is never taken for it.
            if (_connection is { } connection && Environment.TickCount64 - _start >= _limit.TotalMilliseconds)
            {
                _connection = null;
                _onOverdue(_name, connection);
            }
        }
    }
}
