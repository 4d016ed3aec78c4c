using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.Datagrams;
using PSSockets.Engine.Errors;
using PSSockets.Engine.Transport;

namespace PSSockets.Engine.Servers;

/// <summary>
/// Receives datagrams and answers them with a handler, those of one sender in order, many senders at a time; or keeps them until somebody
/// takes them. What comes faster than it is dealt with is dropped and counted. Safe for use by many threads.
/// </summary>
public sealed class UdpServer : SocketServer, IDatagramTarget
{
    private readonly UdpServerOptions _options;
    private readonly UdpSocket _socket;
    private readonly WorkerPool? _workers;
    private readonly PeerTable<PeerMailbox> _mailboxes;
    private readonly MessageQueue _messages;
    private readonly Timer _idleSweep;
    private long _refused;
    private long _waitingBytes;
    private int _waiting;
    private bool _isFailing;
    private volatile bool _isClosed;

    private UdpServer(UdpServerOptions options, CancellationToken cancellationToken)
        : base(options.Name, nameof(UdpServer), options)
    {
        _options = options;
        _messages = new MessageQueue(options.Socket.MaxQueuedDatagrams, options.Socket.MaxQueuedBytes);
        _socket = UdpSocket.Open(options.Socket with { Server = this, Name = Name });
        _mailboxes = new PeerTable<PeerMailbox>(_socket.IsIPv6, options.MaxPeers, (address, endPoint) => new PeerMailbox(this, new UdpPeer(_socket, address, endPoint)));
        try
        {
            if (options.CreateHandler is { } createHandler)
            {
                _workers = new WorkerPool(Name, options.ThrottleLimit, () => createHandler(this), exception => ReportError(exception, null));
                _workers.Start(cancellationToken);
            }
        }
        catch
        {
            _socket.Dispose();
            Stopping.Cancel();
            throw;
        }

        TimeSpan period = TimeSpan.FromMilliseconds(Math.Clamp(options.PeerIdleTimeout.TotalMilliseconds / 4, 50, 5000));
        _idleSweep = new Timer(_ => _mailboxes.Remove(options.PeerIdleTimeout), null, period, period);
        _socket.StartReceiving(this);
    }

    /// <inheritdoc/>
    internal override EndPoint LocalEndPoint => _socket.LocalEndPoint;

    /// <summary>The socket that it receives from and answers by, for its options, counters and groups.</summary>
    internal UdpSocket Socket => _socket;

    /// <summary>The senders known now: those that have sent something of late.</summary>
    internal IReadOnlyList<UdpPeer> Peers => _mailboxes.ToArray().Select(mailbox => mailbox.Peer).ToArray();

    /// <summary>How many senders are known now.</summary>
    public int PeerCount => _mailboxes.Count;

    /// <inheritdoc/>
    internal override int ClientCount => PeerCount;

    /// <inheritdoc/>
    internal override IReadOnlyList<IMessagePeer> GetPeers() => Peers;

    /// <summary>How many datagrams were turned away because their senders are not permitted.</summary>
    public long RefusedCount => Volatile.Read(ref _refused);

    /// <summary>How many messages wait for a handler, or to be taken.</summary>
    public int QueuedMessages => _workers is null ? _messages.Count : Volatile.Read(ref _waiting);

    /// <inheritdoc/>
    public override long BytesReceived => _socket.BytesReceived;

    /// <inheritdoc/>
    public override long BytesSent => _socket.BytesSent;

    /// <inheritdoc/>
    public override long MessagesReceived => _socket.DatagramsReceived;

    /// <inheritdoc/>
    public override long MessagesSent => _socket.DatagramsSent;

    /// <summary>Datagrams dropped here because handlers, or who takes them, did not keep up.</summary>
    public override long MessagesDropped => _socket.DroppedByQueue;

    /// <inheritdoc cref="UdpSocket.DroppedBySystem"/>
    public long? DroppedBySystem => _socket.DroppedBySystem;

    /// <inheritdoc/>
    protected override bool IsWorker => _workers is { IsWorker: true };

    /// <inheritdoc/>
    protected override bool IsConsumed => _workers is null;

    /// <summary>Opens the socket and begins to serve.</summary>
    /// <param name="options">What it is made with.</param>
    /// <param name="cancellationToken">Ends the wait for the first handler and frees the endpoint.</param>
    /// <exception cref="SocketFailureException">The endpoint is in use, not this machine's, or forbidden.</exception>
    public static UdpServer Start(UdpServerOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new UdpServer(options, cancellationToken);
    }

    /// <summary>
    /// Takes the messages of all senders, as <see cref="SocketMessage"/>, in the order of their arrival. Several readers share them.
    /// </summary>
    /// <exception cref="SocketFailureException">
    /// The server has stopped (<see cref="SocketErrorId.ObjectClosed"/>), or answers its messages itself
    /// (<see cref="SocketErrorId.ConnectionBusy"/>).
    /// </exception>
    public override IMessageReader OpenReader(ReadOptions options)
    {
        if (_workers is not null)
        {
            throw Status == ServerStatus.Stopped ? Stopped() : new SocketFailureException(
                SocketErrorId.ConnectionBusy, $"{Name} answers its messages itself; only a server without a handler can be received from.", DisplayName);
        }

        return Status == ServerStatus.Stopped && _messages.Count == 0 ? throw Stopped() : new QueueReader(_messages);
    }

    /// <inheritdoc/>
    private protected override bool TryTakeMessage([NotNullWhen(true)] out SocketMessage? message, bool hold) => _messages.TryTake(out message, hold);

    /// <inheritdoc/>
    private protected override void ReleaseMessage(SocketMessage? putBack) => _messages.Release(putBack);

    /// <inheritdoc/>
    void IDatagramTarget.OnDatagram(ReadOnlySpan<byte> datagram, SocketAddress sender)
    {
        if (_isClosed)
        {
            return;
        }

        _isFailing = false;
        _socket.CountReceived(datagram.Length);
        if (_workers is null ? _messages.IsFullFor(datagram.Length) : IsFullFor(datagram.Length))
        {
            _socket.CountDropped();
            return;
        }

        if (!_mailboxes.TryFind(sender, out PeerMailbox? mailbox))
        {
            IPEndPoint endPoint = _mailboxes.Parse(sender);
            if (!_options.Filter.Permits(endPoint))
            {
                _refused++;
                return;
            }

            mailbox = _mailboxes.Add(sender, endPoint);
        }

        if (_workers is null && mailbox is not null)
        {
            _messages.Add(new SocketMessage(mailbox.Peer, datagram.ToArray(), null));
        }
        else if (mailbox is null || !mailbox.TryAdd(datagram, _options.Socket.MaxQueuedDatagrams / 2))
        {
            // One sender alone never fills the queue for all.
            _socket.CountDropped();
        }
    }

    /// <inheritdoc/>
    void IDatagramTarget.OnError(SocketException exception)
    {
        // Said once until a datagram arrives again: an error that stays would fill the list.
        if (!_isFailing)
        {
            _isFailing = true;
            ReportError(SocketErrorClassifier.FromDatagram(exception, DisplayName, 0, isBroadcastAllowed: true), null);
        }
    }

    /// <summary>Takes note of what begins, or ceases, to wait for a handler.</summary>
    internal void CountWaiting(int messages, int bytes)
    {
        Interlocked.Add(ref _waiting, messages);
        Interlocked.Add(ref _waitingBytes, bytes);
    }

    /// <summary>Has a sender's messages handled.</summary>
    internal void Schedule(PeerMailbox mailbox) => _workers!.Enqueue(mailbox.Run);

    /// <summary>Calls the handler for a message; never throws.</summary>
    /// <returns>False where the sender's other messages are not to be handled.</returns>
    internal bool Handle(UdpPeer peer, byte[] datagram)
    {
        if (Aborting.IsCancellationRequested)
        {
            return false;
        }

        HandlerVerdict verdict;
        try
        {
            object message = _socket.AsByteStream ? datagram : _socket.Encoding.GetString(datagram);
            NoticeMessage(peer, message);
            verdict = WorkerPool.Current.OnMessage(peer, message);
        }
        catch (DecoderFallbackException exception)
        {
            // Only this datagram is no text; the sender's others may well be.
            ReportError(
                new SocketFailureException(
                    SocketErrorId.InvalidFrame,
                    $"{peer.DisplayName} has sent what is no text in {_socket.Encoding.WebName}: {exception.Message}",
                    peer.DisplayName,
                    exception),
                peer);
            verdict = HandlerVerdict.Continue;
        }
        catch (Exception exception)
        {
            ReportError(exception, peer);
            verdict = HandlerVerdict.Disconnect;
        }

        if (verdict == HandlerVerdict.StopServer && !Stopping.IsCancellationRequested)
        {
            _ = StopAsync(TimeSpan.FromSeconds(5));
        }

        return verdict == HandlerVerdict.Continue;
    }

    /// <inheritdoc/>
    protected override async Task StopOnceAsync()
    {
        await Stopping.CancelAsync().ConfigureAwait(false);
        await TakeArrivedAsync().ConfigureAwait(false);
        _isClosed = true;
        await _idleSweep.DisposeAsync().ConfigureAwait(false);
        if (_workers is not null)
        {
            Task drained = _workers.StopAsync();
            await drained.WaitAsync(Aborting.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!drained.IsCompleted)
            {
                _workers.Interrupt();
                await drained.WaitAsync(InterruptLimit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        // Last of all: the answers go out by it.
        _socket.Dispose();
        _messages.Complete();
    }

    /// <summary>Lets the receive thread take what had arrived before the stop. Bounded: a sender may go on for ever.</summary>
    private async Task TakeArrivedAsync()
    {
        for (int looks = 0; looks < 50 && !Aborting.IsCancellationRequested; looks++)
        {
            bool any = _socket.GetAvailable() > 0;
            await Task.Delay(TimeSpan.FromMilliseconds(2), CancellationToken.None).ConfigureAwait(false);
            if (!any)
            {
                return;
            }
        }
    }

    private bool IsFullFor(int byteCount) => Volatile.Read(ref _waiting) >= _options.Socket.MaxQueuedDatagrams
        || Volatile.Read(ref _waitingBytes) + byteCount > _options.Socket.MaxQueuedBytes;

    private sealed class QueueReader(MessageQueue messages) : IMessageReader
    {
        public bool TryRead([NotNullWhen(true)] out object? message)
        {
            bool taken = messages.TryTake(out SocketMessage? next);
            message = next;
            return taken;
        }

        public ValueTask<bool> WaitAsync(CancellationToken cancellationToken) => messages.WaitAsync(cancellationToken);

        public void Dispose()
        {
        }
    }
}
