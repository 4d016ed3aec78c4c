using System;
using System.Linq;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.Errors;
using PSSockets.Engine.Transport;

namespace PSSockets.Engine.Servers;

/// <content>The orderly stop: unbind, let what is under way finish, abort what does not, await all.</content>
public sealed partial class TcpServer
{
    /// <summary>How long the calls for connections that were aborted may take.</summary>
    private static readonly TimeSpan s_disconnectLimit = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    protected override bool IsWorker => _workers is { IsWorker: true };

    /// <inheritdoc/>
    protected override async Task StopOnceAsync()
    {
        await _unbinding.CancelAsync().ConfigureAwait(false);
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await AcceptWaitingAsync().ConfigureAwait(false);
        _listener.Dispose();
        await Stopping.CancelAsync().ConfigureAwait(false);
        if (_idleSweep is not null)
        {
            await _idleSweep.DisposeAsync().ConfigureAwait(false);
        }

        Task drained = Task.WhenAll(_connections.Values.Select(served => served.Serving));
        if (IsConsumed)
        {
            drained = Task.WhenAll(drained, CloseWaitingAsync());
        }

        await drained.WaitAsync(Aborting.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
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
            await drained.WaitAsync(InterruptLimit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (_workers is not null)
        {
            // A worker that has not come back from its handler by now will not come in another such time either.
            TimeSpan limit = drained.IsCompleted ? InterruptLimit : TimeSpan.Zero;
            await _workers.StopAsync().WaitAsync(limit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        _readiness?.Dispose();
        _messages.Complete();
    }

    /// <summary>
    /// Takes on who has connected by now, and has perhaps sent: to a client that looks no different from those that were accepted, and it
    /// would be reset. Not where a consumer is to come for the connections, or their turn: neither comes any more.
    /// </summary>
    private async Task AcceptWaitingAsync()
    {
        if ((_workers is null && !_options.Echo) || _options.Sequential)
        {
            return;
        }

        try
        {
            // As many as can have waited: those who connect only now do not hold the stop up.
            for (int i = 0; i <= _options.Backlog && !Aborting.IsCancellationRequested; i++)
            {
                if (await _listener.AcceptWaitingAsync().ConfigureAwait(false) is not { } socket)
                {
                    return;
                }

                if (Admit(socket) is { } connection)
                {
                    _ = ServeAsync(connection);
                }
            }
        }
        catch (SocketException)
        {
            // Out of file descriptors or memory: the server stops in any case.
        }
    }

    /// <summary>Closes the connections that have no handler, in good order.</summary>
    private async Task CloseWaitingAsync()
    {
        await Task.WhenAll(_merging.Values).ConfigureAwait(false);
        await Task.WhenAll(_connections.Values.Select(async served =>
        {
            try
            {
                await served.Connection.CloseAsync(Timeout.InfiniteTimeSpan, CloseReason.ServerStopped, Aborting.Token).ConfigureAwait(false);
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
