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

    /// <summary>How long it may be at it: 2 ms.</summary>
    private static readonly long s_batchTicks = Stopwatch.Frequency / 500;

    private readonly Queue<byte[]> _waiting = new(0);
    private readonly UdpServer _server;
    private bool _isScheduled;

    public PeerMailbox(UdpServer server, UdpPeer peer)
    {
        _server = server;
        Peer = peer;
        Run = RunBatch;
    }

    public UdpPeer Peer { get; }

    /// <summary>A turn on a worker; made once.</summary>
    public Action Run { get; }

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

    /// <summary>Adds a datagram and has it handled.</summary>
    /// <returns>False where <paramref name="limit"/> of them wait already.</returns>
    public bool TryAdd(ReadOnlySpan<byte> datagram, int limit)
    {
        bool schedule;
        lock (_waiting)
        {
            if (_waiting.Count >= Math.Max(limit, 1))
            {
                return false;
            }

            _waiting.Enqueue(datagram.ToArray());
            _server.CountWaiting(1, datagram.Length);
            schedule = !_isScheduled;
            _isScheduled = true;
        }

        if (schedule)
        {
            _server.Schedule(this);
        }

        return true;
    }

    private void RunBatch()
    {
        long start = Stopwatch.GetTimestamp();
        for (int handled = 1; TryTake(out byte[] datagram); handled++)
        {
            if (!_server.Handle(Peer, datagram))
            {
                Clear();
            }

            if (handled == BatchSize || WorkerPool.Current.IsLoopBroken || Stopwatch.GetTimestamp() - start > s_batchTicks)
            {
                _server.Schedule(this);
                return;
            }
        }
    }

    private bool TryTake(out byte[] datagram)
    {
        bool taken;
        lock (_waiting)
        {
            _isScheduled = taken = _waiting.TryDequeue(out datagram!);
        }

        if (taken)
        {
            _server.CountWaiting(-1, -datagram.Length);
        }

        return taken;
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
