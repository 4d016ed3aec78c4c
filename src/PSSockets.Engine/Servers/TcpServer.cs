using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.Errors;
using PSSockets.Engine.Framing;
using PSSockets.Engine.Transport;

namespace PSSockets.Engine.Servers;

/// <summary>
/// Listens for stream connections, TCP or Unix domain, and serves them: with a handler, by echo, or by keeping connections and messages
/// until somebody takes them. Safe for use by many threads.
/// </summary>
public sealed partial class TcpServer : SocketServer, IConnectionServer, IMessageSink
{
    private readonly TcpServerOptions _options;
    private readonly ConnectionListener _listener;
    private readonly ConcurrentDictionary<int, ServedConnection> _connections = new();
    private readonly WorkerPool? _workers;
    private readonly ReadinessLoop? _readiness;
    private readonly ConnectionOptions _connectionOptions;
    private readonly Timer? _idleSweep;
    private readonly Task _accepting;
    private readonly CancellationTokenSource _unbinding = new();
    private long _accepted;
    private long _refused;
    private long _closedBytesReceived;
    private long _closedBytesSent;
    private long _closedMessagesReceived;
    private long _closedMessagesSent;
    private long _closedMessagesDropped;

    private TcpServer(TcpServerOptions options, CancellationToken cancellationToken)
        : base(options.Name, nameof(TcpServer), options)
    {
        _options = options;
        _connectionOptions = options.Connection with { Server = options.Connection.Server ?? this, Name = null };
        _listener = ConnectionListener.Bind(options.EndPoint, options.Backlog, options.Connection.SocketOptions);
        try
        {
            if (options.CreateHandler is { } createHandler)
            {
                _readiness = options.WorkersWait ? ReadinessLoop.TryStart(Name, () => _workers!.Wake()) : null;
                _workers = new WorkerPool(
                    Name, options.ThrottleLimit, () => createHandler(this), exception => ReportError(exception, null), _readiness is null ? null : _readiness.TryPoll, _readiness is null ? null : _readiness.Wake);
                _workers.Start(cancellationToken);
            }
        }
        catch
        {
            _readiness?.Dispose();
            _listener.Dispose();
            Stopping.Cancel();
            throw;
        }

        if (options.IdleTimeout > TimeSpan.Zero)
        {
            TimeSpan period = TimeSpan.FromMilliseconds(Math.Clamp(options.IdleTimeout.TotalMilliseconds / 4, 50, 5000));
            _idleSweep = new Timer(_ => CloseIdle(), null, period, period);
        }

        _accepting = Task.Run(AcceptAllAsync, CancellationToken.None);
    }

    private readonly record struct ServedConnection(SocketConnection Connection, Task Serving);

    /// <summary>A client has connected.</summary>
    public event EventHandler<ServerEventArgs>? ConnectionOpened;

    /// <summary>A connection has ended; its reason is known.</summary>
    public event EventHandler<ServerEventArgs>? ConnectionClosed;

    /// <inheritdoc/>
    internal override EndPoint LocalEndPoint => _listener.LocalEndPoint;

    /// <summary>How messages are told apart.</summary>
    [Linked]
    internal FramingScheme Framing => _connectionOptions.Framing;

    /// <summary>The connections as they are now, oldest first. A true array: scripts cannot index what a collection expression makes.</summary>
    [Linked]
    internal IReadOnlyList<SocketConnection> Connections
        => _connections.Values.Select(served => served.Connection).OrderBy(connection => connection.Id).ToArray();

    /// <summary>How many connections there are now.</summary>
    public int ConnectionCount => _connections.Count;

    /// <inheritdoc/>
    internal override int ClientCount => ConnectionCount;

    /// <inheritdoc/>
    internal override IReadOnlyList<IMessagePeer> GetPeers() => Connections;

    /// <inheritdoc/>
    IReadOnlyList<SocketConnection> IConnectionServer.GetConnections() => Connections;

    /// <summary>How many connections were accepted in all.</summary>
    public long AcceptedCount => Volatile.Read(ref _accepted);

    /// <summary>How many clients were turned away: not permitted, or too many.</summary>
    public long RefusedCount => Volatile.Read(ref _refused);

    /// <inheritdoc/>
    public override long BytesReceived => Sum(ref _closedBytesReceived, connection => connection.BytesReceived);

    /// <inheritdoc/>
    public override long BytesSent => Sum(ref _closedBytesSent, connection => connection.BytesSent);

    /// <inheritdoc/>
    public override long MessagesReceived => Sum(ref _closedMessagesReceived, connection => connection.MessagesReceived);

    /// <inheritdoc/>
    public override long MessagesSent => Sum(ref _closedMessagesSent, connection => connection.MessagesSent);

    /// <inheritdoc/>
    public override long MessagesDropped => Sum(ref _closedMessagesDropped, connection => connection.MessagesDropped);

    /// <summary>Binds, listens and begins to serve.</summary>
    /// <param name="options">What it is made with.</param>
    /// <param name="cancellationToken">Ends the wait for the first handler and frees the endpoint.</param>
    /// <exception cref="SocketFailureException">The endpoint is in use, not this machine's, or forbidden.</exception>
    public static TcpServer Start(TcpServerOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new TcpServer(options, cancellationToken);
    }

    /// <summary>Never: sending to many can wait for one of them.</summary>
    bool IMessageSink.TryPost(ReadOnlySpan<byte> message, bool omitTrailer) => false;

    /// <inheritdoc cref="IMessageSink.TryPost(string, bool)"/>
    bool IMessageSink.TryPost(string message, bool omitTrailer) => false;

    /// <summary>
    /// Sends a message to every connection. A recipient that does not read falls under its
    /// <see cref="SlowConsumerPolicy"/> and does not hold up the others.
    /// </summary>
    public async ValueTask PostAsync(ReadOnlyMemory<byte> message, bool omitTrailer, CancellationToken cancellationToken)
    {
        if (Stopping.IsCancellationRequested)
        {
            throw Stopped();
        }

        foreach (ServedConnection served in _connections.Values)
        {
            await served.Connection.OfferAsync(message, omitTrailer, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc cref="PostAsync(ReadOnlyMemory{byte}, bool, CancellationToken)"/>
    public ValueTask PostAsync(string message, bool omitTrailer, CancellationToken cancellationToken)
        => PostAsync(_options.Connection.Encoding.GetBytes(message), omitTrailer, cancellationToken);

    /// <summary>Done at once: each recipient's share was handed over when it was added, or waits under its policy.</summary>
    Task IMessageSink.FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task AcceptAllAsync()
    {
        bool isFailing = false;
        while (!_unbinding.IsCancellationRequested)
        {
            Socket? socket = null;
            try
            {
                socket = await _listener.AcceptAsync(_unbinding.Token).ConfigureAwait(false);
                isFailing = false;
            }
            catch (SocketException exception)
            {
                // Out of file descriptors or memory: clients wait in the backlog until some connection has gone. Said once, not ten times
                // a second.
                if (!isFailing)
                {
                    ReportError(SocketErrorClassifier.FromAccept(exception, DisplayName), null);
                    isFailing = true;
                }
            }

            if (socket is null)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), _unbinding.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                continue;
            }

            if (Admit(socket) is { } connection)
            {
                Task serving = ServeAsync(connection);
                if (_options.Sequential)
                {
                    await serving.WaitAsync(_unbinding.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }
            }
        }
    }

    /// <summary>Makes a connection of an accepted socket, or turns the client away with a reset.</summary>
    private SocketConnection? Admit(Socket socket)
    {
        try
        {
            if (_options.Filter.Permits(socket.RemoteEndPoint) && _connections.Count < _options.MaxConnections)
            {
                SocketTransport.Prepare(socket, _connectionOptions.SocketOptions, DisplayName);
                Interlocked.Increment(ref _accepted);
                return new SocketConnection(new SocketTransport(socket, _readiness), _connectionOptions);
            }
        }
        catch (Exception exception) when (exception is SocketException or SocketFailureException)
        {
            // Gone before it was looked at; macOS says so when the peer is asked for or an option set.
        }

        Interlocked.Increment(ref _refused);
        socket.Close(timeout: 0);
        return null;
    }

    private Task ServeAsync(SocketConnection connection)
    {
        TaskCompletionSource served = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _connections[connection.Id] = new ServedConnection(connection, served.Task);
        Events.Add(() => ConnectionOpened, new ServerEventArgs(connection));
        _ = ServeToEndAsync(connection, served);
        return served.Task;
    }

    private async Task ServeToEndAsync(SocketConnection connection, TaskCompletionSource served)
    {
        try
        {
            if (_workers is not null)
            {
                HandledConnection handled = new(this, connection, _workers, Stopping.Token);
                if (!await handled.RunAsync().ConfigureAwait(false) && !Stopping.IsCancellationRequested)
                {
                    _ = StopAsync(TimeSpan.FromSeconds(5));
                }
            }
            else if (_options.Echo)
            {
                await EchoAsync(connection).ConfigureAwait(false);
            }
            else if (_options.Serve is { } serve)
            {
                await serve(connection, Stopping.Token).ConfigureAwait(false);
            }
            else
            {
                Offer(connection);
            }

            await connection.WhenEnded().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            // A defect of the engine must not take the server down, nor stay hidden.
            ReportError(exception, connection);
            connection.Shutdown(CloseReason.TransportError, exception);
        }
        finally
        {
            Interlocked.Add(ref _closedBytesReceived, connection.BytesReceived);
            Interlocked.Add(ref _closedBytesSent, connection.BytesSent);
            Interlocked.Add(ref _closedMessagesReceived, connection.MessagesReceived);
            Interlocked.Add(ref _closedMessagesSent, connection.MessagesSent);
            Interlocked.Add(ref _closedMessagesDropped, connection.MessagesDropped);
            _connections.TryRemove(connection.Id, out _);
            Events.Add(() => ConnectionClosed, new ServerEventArgs(connection));
            served.TrySetResult();
        }
    }

    /// <summary>Sends back every byte as it came.</summary>
    private async Task EchoAsync(SocketConnection connection)
    {
        try
        {
            connection.EnterReader();
            while (true)
            {
                bool stopping = Stopping.IsCancellationRequested;
                switch (connection.TryFill())
                {
                    case SocketConnection.FillResult.Data:
                        connection.Append(connection.Buffer.Span, framed: false);
                        connection.Buffer.Consume(connection.Buffer.Length);
                        await connection.FlushAsync(CancellationToken.None).ConfigureAwait(false);
                        continue;
                    case SocketConnection.FillResult.End:
                        connection.Shutdown(CloseReason.ClosedByPeer, null);
                        return;
                    case SocketConnection.FillResult.Nothing when stopping:
                        connection.Shutdown(CloseReason.ServerStopped, null);
                        return;
                }

                try
                {
                    await connection.WaitForDataAsync(Stopping.Token).ConfigureAwait(false);
                }
                catch (OperationCanceledException)
                {
                    // The server stops: what has arrived is still sent back, what has not is not waited for.
                }
            }
        }
        catch (Exception exception) when (exception is ISocketFailure)
        {
            // The connection has ended and keeps the reason.
        }
        finally
        {
            connection.ExitReader();
        }
    }

    private void CloseIdle()
    {
        foreach (ServedConnection served in _connections.Values)
        {
            if (served.Connection.IdleTime >= _options.IdleTimeout && !served.Connection.IsHeldBack)
            {
                served.Connection.Shutdown(CloseReason.IdleTimeout, null);
            }
        }
    }

    private long Sum(ref long closed, Func<SocketConnection, long> counter)
        => Volatile.Read(ref closed) + _connections.Values.Sum(served => counter(served.Connection));
}
