using System;
using System.Dynamic;
using System.Linq.Expressions;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.EndPoints;
using PSSockets.Engine.Errors;
using PSSockets.Engine.Framing;

namespace PSSockets.Engine.Transport;

/// <summary>
/// A stream connection: TCP, or a Unix domain socket, as client or as server. Sending is safe from many threads; receiving has one
/// reader at a time. While nothing arrives it holds no buffer.
/// </summary>
public sealed partial class SocketConnection : IMessageSource, IMessagePeer, ISocketOwner, ISocketLifetime, IDynamicMetaObjectProvider, IDisposable
{
    private static int s_lastId;

    private readonly object _gate = new();
    private readonly ITransport _transport;
    private readonly FrameEncoder _encoder;
    private readonly SendQueue _send;
    private readonly TaskCompletionSource<CloseReason> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConnectionOptions _options;
    private SharedState? _state;
    private bool _endedByPeer;
    private bool _writesCompleted;
    private bool _isHeldBack;
    private CloseReason _closeReason;
    private Exception? _closeError;
    private long _bytesReceived;
    private long _bytesSent;
    private long _messagesReceived;
    private long _messagesDropped;
    private long _lastActivity = Environment.TickCount64;

    internal SocketConnection(ITransport transport, ConnectionOptions options)
    {
        _transport = transport;
        _options = options;
        _encoder = options.Encoder;
        _send = new SendQueue(WriteToTransportAsync, CannotSend, options.SlowConsumer == SlowConsumerPolicy.DropOldest);
        Id = TakeId();
        Name = options.Name ?? $"Connection{Id}";
        LocalEndPoint = transport.LocalEndPoint;
        RemoteEndPoint = transport.RemoteEndPoint;
    }

    /// <summary>A number of its own within this process.</summary>
    public int Id { get; }

    /// <summary>A name for people; need not be unique.</summary>
    public string Name { get; }

    /// <summary>This side.</summary>
    [Linked]
    internal EndPoint? LocalEndPoint { get; }

    /// <summary>The peer.</summary>
    [Linked]
    internal EndPoint? RemoteEndPoint { get; }

    /// <inheritdoc/>
    EndPoint? IMessagePeer.RemoteEndPoint => RemoteEndPoint;

    /// <summary>How messages are told apart.</summary>
    [Linked]
    internal FramingScheme Framing => _options.Framing;

    /// <summary>The encoding of text, UTF-8 unless told otherwise.</summary>
    [Linked]
    internal Encoding Encoding => _options.Encoding;

    /// <inheritdoc/>
    Encoding IMessagePeer.Encoding => Encoding;

    /// <summary>True where messages are byte arrays unless asked otherwise.</summary>
    public bool AsByteStream => _options.AsByteStream;

    /// <summary>The server that accepted it; null for a client's connection.</summary>
    [Linked]
    internal object? Server => _options.Server;

    /// <summary>Which directions are open.</summary>
    public ConnectionStatus Status
    {
        get
        {
            lock (_gate)
            {
                return _closeReason != CloseReason.None ? ConnectionStatus.Closed
                    : _endedByPeer ? ConnectionStatus.EndedByPeer
                    : _writesCompleted ? ConnectionStatus.WritesCompleted
                    : ConnectionStatus.Open;
            }
        }
    }

    /// <summary>Why it ended; <see cref="CloseReason.None"/> while it has not.</summary>
    public CloseReason CloseReason
    {
        get
        {
            lock (_gate)
            {
                return _closeReason;
            }
        }
    }

    /// <summary>True where this side has ended it, for a reason other than what the peer did.</summary>
    internal bool IsClosedHere => CloseReason
        is CloseReason.Closed or CloseReason.Aborted or CloseReason.ServerStopped or CloseReason.IdleTimeout or CloseReason.HandlerFailed;

    /// <summary>The error behind <see cref="CloseReason"/>, where there is one.</summary>
    [Linked]
    internal Exception? CloseError => _closeError;

    /// <summary>When it was made.</summary>
    public DateTimeOffset ConnectedAt { get; } = DateTimeOffset.Now;

    /// <summary>How long ago the last bytes came or went.</summary>
    [Linked]
    internal TimeSpan IdleTime => TimeSpan.FromMilliseconds(Environment.TickCount64 - Volatile.Read(ref _lastActivity));

    /// <summary>The same in seconds.</summary>
    public double IdleSeconds => IdleTime.TotalSeconds;

    /// <summary>Bytes received.</summary>
    public long BytesReceived => Volatile.Read(ref _bytesReceived);

    /// <summary>Bytes handed to the system.</summary>
    public long BytesSent => Volatile.Read(ref _bytesSent);

    /// <summary>Messages taken from the stream.</summary>
    public long MessagesReceived => Volatile.Read(ref _messagesReceived);

    /// <summary>Messages given to be sent.</summary>
    public long MessagesSent => _send.MessageCount;

    /// <summary>Messages dropped because the peer did not read fast enough.</summary>
    public long MessagesDropped => Volatile.Read(ref _messagesDropped);

    /// <summary>Bytes that wait for the system to take them.</summary>
    public int QueuedBytes => _send.QueuedBytes;

    /// <summary>The memory held for what waits.</summary>
    internal int SendQueueCapacity => _send.Capacity;

    /// <summary>A table for what handlers keep about this connection; safe for use by many threads.</summary>
    [Linked]
    internal SharedState State => LazyInitializer.EnsureInitialized(ref _state, static () => new SharedState());

    /// <summary>A task that completes with the reason when the connection has ended; never faults.</summary>
    // A method, for what looks at all properties, as ConvertTo-Json does, would wait for a task's result.
    public Task<CloseReason> WhenEnded() => _completion.Task;

    /// <inheritdoc/>
    public string DisplayName => EndPointText.Format(RemoteEndPoint);

    /// <summary>The thread on which a server's handler is being called for this connection; 0 for none.</summary>
    internal int HandlerThreadId { get; set; }

    /// <summary>True while the peer is not read from because this side is busy; that time does not count as idle.</summary>
    internal bool IsHeldBack
    {
        get => Volatile.Read(ref _isHeldBack);
        set
        {
            Touch();
            Volatile.Write(ref _isHeldBack, value);
        }
    }

    /// <summary>True where the handler wants the connection closed when it returns.</summary>
    internal bool IsCloseRequested { get; private set; }

    /// <summary>The socket underneath, for options; null where the transport has none.</summary>
    internal Socket? Socket => (_transport as SocketTransport)?.Socket;

    /// <inheritdoc/>
    Socket? ISocketOwner.GetOpenSocket() => Status == ConnectionStatus.Closed ? throw Closed() : Socket;

    /// <summary>
    /// Half-close: sends what waits, then tells the peer that no more will come (FIN). Receiving goes on. Once the peer has ended its
    /// stream too, the connection is closed. From the call on nothing more is taken to be sent; after a cancelled wait it can be repeated.
    /// </summary>
    public async ValueTask CompleteWritesAsync(CancellationToken cancellationToken)
    {
        // First of all nothing more is taken: what another thread sent behind the FIN would cost the whole connection.
        _send.Complete();
        await FlushAsync(cancellationToken).ConfigureAwait(false);
        lock (_gate)
        {
            if (_writesCompleted || _closeReason != CloseReason.None)
            {
                return;
            }

            _writesCompleted = true;
        }

        try
        {
            _transport.CompleteWrites();
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            throw Fault(exception);
        }

        CloseIfBothEnded();
    }

    /// <summary>
    /// Graceful close: sends what waits, ends the stream (FIN) and frees the connection. Where the peer does not take the data within
    /// <paramref name="timeout"/>, the connection is aborted. Called by a server's handler for its own connection, it takes effect when the
    /// handler returns, so that the handler's output goes out first.
    /// </summary>
    /// <exception cref="SocketTimeoutException">Data was still waiting at the limit (<see cref="SocketErrorId.SendTimedOut"/>).</exception>
    public async ValueTask CloseAsync(TimeSpan timeout, CloseReason reason = CloseReason.Closed, CancellationToken cancellationToken = default)
    {
        if (Environment.CurrentManagedThreadId == HandlerThreadId)
        {
            IsCloseRequested = true;
            return;
        }

        if (_send.QueuedBytes > 0 && Status != ConnectionStatus.Closed)
        {
            try
            {
                await FlushAsync(cancellationToken).WaitAsync(timeout, cancellationToken).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                int lost = _send.QueuedBytes;
                Abort();
                throw new SocketTimeoutException(
                    SocketErrorId.SendTimedOut,
                    $"{DisplayName} did not take the last {lost} bytes within {timeout.TotalSeconds:0.###} s; the connection was aborted.",
                    DisplayName);
            }
            catch (SocketFailureException)
            {
                // It ended meanwhile, for the reason that it keeps.
            }
        }

        Shutdown(reason, null);
    }

    /// <inheritdoc/>
    Task ISocketLifetime.CloseAsync(TimeSpan timeout, CancellationToken cancellationToken)
        => CloseAsync(timeout, CloseReason.Closed, cancellationToken).AsTask();

    /// <summary>Aborts: the peer sees a reset (RST), what waits is lost.</summary>
    public void Abort() => Shutdown(CloseReason.Aborted, null);

    /// <summary>Closes without waiting for data that is still queued.</summary>
    public void Dispose() => Shutdown(CloseReason.Closed, null);

    /// <inheritdoc/>
    public override string ToString() => $"{EndPointText.Format(LocalEndPoint)} <-> {DisplayName}";

    /// <inheritdoc/>
    DynamicMetaObject IDynamicMetaObjectProvider.GetMetaObject(Expression parameter) => new LinkedMembers(parameter, this);

    /// <summary>Ends the connection once; later calls change nothing. Everybody who waits on it is woken.</summary>
    internal void Shutdown(CloseReason reason, Exception? error)
    {
        lock (_gate)
        {
            if (_closeReason != CloseReason.None)
            {
                return;
            }

            _closeReason = reason;
            _closeError = error;
        }

        if (reason is CloseReason.Closed or CloseReason.ClosedByPeer or CloseReason.ServerStopped or CloseReason.HandlerFailed)
        {
            DiscardUnread();
            _transport.Close();
        }
        else
        {
            _transport.Abort();
        }

        _send.Fail(error ?? Closed());
        _completion.TrySetResult(reason);
    }

    /// <summary>The next number, of a row that connections and datagram sockets share.</summary>
    internal static int TakeId() => Interlocked.Increment(ref s_lastId);

    /// <summary>The error for an operation on a connection that has ended.</summary>
    internal SocketFailureException Closed()
    {
        string why = _closeReason switch
        {
            CloseReason.None or CloseReason.Closed => "is closed",
            CloseReason.ClosedByPeer => "was closed after the peer ended it",
            CloseReason.Aborted => "was aborted",
            CloseReason.ResetByPeer => "was reset by the peer",
            CloseReason.IdleTimeout => "was closed because it was idle for too long",
            CloseReason.ServerStopped => "was closed because its server stopped",
            CloseReason.ProtocolError => "was closed because of what the peer sent",
            CloseReason.SlowConsumer => "was closed because the peer did not read fast enough",
            CloseReason.HandlerFailed => "was closed because its handler failed",
            _ => "has failed",
        };
        SocketErrorId id = _closeReason == CloseReason.ResetByPeer ? SocketErrorId.ConnectionReset : SocketErrorId.ObjectClosed;
        return new SocketFailureException(id, $"The connection to {DisplayName} {why}.", DisplayName, _closeError);
    }

    /// <summary>Ends the connection because of an error of the transport, and gives the engine's exception for it.</summary>
    private Exception Fault(Exception exception)
    {
        if (Status == ConnectionStatus.Closed || SocketErrorClassifier.IsLocalAbort(exception))
        {
            // Our own close, from another thread, came under a read or a write; where it did not, macOS says EINVAL for a socket that is no more.
            Shutdown(CloseReason.TransportError, exception);
            return Closed();
        }

        if (exception is not SocketException socketException)
        {
            Shutdown(CloseReason.TransportError, exception);
            return exception;
        }

        SocketFailureException failure = SocketErrorClassifier.FromConnection(socketException, DisplayName);
        Shutdown(failure.ErrorId == SocketErrorId.ConnectionReset ? CloseReason.ResetByPeer : CloseReason.TransportError, failure);
        return failure;
    }

    private void CloseIfBothEnded()
    {
        bool both;
        lock (_gate)
        {
            both = _endedByPeer && _writesCompleted;
        }

        if (both)
        {
            Shutdown(CloseReason.ClosedByPeer, null);
        }
    }

    /// <summary>
    /// Takes in what the peer had sent and nobody read: closing over unread bytes would send a reset (RFC 2525, section 2.17), which
    /// on some systems destroys the last answer before the peer has read it.
    /// </summary>
    private void DiscardUnread()
    {
        Span<byte> scrap = stackalloc byte[4096];
        try
        {
            // Bounded: a peer that never stops sending is not waited for.
            for (int i = 0; i < 256 && _transport.Read(scrap) > 0; i++)
            {
            }
        }
        catch (SocketException)
        {
            // Ended already.
        }
        catch (ObjectDisposedException)
        {
            // Ended already.
        }
    }

    private void Touch() => Volatile.Write(ref _lastActivity, Environment.TickCount64);
}
