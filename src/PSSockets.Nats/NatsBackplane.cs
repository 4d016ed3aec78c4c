using System;
using System.Security.Authentication;
using System.Threading;
using System.Threading.Tasks;
using NATS.Client.Core;
using PSSockets.Engine.Chat;
using PSSockets.Engine.Errors;

namespace PSSockets.Nats;

/// <summary>
/// The chat's backplane over plain NATS publish and subscribe. Once connected, the client library reconnects for ever and restores the
/// subscription; until then, this does.
/// </summary>
public sealed class NatsBackplane : IChatBackplane
{
    /// <summary>How long the last words may take.</summary>
    private static readonly TimeSpan s_flushLimit = TimeSpan.FromSeconds(1);

    private readonly NatsAddress _address;
    private readonly NatsOpts _options;
    private readonly CancellationTokenSource _end = new();
    private readonly object _lock = new();
    private string _subject = string.Empty;
    private NatsConnection? _connection;
    private Task? _run;
    private bool _isSubscribed;
    private bool _isConnected;

    private NatsBackplane(NatsAddress address)
    {
        _address = address;
        _options = new NatsOpts
        {
            Url = address.Url,
            Name = "PSSockets chat",
            AuthOpts = new NatsAuthOpts { Username = address.UserName, Password = address.Password, Token = address.Token },
            // What a node itself has published it need not hear.
            Echo = false,
            // A server that refuses us now may be one that is just being set up again.
            IgnoreAuthErrorAbort = true,
            ReconnectWaitMin = TimeSpan.FromMilliseconds(250),
            ReconnectWaitMax = TimeSpan.FromSeconds(5),
            ReconnectJitter = TimeSpan.FromMilliseconds(500),
            // A server that is gone without a word is noticed within half a minute.
            PingInterval = TimeSpan.FromSeconds(10),
            // What cannot be sent in time is dropped: the nodes tell each other everything anew.
            PublishTimeoutOnDisconnected = true,
            CommandTimeout = TimeSpan.FromSeconds(2),
            // A burst that arrives while the chat is busy must not be lost: what is over the limit is dropped.
            SubPendingChannelCapacity = 65_536,
        };
    }

    /// <inheritdoc/>
    public event Action? ConnectedChanged;

    /// <inheritdoc/>
    public string DisplayName => _address.ToString();

    /// <inheritdoc/>
    public bool IsConnected => Volatile.Read(ref _isConnected);

    /// <summary>Makes a backplane; <see cref="StartAsync"/> connects it.</summary>
    /// <param name="address">Such as <c>nats://host:4222</c>; several servers are separated by commas.</param>
    /// <param name="userName">Who we are, where the address does not say; null for nobody.</param>
    /// <param name="password">The password of <paramref name="userName"/>.</param>
    /// <exception cref="FormatException">The address is malformed.</exception>
    public static IChatBackplane Create(string address, string? userName, string? password)
        => new NatsBackplane(NatsAddress.Parse(address, userName, password));

    /// <inheritdoc/>
    public async Task StartAsync(string subject, Action<ReadOnlyMemory<byte>> received, CancellationToken cancellationToken)
    {
        _subject = subject;
        NatsConnection connection = _connection = new NatsConnection(_options);
        connection.ConnectionOpened += (_, _) => NoticeChange();
        connection.ConnectionDisconnected += (_, _) => NoticeChange();
        TaskCompletionSource first = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _run = Task.Run(() => RunAsync(connection, received, first), CancellationToken.None);
        await first.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask PublishAsync(ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        if (!IsConnected || _connection is not { } connection)
        {
            return;
        }

        try
        {
            await connection.PublishAsync(
                _subject, payload, serializer: NatsRawSerializer<ReadOnlyMemory<byte>>.Default, cancellationToken: cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is NatsException or ObjectDisposedException
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // The connection broke just now: dropped.
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_connection is { } connection)
        {
            if (IsConnected)
            {
                // The answer comes behind what was published before: a node's last words are out.
                await connection.PingAsync(CancellationToken.None).AsTask().ContinueWith(static _ => { }, TaskScheduler.Default).WaitAsync(s_flushLimit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            await _end.CancelAsync().ConfigureAwait(false);
            await connection.DisposeAsync().ConfigureAwait(false);
            await (_run ?? Task.CompletedTask).ConfigureAwait(false);
        }
    }

    /// <summary>Connects, subscribes, and hands on what comes until the end.</summary>
    private async Task RunAsync(NatsConnection connection, Action<ReadOnlyMemory<byte>> received, TaskCompletionSource first)
    {
        try
        {
            await using INatsSub<byte[]> subscription = await SubscribeAsync(connection, first).ConfigureAwait(false);

            // The answer comes when the server has taken the subscription in: from then on nothing is missed.
            Task answer = connection.PingAsync(_end.Token).AsTask();
            await answer.WaitAsync(_options.CommandTimeout).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _isSubscribed = true;
            await NoticeChange().ConfigureAwait(false);
            first.TrySetResult();
            await foreach (NatsMsg<byte[]> message in subscription.Msgs.ReadAllAsync(_end.Token).ConfigureAwait(false))
            {
                received(message.Data);
            }
        }
        catch (SocketFailureException exception)
        {
            first.TrySetException(exception);
        }
        catch (Exception exception) when (_end.IsCancellationRequested && exception is OperationCanceledException or ObjectDisposedException or NatsException)
        {
            first.TrySetCanceled();
        }
    }

    private async Task<INatsSub<byte[]>> SubscribeAsync(NatsConnection connection, TaskCompletionSource first)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                await connection.ConnectAsync().ConfigureAwait(false);
                return await connection.SubscribeCoreAsync(
                    _subject, serializer: NatsRawSerializer<byte[]>.Default, cancellationToken: _end.Token).ConfigureAwait(false);
            }
            catch (NatsException exception) when (!_end.IsCancellationRequested)
            {
                if (!first.Task.IsCompleted && Refusal(exception) is { } refusal)
                {
                    throw refusal;
                }

                // Not reached: whoever starts goes on without, and this goes on trying.
                first.TrySetResult();
                await _options.BackoffWithJitterAsync(attempt, _end.Token).ConfigureAwait(false);
            }
        }
    }

    /// <summary>The error for an attempt that would fail again and again; null where a server just was not reached.</summary>
    private SocketFailureException? Refusal(NatsException exception) => exception.InnerException switch
    {
        NatsServerException { IsAuthError: true } => new SocketFailureException(
            SocketErrorId.AccessDenied, $"{DisplayName} refuses the credentials, or wants some.", DisplayName, exception),
        NatsServerException => null,
        NatsException { InnerException: AuthenticationException cause } => new SocketFailureException(
            SocketErrorId.SocketFailed, $"TLS with {DisplayName} failed: {cause.Message}", DisplayName, exception),
        NatsException inner => new SocketFailureException(SocketErrorId.SocketFailed, $"{DisplayName}: {inner.Message}", DisplayName, exception),
        _ => null,
    };

    private ValueTask NoticeChange()
    {
        lock (_lock)
        {
            bool isConnected = _isSubscribed && _connection?.ConnectionState == NatsConnectionState.Open;
            if (isConnected == _isConnected)
            {
                return default;
            }

            Volatile.Write(ref _isConnected, isConnected);
        }

        ConnectedChanged?.Invoke();
        return default;
    }
}
