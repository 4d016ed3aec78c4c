using System;
using System.Collections.Generic;
using System.Diagnostics;
using PSSockets.Engine.Datagrams;

namespace PSSockets.Engine.Servers;

/// <summary>
/// What one sender has sent and no handler has seen: one worker at a time takes it, in order, a batch at a time so that no sender starves
/// another.
/// </summary>
internal sealed class PeerMailbox : IPeerEntry
{
    /// <summary>How many messages a sender may have handled before others get their turn.</summary>
    private const int BatchSize = 64;

    /// <summary>How long it may be at it after the first: 2 ms.</summary>
    private static readonly long s_batchTicks = Stopwatch.Frequency / 500;

    private readonly Queue<byte[]> _waiting = new(0);
    private readonly UdpServer _server;
    private readonly Action _run;
    private bool _isScheduled;

    public PeerMailbox(UdpServer server, UdpPeer peer)
    {
        _server = server;
        Peer = peer;
        _run = RunBatch;
    }

    public UdpPeer Peer { get; }

    /// <inheritdoc/>
    public bool IsBusy
    {
        get
        {
            lock (_waiting)
            {
                return _isScheduled;
            }
        }
    }

    /// <inheritdoc/>
    public TimeSpan IdleTime => Peer.IdleTime;

    /// <inheritdoc/>
    public void Touch() => Peer.Touch();

    /// <summary>Adds a datagram.</summary>
    /// <param name="datagram">Its bytes.</param>
    /// <param name="limit">How many may wait.</param>
    /// <param name="run">The turn that a worker must take; null where one is coming already.</param>
    /// <returns>False where so many wait already.</returns>
    public bool TryAdd(ReadOnlySpan<byte> datagram, int limit, out Action? run)
    {
        run = null;
        lock (_waiting)
        {
            if (_waiting.Count >= Math.Max(limit, 1))
            {
                return false;
            }

            _waiting.Enqueue(datagram.ToArray());
            _server.CountWaiting(1, datagram.Length);
            if (!_isScheduled)
            {
                _isScheduled = true;
                run = _run;
            }
        }

        return true;
    }

    private void RunBatch()
    {
        long? end = null;
        for (int handled = 1; ; handled++)
        {
            if (!_server.Handle(Peer, Take()))
            {
                Clear();
            }

            if (!HasMore())
            {
                return;
            }

            long now = Stopwatch.GetTimestamp();
            end ??= now + s_batchTicks;
            if (handled == BatchSize || now > end || WorkerPool.Current.IsLoopBroken)
            {
                _server.Schedule(_run);
                return;
            }
        }
    }

    private byte[] Take()
    {
        byte[] datagram;
        lock (_waiting)
        {
            datagram = _waiting.Dequeue();
        }

        _server.CountWaiting(-1, -datagram.Length);
        return datagram;
    }

    /// <summary>True where the turn goes on; where not, the next datagram gives it another one.</summary>
    private bool HasMore()
    {
        lock (_waiting)
        {
            return _isScheduled = _waiting.Count > 0;
        }
    }

    private void Clear()
    {
        while (true)
        {
            byte[]? datagram;
            lock (_waiting)
            {
                if (!_waiting.TryDequeue(out datagram))
                {
                    return;
                }
            }

            _server.CountWaiting(-1, -datagram.Length);
        }
    }
}
