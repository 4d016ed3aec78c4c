using System;
using System.Collections.Generic;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using System.Threading;
using PSSockets.Engine.Errors;

namespace PSSockets;

/// <summary>
/// Joins lines into datagrams, with a newline between them, up to a size. A line waits for others no longer than a limit, so that a slow
/// source that never ends, such as a log that is followed, is not held back. Safe for use by many threads.
/// </summary>
internal sealed class DatagramBatch : IDisposable
{
    /// <summary>Sends a datagram; called by one thread at a time, that of a timer where the limit has passed.</summary>
    public delegate void Sender(ReadOnlySpan<byte> datagram);

    private readonly object _gate = new();
    private readonly List<byte> _lines = [];
    private readonly int _size;
    private readonly TimeSpan _limit;
    private readonly Sender _send;
    private readonly Timer _timer;
    private Exception? _failure;
    private bool _hasLines;
    private bool _disposed;

    public DatagramBatch(int size, TimeSpan limit, Sender send)
    {
        _size = size;
        _limit = limit;
        _send = send;
        _timer = new Timer(static batch => ((DatagramBatch)batch!).FlushLate(), this, Timeout.Infinite, Timeout.Infinite);
    }

    /// <summary>Adds a line; where it does not fit any more, those before it are sent.</summary>
    public void Add(ReadOnlySpan<byte> line)
    {
        lock (_gate)
        {
            try
            {
                if (_hasLines && _lines.Count + 1 + line.Length > _size)
                {
                    FlushLocked();
                }
            }
            finally
            {
                // Where those before could not be sent, this one still may.
                AddLocked(line);
            }
        }
    }

    /// <summary>Sends what waits.</summary>
    public void Flush()
    {
        lock (_gate)
        {
            FlushLocked();
        }
    }

    /// <summary>Throws the first error of what was sent late, once.</summary>
    public void ThrowFailure()
    {
        if (Interlocked.Exchange(ref _failure, null) is { } failure)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    /// <summary>Sends what waits; whatever becomes of it.</summary>
    public void Dispose()
    {
        FlushLate();
        lock (_gate)
        {
            _disposed = true;
            _timer.Dispose();
        }
    }

    private void AddLocked(ReadOnlySpan<byte> line)
    {
        if (_hasLines)
        {
            _lines.Add((byte)'\n');
        }
        else
        {
            _timer.Change(_limit, Timeout.InfiniteTimeSpan);
        }

        _lines.AddRange(line);
        _hasLines = true;
    }

    private void FlushLate()
    {
        lock (_gate)
        {
            try
            {
                FlushLocked();
            }
            catch (Exception exception) when (exception is ISocketFailure)
            {
                _failure ??= exception;
            }
        }
    }

    private void FlushLocked()
    {
        if (!_hasLines || _disposed)
        {
            return;
        }

        _timer.Change(Timeout.Infinite, Timeout.Infinite);
        try
        {
            _send(CollectionsMarshal.AsSpan(_lines));
        }
        finally
        {
            _lines.Clear();
            _hasLines = false;
        }
    }
}
