using System;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.Errors;
using PSSockets.Engine.Transport;

namespace PSSockets.Engine.Servers;

/// <summary>
/// Runs a server's handler over one connection: its messages in order, on whichever worker is free, a batch at a time so that no
/// connection starves another. While nothing arrives it occupies no thread and no buffer. While the handler is busy nothing is read,
/// so that TCP slows the peer down.
/// </summary>
internal sealed class HandledConnection
{
    /// <summary>How many messages a connection may have handled before others get their turn.</summary>
    private const int BatchSize = 64;

    /// <summary>How long it may be at it before others get their turn, and before answers leave although more are to come.</summary>
    private static readonly TimeSpan s_batchTime = TimeSpan.FromMilliseconds(2);

    private static readonly long s_batchTicks = (long)(s_batchTime.TotalSeconds * Stopwatch.Frequency);

    private readonly SocketConnection _connection;
    private readonly WorkerPool _workers;
    private readonly TcpServer _server;
    private readonly CancellationToken _stopping;
    private ConnectionReader? _reader;
    private Timer? _lateSend;
    private bool _handlerFailed;

    public HandledConnection(TcpServer server, SocketConnection connection, WorkerPool workers, CancellationToken stopping)
    {
        _server = server;
        _connection = connection;
        _workers = workers;
        _stopping = stopping;
    }

    /// <summary>What a turn on a worker has led to.</summary>
    private enum Turn
    {
        /// <summary>More messages wait; others first.</summary>
        Yield,

        /// <summary>The peer must send more.</summary>
        WaitForData,

        /// <summary>The peer must read more before it is answered.</summary>
        WaitForRoom,

        /// <summary>The connection has come to its end.</summary>
        End,

        /// <summary>The handler wants the server stopped.</summary>
        StopServer,
    }

    /// <summary>Serves the connection to its end; never throws.</summary>
    /// <returns>False where the handler wants the server stopped.</returns>
    public async Task<bool> RunAsync()
    {
        await _workers.SwitchToWorker();
        Turn turn = Connect();
        while (turn is not (Turn.End or Turn.StopServer))
        {
            try
            {
                if (turn == Turn.WaitForRoom)
                {
                    await _connection.WaitForRoomAsync(CancellationToken.None).ConfigureAwait(false);
                }
                else if (turn == Turn.WaitForData)
                {
                    await _connection.WaitForDataAsync(_stopping, inline: true).ConfigureAwait(false);
                }
            }
            catch (OperationCanceledException)
            {
                // The server stops: what has arrived is still answered, what has not is not waited for.
            }
            catch (Exception)
            {
                // The connection keeps the reason; the worker sees it.
            }

            await _workers.SwitchToWorker();
            turn = HandleBatch();
            if (turn == Turn.WaitForData && _stopping.IsCancellationRequested)
            {
                turn = Turn.End;
            }
        }

        _reader?.Dispose();
        if (_lateSend is not null)
        {
            await _lateSend.DisposeAsync().ConfigureAwait(false);
        }

        await CloseAsync().ConfigureAwait(false);
        await _workers.SwitchToWorker();
        WorkerPool.Current.OnDisconnected(_connection);
        return turn != Turn.StopServer;
    }

    private Turn Connect()
    {
        try
        {
            // Held from now on, so that nobody takes the handler's messages; the handler itself may receive during its calls.
            _reader = _connection.OpenReader();
        }
        catch (SocketFailureException)
        {
            // Closed before its turn came.
            return Turn.End;
        }

        Turn? end = Call(static (handler, connection, _) => handler.OnConnected(connection), null);
        _reader.Rewind();
        _connection.StartSendingNow();

        // What the handler has left unread waits in the buffer, not in the socket.
        return end ?? (_connection.Buffer.Length > 0 ? Turn.Yield : Turn.WaitForData);
    }

    private Turn HandleBatch()
    {
        ConnectionReader reader = _reader!;
        long start = Stopwatch.GetTimestamp();
        try
        {
            if (_connection.IsClosedHere)
            {
                return Turn.End;
            }

            bool drained = false;
            for (int handled = 0; ;)
            {
                if (!reader.TryRead(out object? message))
                {
                    if (drained && !_stopping.IsCancellationRequested)
                    {
                        // The last read took all there was; asking again would mostly cost a system call.
                        return Turn.WaitForData;
                    }

                    switch (_connection.TryFill())
                    {
                        case SocketConnection.FillResult.Data:
                            drained = _connection.HasDrainedSocket;
                            continue;
                        case SocketConnection.FillResult.Nothing:
                            return Turn.WaitForData;
                        default:
                            if (reader.HasRest)
                            {
                                continue;
                            }

                            return Turn.End;
                    }
                }

                _server.NoticeMessage(_connection, message);

                if (handled == 1)
                {
                    SendSoon();
                }

                // The handler may itself receive from the connection: a dialogue of several messages.
                if (Call(static (handler, connection, message) => handler.OnMessage(connection, message!), message) is { } end)
                {
                    return end;
                }

                reader.Rewind();
                if (_connection.IsSendQueueFull)
                {
                    return Turn.WaitForRoom;
                }

                if (++handled == BatchSize || WorkerPool.Current.IsLoopBroken || Stopwatch.GetTimestamp() - start > s_batchTicks)
                {
                    return Turn.Yield;
                }
            }
        }
        catch (Exception exception) when (exception is ISocketFailure)
        {
            if (!_connection.IsClosedHere)
            {
                _server.ReportError(exception, _connection);
            }

            return Turn.End;
        }
        finally
        {
            _lateSend?.Change(Timeout.Infinite, Timeout.Infinite);
            _connection.StartSendingNow();
        }
    }

    /// <summary>The answers of a batch leave together at its end, or soon, where the handler is long at a later message of it.</summary>
    private void SendSoon()
    {
        _lateSend ??= new Timer(static connection => ((SocketConnection)connection!).StartSending(), _connection, Timeout.Infinite, Timeout.Infinite);
        _lateSend.Change(s_batchTime, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Calls the handler, and says what its verdict leads to; null where the connection goes on.</summary>
    private Turn? Call(Func<IMessageHandler, SocketConnection, object?, HandlerVerdict> call, object? message)
    {
        HandlerVerdict verdict;
        _connection.HandlerThreadId = Environment.CurrentManagedThreadId;
        _connection.IsHeldBack = true;
        try
        {
            verdict = call(WorkerPool.Current, _connection, message);
        }
        catch (Exception exception)
        {
            if (exception is not ISocketFailure || !_connection.IsClosedHere)
            {
                _server.ReportError(exception, _connection);
            }

            verdict = HandlerVerdict.Disconnect;
        }
        finally
        {
            _connection.HandlerThreadId = 0;
            _connection.IsHeldBack = false;
        }

        return verdict switch
        {
            HandlerVerdict.StopServer => Turn.StopServer,
            HandlerVerdict.Disconnect => Disconnect(),
            _ => _connection.IsCloseRequested || _connection.Status == ConnectionStatus.Closed ? Turn.End : null,
        };
    }

    private Turn Disconnect()
    {
        _handlerFailed = true;
        return Turn.End;
    }

    private async Task CloseAsync()
    {
        CloseReason reason = _handlerFailed ? CloseReason.HandlerFailed
            : _connection.IsEndedByPeer ? CloseReason.ClosedByPeer
            : _stopping.IsCancellationRequested ? CloseReason.ServerStopped
            : CloseReason.Closed;
        try
        {
            // The server aborts what does not end in its stop's time; without a stop, a peer that never reads its last answer gets this long.
            await _connection.CloseAsync(TimeSpan.FromSeconds(30), reason, CancellationToken.None).ConfigureAwait(false);
        }
        catch (SocketTimeoutException)
        {
            // Aborted; the connection keeps the reason.
        }
    }
}
