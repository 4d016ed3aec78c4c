using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.Errors;
using PSSockets.Engine.Transport;

namespace PSSockets.Engine.Servers;

/// <content>A server without a handler: connections wait to be taken one by one, or their messages are merged into one stream.</content>
public sealed partial class TcpServer
{
    private readonly Queue<SocketConnection> _untaken = new();
    private readonly MessageQueue _messages = new(1024, 16 * 1024 * 1024);
    private readonly ConcurrentDictionary<int, Task> _merging = new();
    private TaskCompletionSource? _untakenArrived;
    private int _mergeReaders;

    /// <summary>How many messages wait in the merged stream.</summary>
    public int QueuedMessages => _messages.Count;

    /// <inheritdoc/>
    protected override bool IsConsumed => _workers is null && !_options.Echo && _options.Serve is null;

    /// <summary>Takes the next connection that nobody has taken; it is the caller's from then on.</summary>
    /// <exception cref="SocketFailureException">
    /// The server has stopped (<see cref="SocketErrorId.ObjectClosed"/>), or serves its connections itself
    /// (<see cref="SocketErrorId.ConnectionBusy"/>).
    /// </exception>
    public async Task<SocketConnection> TakeConnectionAsync(CancellationToken cancellationToken)
    {
        ThrowIfNotConsumed();
        while (true)
        {
            Task arrived;
            lock (_untaken)
            {
                while (_untaken.TryDequeue(out SocketConnection? connection))
                {
                    if (connection.Status != ConnectionStatus.Closed)
                    {
                        return connection;
                    }
                }

                if (Stopping.IsCancellationRequested)
                {
                    throw Stopped();
                }

                arrived = (_untakenArrived ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }

            using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, Stopping.Token);
            await arrived.WaitAsync(either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>
    /// Reads the messages of all clients, as <see cref="SocketMessage"/>, in the order of their arrival. Connections that were taken one by
    /// one are not among them. Where nobody reads, clients are slowed down, nothing is lost.
    /// </summary>
    /// <exception cref="SocketFailureException">
    /// The server has stopped (<see cref="SocketErrorId.ObjectClosed"/>), or serves its connections itself
    /// (<see cref="SocketErrorId.ConnectionBusy"/>).
    /// </exception>
    public override IMessageReader OpenReader(ReadOptions options)
    {
        ThrowIfNotConsumed();
        if (Status == ServerStatus.Stopped && _messages.Count == 0)
        {
            throw Stopped();
        }

        lock (_untaken)
        {
            _mergeReaders++;
            while (_untaken.TryDequeue(out SocketConnection? connection))
            {
                Merge(connection);
            }
        }

        return new MergedReader(this);
    }

    /// <inheritdoc/>
    private protected override void ReleaseMessage(SocketMessage? putBack) => _messages.Release(putBack);

    /// <summary>Has a new connection wait to be taken, or merges it where somebody reads the merged stream.</summary>
    private void Offer(SocketConnection connection)
    {
        TaskCompletionSource? arrived = null;
        lock (_untaken)
        {
            if (_mergeReaders > 0)
            {
                Merge(connection);
            }
            else
            {
                // Those that have ended meanwhile need not wait any longer.
                while (_untaken.TryPeek(out SocketConnection? first) && first.Status == ConnectionStatus.Closed)
                {
                    _untaken.Dequeue();
                }

                _untaken.Enqueue(connection);
                arrived = _untakenArrived;
                _untakenArrived = null;
            }
        }

        arrived?.TrySetResult();
    }

    /// <summary>Reads a connection into the merged stream until it or the server ends.</summary>
    private void Merge(SocketConnection connection)
    {
        Task merging = MergeAsync(connection);
        _merging[connection.Id] = merging;
        _ = merging.ContinueWith(_ => _merging.TryRemove(connection.Id, out Task? _), TaskScheduler.Default);
    }

    private async Task MergeAsync(SocketConnection connection)
    {
        await Task.Yield();
        try
        {
            using ConnectionReader reader = connection.OpenReader();
            try
            {
                do
                {
                    while (reader.TryReadMessage(out SocketMessage? message))
                    {
                        Task room = _messages.Add(message);
                        if (!room.IsCompleted)
                        {
                            connection.IsHeldBack = true;
                            await room.WaitAsync(Stopping.Token).ConfigureAwait(false);
                            connection.IsHeldBack = false;
                        }
                    }
                }
                while (await reader.WaitAsync(Stopping.Token).ConfigureAwait(false));

                // Closed when who consumes has dealt with the last message, and so has had its chance to answer it.
                _ = _messages.Add(SocketMessage.EndOf(connection));
            }
            catch (OperationCanceledException)
            {
                MergeRest(connection, reader);
            }
        }
        catch (Exception exception) when (exception is ISocketFailure)
        {
            if (!connection.IsClosedHere)
            {
                ReportError(exception, connection);
            }

            connection.Shutdown(CloseReason.Closed, exception);
        }
    }

    /// <summary>
    /// The server stops: what has arrived is taken in without waiting, so that it can still be received. Bounded by what the system had
    /// buffered when the stop began, more or less.
    /// </summary>
    private void MergeRest(SocketConnection connection, ConnectionReader reader)
    {
        for (int reads = 0; reads < 256; reads++)
        {
            while (reader.TryReadMessage(out SocketMessage? message))
            {
                _ = _messages.Add(message);
            }

            if (connection.TryFill() != SocketConnection.FillResult.Data)
            {
                return;
            }
        }
    }

    private async Task CloseEndedAsync(SocketConnection connection)
    {
        try
        {
            await connection.CloseAsync(TimeSpan.FromSeconds(30), CloseReason.ClosedByPeer).ConfigureAwait(false);
        }
        catch (SocketTimeoutException exception)
        {
            ReportError(exception, connection);
        }
    }

    /// <summary>Takes the next message of the merged stream, and closes the connections that have come to their end before it.</summary>
    private protected override bool TryTakeMessage([NotNullWhen(true)] out SocketMessage? message, bool hold)
    {
        while (_messages.TryTake(out message, hold))
        {
            if (!message.IsEnd)
            {
                return true;
            }

            if (hold)
            {
                _messages.Release(putBack: null);
            }

            _ = CloseEndedAsync((SocketConnection)message.Connection);
        }

        return false;
    }

    private void ThrowIfNotConsumed()
    {
        if (Status == ServerStatus.Stopped && !IsConsumed)
        {
            throw Stopped();
        }

        if (!IsConsumed)
        {
            throw new SocketFailureException(
                SocketErrorId.ConnectionBusy, $"{Name} serves its connections itself; only a server without a handler can be received from.", DisplayName);
        }
    }

    private sealed class MergedReader(TcpServer server) : IMessageReader
    {
        private bool _disposed;

        public bool TryRead([NotNullWhen(true)] out object? message)
        {
            bool isRead = server.TryTakeMessage(out SocketMessage? next, hold: false);
            message = next;
            return isRead;
        }

        public ValueTask<bool> WaitAsync(CancellationToken cancellationToken) => server._messages.WaitAsync(cancellationToken);

        public void Dispose()
        {
            if (!_disposed)
            {
                _disposed = true;
                lock (server._untaken)
                {
                    server._mergeReaders--;
                }
            }
        }
    }
}
