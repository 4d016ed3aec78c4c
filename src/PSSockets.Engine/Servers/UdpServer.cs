using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.Datagrams;
using PSSockets.Engine.Errors;
using PSSockets.Engine.Transport;

namespace PSSockets.Engine.Servers;

/// <summary>
/// Receives datagrams and answers them with a handler, those of one sender in order, many senders at a time; or keeps them until somebody
/// takes them; or echoes them. What comes faster than it is dealt with is dropped and counted. Safe for use by many threads.
/// </summary>
public sealed partial class UdpServer : SocketServer
{
    private readonly UdpServerOptions _options;
    private readonly UdpSocket _socket;
    private readonly WorkerPool? _workers;
    private readonly PeerTable<PeerMailbox> _mailboxes;
    private readonly MessageQueue _messages;
    private readonly Timer _idleSweep;
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
                _workers = new WorkerPool(Name, options.ThrottleLimit, () => createHandler(this), exception => ReportError(exception, null), _socket.TryReceive);
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
    [Linked]
    internal UdpSocket Socket => _socket;

    /// <summary>The senders known now: those that have sent something of late.</summary>
    [Linked]
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
    protected override bool IsConsumed => _workers is null && !_options.Echo;

    /// <summary>Opens the socket and begins to serve.</summary>
    /// <param name="options">What it is made with.</param>
    /// <param name="cancellationToken">Ends the wait for the first handler and frees the endpoint.</param>
    /// <exception cref="SocketFailureException">The endpoint is in use, not this machine's, or forbidden.</exception>
    public static UdpServer Start(UdpServerOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new UdpServer(options, cancellationToken);
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
}
