using System;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.Errors;
using PSSockets.Engine.Transport;

namespace PSSockets.Engine.Datagrams;

/// <content>The receive side: a thread that fills a bounded queue, and one reader at a time that empties it.</content>
public sealed partial class UdpSocket : IDatagramTarget
{
    /// <summary>How many senders are remembered, so that the messages of one share their peer.</summary>
    private const int MaxPeers = 1024;

    private readonly MessageQueue _queue;
    private readonly PeerTable<UdpPeer> _peers;
    private int _hasReader;
    private int _waitingErrors;
    private long _datagramsReceived;
    private long _bytesReceived;
    private long _droppedByQueue;

    /// <summary>Datagrams received from the system, those dropped by the queue among them.</summary>
    public long DatagramsReceived => Volatile.Read(ref _datagramsReceived);

    /// <summary>Bytes received.</summary>
    public long BytesReceived => Volatile.Read(ref _bytesReceived);

    /// <summary>Datagrams dropped here because nobody took those before them fast enough.</summary>
    public long DroppedByQueue => Volatile.Read(ref _droppedByQueue);

    /// <summary>How many received datagrams wait to be taken.</summary>
    public int QueuedDatagrams => _queue.Count;

    /// <summary>
    /// Begins receiving: each datagram is one message, as <see cref="SocketMessage"/> with its sender, or as a byte array where asked for.
    /// What comes between two readers is kept, within the limits of the queue.
    /// </summary>
    /// <exception cref="SocketFailureException">
    /// Somebody else is receiving (<see cref="SocketErrorId.ConnectionBusy"/>), or it was closed (<see cref="SocketErrorId.ObjectClosed"/>).
    /// </exception>
    public IMessageReader OpenReader(ReadOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (Status == ConnectionStatus.Closed)
        {
            throw Closed();
        }

        if (Server is not null || Interlocked.CompareExchange(ref _hasReader, 1, 0) != 0)
        {
            throw new SocketFailureException(
                SocketErrorId.ConnectionBusy,
                $"{(Server is null ? "Another command" : "A server")} is receiving from the UDP socket on {LocalEndPoint}.",
                DisplayName);
        }

        StartReceiving(this);
        return new DatagramReader(this, options.AsByteStream ?? AsByteStream);
    }

    /// <summary>Forgets what was received and not taken, such as late replies to an earlier question.</summary>
    public void DiscardReceived()
    {
        while (_queue.TryTake(out _) || _queue.TryTakeFailure(out _))
        {
        }

        Volatile.Write(ref _waitingErrors, 0);
    }

    /// <inheritdoc/>
    Action? IDatagramTarget.OnDatagram(ReadOnlySpan<byte> datagram, SocketAddress sender)
    {
        CountReceived(datagram.Length);
        if (_queue.IsFullFor(datagram.Length))
        {
            CountDropped();
            return null;
        }

        if (!_peers.TryFind(sender, out UdpPeer? peer))
        {
            peer = _peers.Add(sender, _peers.Parse(sender))!;
        }

        _queue.Add(new SocketMessage(peer, datagram.ToArray(), null));
        return null;
    }

    /// <inheritdoc/>
    void IDatagramTarget.OnError(SocketException exception)
    {
        // One that waits to be told says it for all that follow.
        if (Interlocked.CompareExchange(ref _waitingErrors, 1, 0) == 0)
        {
            SocketFailureException failure = SocketErrorClassifier.FromDatagram(exception, DisplayName, 0, isBroadcastAllowed: true);
            IPEndPoint endPoint = RemoteEndPoint ?? LocalEndPoint;
            _queue.Add(SocketMessage.Of(failure, new UdpPeer(this, endPoint.Serialize(), endPoint)));
        }
    }

    internal void CountReceived(int byteCount)
    {
        // Only the receive thread counts.
        Volatile.Write(ref _datagramsReceived, _datagramsReceived + 1);
        Volatile.Write(ref _bytesReceived, _bytesReceived + byteCount);
    }

    internal void CountDropped() => Volatile.Write(ref _droppedByQueue, _droppedByQueue + 1);

    private sealed class DatagramReader(UdpSocket socket, bool asBytes) : IMessageReader
    {
        private bool _disposed;

        public bool TryRead([NotNullWhen(true)] out object? message)
        {
            bool taken = socket._queue.TryTake(out SocketMessage? next);
            message = asBytes ? next?.Bytes : next;
            return taken;
        }

        public async ValueTask<bool> WaitAsync(CancellationToken cancellationToken)
        {
            bool any = await socket._queue.WaitAsync(cancellationToken).ConfigureAwait(false);
            if (socket._queue.TryTakeFailure(out Exception? failure))
            {
                Volatile.Write(ref socket._waitingErrors, 0);
                throw failure;
            }

            return any && (socket._queue.Count > 0 || socket.Status == ConnectionStatus.Open) ? true : throw socket.Closed();
        }

        public void Dispose()
        {
            if (!_disposed)
            {
                _disposed = true;
                Volatile.Write(ref socket._hasReader, 0);
            }
        }
    }
}
