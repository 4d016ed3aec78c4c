using System;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.Errors;
using PSSockets.Engine.Transport;

namespace PSSockets.Engine.Chat;

/// <summary>One connection of a session, as long as it lasts: takes in what comes and notices when the server has gone.</summary>
internal abstract class ChatLink : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private Task<ChatLinkEnd>? _reading;

    protected ChatLink(SocketConnection connection, TimeSpan pingInterval)
    {
        Connection = connection;
        PingInterval = pingInterval;
    }

    public SocketConnection Connection { get; }

    /// <summary>Completes when the connection has ended; never faults.</summary>
    public Task<ChatLinkEnd> Reading => _reading ?? throw new InvalidOperationException("Not started.");

    protected TimeSpan PingInterval { get; }

    /// <summary>Begins to take in what comes.</summary>
    public void Start() => _reading = Task.Run(ReadAsync);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);
        Connection.Dispose();
        if (_reading is not null)
        {
            await _reading.ConfigureAwait(false);
        }

        _end.Dispose();
    }

    /// <summary>Takes one message of the connection.</summary>
    /// <returns>How the server has ended the connection, where this message says so.</returns>
    /// <exception cref="SocketFailureException">What came is against the protocol.</exception>
    protected abstract ChatLinkEnd? Take(object message);

    /// <summary>Nothing has come for a while.</summary>
    /// <returns>False where the server must be taken for gone.</returns>
    protected virtual bool OnSilence() => true;

    /// <summary>Nothing more will come.</summary>
    protected virtual void OnEnded(ChatLinkEnd end)
    {
    }

    private async Task<ChatLinkEnd> ReadAsync()
    {
        ChatLinkEnd end;
        try
        {
            end = await ReadToEndAsync().ConfigureAwait(false)
                ?? new ChatLinkEnd(null, $"{Connection.DisplayName} has closed the connection.", null);
        }
        catch (OperationCanceledException)
        {
            end = new ChatLinkEnd(null, "The session was closed.", null);
        }
        catch (Exception exception) when (exception is ISocketFailure)
        {
            end = new ChatLinkEnd(null, exception.Message, exception);
        }

        Connection.Dispose();
        OnEnded(end);
        return end;
    }

    private async Task<ChatLinkEnd?> ReadToEndAsync()
    {
        using ConnectionReader reader = Connection.OpenReader();
        do
        {
            while (reader.TryRead(out object? message))
            {
                if (Take(message) is { } end)
                {
                    return end;
                }
            }
        }
        while (await WaitAsync(reader).ConfigureAwait(false));
        return null;
    }

    /// <summary>Waits for more; asks after the server when it is silent for long.</summary>
    private async Task<bool> WaitAsync(ConnectionReader reader)
    {
        while (true)
        {
            using CancellationTokenSource silence = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);
            silence.CancelAfter(PingInterval);
            try
            {
                return await reader.WaitAsync(silence.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!_end.IsCancellationRequested)
            {
                if (!OnSilence())
                {
                    throw new SocketFailureException(
                        SocketErrorId.ConnectionReset,
                        $"{Connection.DisplayName} has not answered for {2 * PingInterval.TotalSeconds:0.#} s.",
                        Connection.DisplayName);
                }
            }
        }
    }
}
