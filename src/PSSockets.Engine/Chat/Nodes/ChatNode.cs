using System;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;

namespace PSSockets.Engine.Chat.Nodes;

/// <summary>
/// Joins a chat server with others over a backplane: brings payloads to the state and from it, and lets time pass for it. Whatever the
/// backplane does, the server never waits for it.
/// </summary>
internal sealed class ChatNode : IAsyncDisposable
{
    /// <summary>How many payloads wait, each way, before new ones are dropped; the nodes then notice the gap and mend it.</summary>
    private const int MaxWaiting = 65_536;

    /// <summary>How many payloads are taken in at once, and what they lead to is sent together.</summary>
    private const int BatchSize = 512;

    /// <summary>How long the last words may take.</summary>
    private static readonly TimeSpan s_endLimit = TimeSpan.FromSeconds(2);

    private readonly ChatState _state;
    private readonly NodeTable _table;
    private readonly IChatBackplane _backplane;
    private readonly string _serverName;
    private readonly Action<Action> _change;
    private readonly Action<Exception> _report;
    private readonly CancellationTokenSource _end = new();
    private readonly Channel<NodePayload> _out = Channel.CreateBounded<NodePayload>(
        new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private readonly Channel<(NodePayload Payload, int Length)> _in = Channel.CreateBounded<(NodePayload, int)>(
        new BoundedChannelOptions(MaxWaiting) { SingleReader = true });
    private Task _work = Task.CompletedTask;
    private long _waitingBytes;
    private bool _isConnected;
    private bool _wasConnected;
    private volatile bool _isEnding;

    /// <summary>Creates a node, which does nothing before it is started.</summary>
    /// <param name="state">The state of the server.</param>
    /// <param name="backplane">The backplane; disposed with the node.</param>
    /// <param name="serverName">What the server calls itself.</param>
    /// <param name="change">Does something under the server's lock, delivers what it leads to, and calls <see cref="Publish"/>.</param>
    /// <param name="report">Takes an error that must not end the node.</param>
    public ChatNode(ChatState state, IChatBackplane backplane, string serverName, Action<Action> change, Action<Exception> report)
    {
        _state = state;
        _backplane = backplane;
        _serverName = serverName;
        _change = change;
        _report = report;
        _table = state.JoinNodes(DateTimeOffset.UtcNow.Ticks, Environment.TickCount64);
    }

    /// <summary>Whether the backplane can be reached.</summary>
    public ChatBackplaneStatus Status => _backplane.IsConnected ? ChatBackplaneStatus.Connected : ChatBackplaneStatus.Disconnected;

    /// <summary>Where the backplane is, without credentials.</summary>
    public string DisplayName => _backplane.DisplayName;

    /// <summary>Connects, or goes on trying to.</summary>
    /// <param name="subject">What the servers of one chat have in common.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="Errors.SocketFailureException">It can never work.</exception>
    public async Task StartAsync(string subject, CancellationToken cancellationToken)
    {
        _backplane.ConnectedChanged += NoticeConnected;
        await _backplane.StartAsync(subject, Take, cancellationToken).ConfigureAwait(false);
        _work = Task.WhenAll(Task.Run(PublishAsync, CancellationToken.None), Task.Run(ReceiveAsync, CancellationToken.None), Task.Run(TickAsync, CancellationToken.None));
        NoticeConnected();
    }

    /// <summary>
    /// Puts what the state has to tell other nodes on its way; under the server's lock. While they cannot be reached it is forgotten: when
    /// they can be they are told how things are then.
    /// </summary>
    public void Publish()
    {
        foreach (NodePayload payload in _isConnected ? _table.Payloads : [])
        {
            _out.Writer.TryWrite(payload);
        }

        _table.Payloads.Clear();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_isEnding)
        {
            _backplane.ConnectedChanged -= NoticeConnected;
            _change(() =>
            {
                _isEnding = true;
                _table.End();
            });
            _out.Writer.TryComplete();
            _in.Writer.TryComplete();
            _end.CancelAfter(s_endLimit);
            await _work.ConfigureAwait(false);
            await _backplane.DisposeAsync().ConfigureAwait(false);
            await _end.CancelAsync().ConfigureAwait(false);
        }
    }

    private void Take(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length > NodeLimits.Payload || Volatile.Read(ref _waitingBytes) > NodeLimits.WaitingBytes || NodeCodec.Read(bytes) is not { } payload)
        {
            return;
        }

        Interlocked.Add(ref _waitingBytes, bytes.Length);
        if (!_in.Writer.TryWrite((payload, bytes.Length)))
        {
            Interlocked.Add(ref _waitingBytes, -bytes.Length);
        }
    }

    private async Task ReceiveAsync()
    {
        while (await _in.Reader.WaitToReadAsync(CancellationToken.None).ConfigureAwait(false))
        {
            Change(() =>
            {
                long now = Environment.TickCount64;
                for (int i = 0; i < BatchSize && _in.Reader.TryRead(out (NodePayload Payload, int Length) next); i++)
                {
                    Interlocked.Add(ref _waitingBytes, -next.Length);
                    _table.Receive(next.Payload, now);
                }
            });
        }
    }

    private async Task PublishAsync()
    {
        try
        {
            await foreach (NodePayload payload in _out.Reader.ReadAllAsync(_end.Token).ConfigureAwait(false))
            {
                await PublishAsync(payload).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The last words took too long.
        }
    }

    private async Task PublishAsync(NodePayload payload)
    {
        try
        {
            await _backplane.PublishAsync(NodeCodec.Write(payload), _end.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (!_end.IsCancellationRequested)
        {
            // Of one payload that does not get out this server must not become mute; the others notice the gap.
            _report(exception);
        }
    }

    private async Task TickAsync()
    {
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(NodeTiming.Tick));
        while (!_isEnding && await timer.WaitForNextTickAsync(CancellationToken.None).ConfigureAwait(false))
        {
            Change(() => _table.Tick(Environment.TickCount64));
        }
    }

    private void NoticeConnected() => Change(() =>
    {
        bool isConnected = _backplane.IsConnected;
        if (isConnected == _isConnected)
        {
            return;
        }

        _isConnected = isConnected;
        if (isConnected)
        {
            _table.Connect(Environment.TickCount64);
        }

        if (_wasConnected)
        {
            _state.TellLocally(_serverName, isConnected
                ? "The other servers of this chat can be reached again."
                : "The other servers of this chat cannot be reached; who is connected to this one can go on.");
        }

        _wasConnected |= isConnected;
    });

    private void Change(Action action)
    {
        try
        {
            _change(() =>
            {
                if (!_isEnding)
                {
                    action();
                    _state.TakeNodeEffects();
                }
            });
        }
        catch (Exception exception)
        {
            // Of one payload that does harm this server must not become deaf.
            _report(exception);
        }
    }
}
