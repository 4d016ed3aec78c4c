using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Dynamic;
using System.Linq.Expressions;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.EndPoints;
using PSSockets.Engine.Errors;
using PSSockets.Engine.Transport;

namespace PSSockets.Engine.Servers;

/// <summary>
/// What servers of every kind have in common: an identity, a state that handlers share, errors, events, and one orderly stop. Safe for use
/// by many threads.
/// </summary>
public abstract partial class SocketServer : IMessageSource, ISocketLifetime, IDynamicMetaObjectProvider, IDisposable
{
    /// <summary>How long a handler that was interrupted may go on: code that sits in a foreign call cannot be ended, only left behind.</summary>
    protected static readonly TimeSpan InterruptLimit = TimeSpan.FromSeconds(5);

    private static int s_lastId;

    private readonly ServerOptions _options;
    private readonly ErrorLog _errors;
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private SharedState? _state;
    private Task? _stop;

    private protected SocketServer(string? name, string kind, ServerOptions options)
    {
        _options = options;
        _errors = new ErrorLog(options.MaxErrors);
        Events = new EventQueue(this, options.MaxQueuedEvents, options.TryRaiseEvent, _eventsEnd.Token);
        Id = Interlocked.Increment(ref s_lastId);
        Name = name ?? $"{kind}{Id}";
    }

    /// <summary>A number of its own within this process.</summary>
    public int Id { get; }

    /// <summary>A name for people; need not be unique.</summary>
    public string Name { get; }

    /// <summary>Where it listens, with the port that the system chose where 0 was asked for.</summary>
    [Linked]
    internal abstract EndPoint LocalEndPoint { get; }

    /// <summary>The port it listens on; 0 for a Unix domain socket.</summary>
    public int Port => (LocalEndPoint as IPEndPoint)?.Port ?? 0;

    /// <summary>What it is doing.</summary>
    public ServerStatus Status => _completion.Task.IsCompleted ? ServerStatus.Stopped
        : Stopping.IsCancellationRequested ? ServerStatus.Stopping
        : ServerStatus.Running;

    /// <summary>When it was started.</summary>
    public DateTimeOffset StartedAt { get; } = DateTimeOffset.Now;

    /// <summary>Bytes received in all.</summary>
    public abstract long BytesReceived { get; }

    /// <summary>Bytes sent in all.</summary>
    public abstract long BytesSent { get; }

    /// <summary>Messages received in all.</summary>
    public abstract long MessagesReceived { get; }

    /// <summary>Messages sent in all.</summary>
    public abstract long MessagesSent { get; }

    /// <summary>Messages dropped in all, because somebody did not keep up.</summary>
    public abstract long MessagesDropped { get; }

    /// <summary>The latest errors of handlers and connections, oldest first, as <see cref="ServerOptions.DescribeError"/> gave them.</summary>
    [Linked]
    internal object[] Errors => _errors.ToArray();

    /// <summary>How many errors there were in all.</summary>
    public long ErrorCount => _errors.Total;

    /// <summary>A table for what handlers share; safe for use by many threads.</summary>
    [Linked]
    internal SharedState State => LazyInitializer.EnsureInitialized(ref _state, static () => new SharedState());

    /// <summary>Cancelled when the server begins to stop, or could not start: a handler that is being made need not be finished.</summary>
    public CancellationToken GetStopToken() => Stopping.Token;

    /// <summary>A task that completes when the server has stopped; never faults.</summary>
    public Task WhenEnded() => _completion.Task;

    /// <inheritdoc/>
    public string DisplayName => EndPointText.Format(LocalEndPoint);

    /// <summary>Cancelled when the stop begins.</summary>
    protected CancellationTokenSource Stopping { get; } = new();

    /// <summary>Cancelled when the stop no longer waits for what is under way.</summary>
    protected CancellationTokenSource Aborting { get; } = new();

    /// <summary>True on a thread of the server's own workers, where waiting for the stop would never end.</summary>
    protected abstract bool IsWorker { get; }

    /// <summary>True for a server without a handler, whose messages wait to be consumed.</summary>
    protected abstract bool IsConsumed { get; }

    private protected EventQueue Events { get; }

    /// <summary>How many clients it has now: connections, or senders that it knows.</summary>
    internal virtual int ClientCount => 0;

    /// <summary>Those clients.</summary>
    internal virtual IReadOnlyList<IMessagePeer> GetPeers() => [];

    /// <inheritdoc/>
    public abstract IMessageReader OpenReader(ReadOptions options);

    /// <summary>Keeps an error for <see cref="Errors"/>.</summary>
    public void ReportError(Exception exception, IMessagePeer? connection)
        => RecordError(_options.DescribeError?.Invoke(exception, connection) ?? exception, connection);

    /// <summary>Keeps a description of an error for <see cref="Errors"/>.</summary>
    public void RecordError(object error, IMessagePeer? connection)
    {
        _errors.Add(error);
        Events.Add(() => HandlerFailed, new ServerEventArgs(connection, error: error));
    }

    /// <summary>
    /// Stops the server. New clients are turned away; messages that have arrived are still answered, then the sockets are closed. What is
    /// not done within <paramref name="drainTimeout"/> is aborted. Calling it again while it stops sets a new limit. On a handler's own
    /// thread it only begins the stop.
    /// </summary>
    /// <param name="drainTimeout">How long what is under way may take; zero aborts at once.</param>
    /// <param name="cancellationToken">Ends the wait; the stop goes on.</param>
    public Task StopAsync(TimeSpan drainTimeout, CancellationToken cancellationToken = default)
    {
        if (!_completion.Task.IsCompleted && drainTimeout != Timeout.InfiniteTimeSpan)
        {
            if (drainTimeout <= TimeSpan.Zero)
            {
                Aborting.Cancel();
            }
            else
            {
                Aborting.CancelAfter(drainTimeout);
            }
        }

        Task stop;
        lock (Aborting)
        {
            stop = _stop ??= Task.Run(StopAndCompleteAsync, CancellationToken.None);
        }

        return IsWorker ? Task.CompletedTask : stop.WaitAsync(cancellationToken);
    }

    /// <summary>Stops the server and aborts what is under way, without waiting.</summary>
    public void Dispose()
    {
        _ = StopAsync(TimeSpan.Zero);
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc/>
    Task ISocketLifetime.CloseAsync(TimeSpan timeout, CancellationToken cancellationToken) => StopAsync(timeout, cancellationToken);

    /// <inheritdoc/>
    void ISocketLifetime.Abort() => Dispose();

    /// <inheritdoc/>
    public override string ToString() => $"{Name} on {DisplayName}";

    /// <inheritdoc/>
    DynamicMetaObject IDynamicMetaObjectProvider.GetMetaObject(Expression parameter) => new LinkedMembers(parameter, this);

    /// <summary>Ends all that the server does; called once.</summary>
    protected abstract Task StopOnceAsync();

    /// <summary>Takes the next message that waits to be consumed.</summary>
    /// <param name="message">The message.</param>
    /// <param name="hold">Takes it on trial: nobody gets the ones behind it before <see cref="ReleaseMessage"/>.</param>
    private protected abstract bool TryTakeMessage([NotNullWhen(true)] out SocketMessage? message, bool hold);

    /// <inheritdoc cref="MessageQueue.Release"/>
    private protected abstract void ReleaseMessage(SocketMessage? putBack);

    private protected SocketFailureException Stopped() => new(SocketErrorId.ObjectClosed, $"{Name} on {DisplayName} has stopped.", DisplayName);

    private async Task StopAndCompleteAsync()
    {
        await StopOnceAsync().ConfigureAwait(false);
        _eventsEnd.CancelAfter(EventQueue.LastEvents);
        _completion.TrySetResult();
    }
}
