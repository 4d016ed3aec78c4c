using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.Errors;
using PSSockets.Engine.Transport;

namespace PSSockets.Engine.Servers;

/// <content>The orderly stop: unbind, let what is under way finish, abort what does not, await all.</content>
public sealed partial class TcpServer
{
    /// <summary>How long a handler that was interrupted may go on: code that sits in a foreign call cannot be ended, only left behind.</summary>
    private static readonly TimeSpan s_interruptLimit = TimeSpan.FromSeconds(5);

    /// <summary>How long the calls for connections that were aborted may take.</summary>
    private static readonly TimeSpan s_disconnectLimit = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _aborting = new();
    private Task? _stop;

    /// <summary>
    /// Stops the server. New clients are turned away at once; messages that have arrived are still answered, then the connections are
    /// closed. What is not done within <paramref name="drainTimeout"/> is aborted. Calling it again while it stops sets a
    /// new limit. On a handler's own thread it only begins the stop.
    /// </summary>
    /// <param name="drainTimeout">How long what is under way may take; zero aborts at once.</param>
    /// <param name="cancellationToken">Ends the wait; the stop goes on.</param>
    public Task StopAsync(TimeSpan drainTimeout, CancellationToken cancellationToken = default)
    {
        if (!_completion.Task.IsCompleted && drainTimeout != Timeout.InfiniteTimeSpan)
        {
            if (drainTimeout <= TimeSpan.Zero)
            {
                _aborting.Cancel();
            }
            else
            {
                _aborting.CancelAfter(drainTimeout);
            }
        }

        Task stop;
        lock (_aborting)
        {
            stop = _stop ??= Task.Run(StopOnceAsync, CancellationToken.None);
        }

        return _workers is { IsWorker: true } ? Task.CompletedTask : stop.WaitAsync(cancellationToken);
    }

    /// <summary>Stops the server and aborts its connections, without waiting.</summary>
    public void Dispose() => _ = StopAsync(TimeSpan.Zero);

    private async Task StopOnceAsync()
    {
        _listener.Dispose();
        await _stopping.CancelAsync().ConfigureAwait(false);
        if (_idleSweep is not null)
        {
            await _idleSweep.DisposeAsync().ConfigureAwait(false);
        }

        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Task drained = Task.WhenAll(_connections.Values.Select(served => served.Serving));
        if (IsConsumed)
        {
            drained = Task.WhenAll(drained, CloseWaitingAsync());
        }

        await drained.WaitAsync(_aborting.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!drained.IsCompleted)
        {
            // Connections first: a worker whose call was ended must not begin the next one.
            foreach (ServedConnection served in _connections.Values)
            {
                served.Connection.Shutdown(CloseReason.Aborted, null);
            }

            _workers?.Interrupt();
            await drained.WaitAsync(s_disconnectLimit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

            // Once more: the calls of OnDisconnect that this has led to can hang too.
            _workers?.Interrupt();
            await drained.WaitAsync(s_interruptLimit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (_workers is not null)
        {
            // A worker that has not come back from its handler by now will not come in another such time either.
            TimeSpan limit = drained.IsCompleted ? s_interruptLimit : TimeSpan.Zero;
            await _workers.StopAsync().WaitAsync(limit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        _messages.Complete();
        _eventsEnd.CancelAfter(s_lastEvents);
        _completion.TrySetResult();
    }

    /// <summary>Closes the connections that have no handler, in good order.</summary>
    private async Task CloseWaitingAsync()
    {
        await Task.WhenAll(_merging.Values).ConfigureAwait(false);
        await Task.WhenAll(_connections.Values.Select(async served =>
        {
            try
            {
                await served.Connection.CloseAsync(Timeout.InfiniteTimeSpan, CloseReason.ServerStopped, _aborting.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // Aborted by the stop itself.
            }
            catch (Exception exception) when (exception is ISocketFailure)
            {
                // Ended already, for the reason that the connection keeps.
            }
        })).ConfigureAwait(false);
    }
}
