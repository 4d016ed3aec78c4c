using System;
using System.Collections.Generic;
using System.Dynamic;
using System.Linq.Expressions;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.EndPoints;
using PSSockets.Engine.Errors;
using PSSockets.Engine.Servers;
using PSSockets.Engine.Transport;

namespace PSSockets.Engine.Chat;

/// <summary>
/// A place in a chat, as a client. Where the connection is lost it comes back by itself, with its rooms and nick, and receives what was said
/// meanwhile as far as the server's history reaches, nothing twice. Messages wait to be received, or go to a handler. Safe for use by many threads.
/// </summary>
public sealed partial class ChatSession : IChatTarget, IMessageSource, ISocketLifetime, IDynamicMetaObjectProvider, IDisposable
{
    private readonly object _gate = new();
    private readonly ChatSessionOptions _options;
    private readonly RoomMarks _marks = new();
    private readonly List<string> _rooms = [];
    private readonly ChatFeed _feed;
    private readonly IMessageReader _inbox;
    private readonly CancellationTokenSource _closing = new();
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ChatSessionStatus _status = ChatSessionStatus.Connecting;
    private TaskCompletionSource _statusChange = NewSource();
    private Task _run = Task.CompletedTask;
    private ChatLink? _link;
    private string? _currentRoom;
    private string _wantedNick;
    private int _hasReader;
    private long _messagesReceived;
    private long _messagesSent;

    private ChatSession(ChatSessionOptions options)
    {
        _options = options;
        _events = new EventQueue(this, options.MaxQueuedEvents, options.TryRaiseEvent, _eventsEnd.Token);
        _feed = new ChatFeed(options.MaxQueuedMessages);
        _inbox = _feed.OpenReader();
        _wantedNick = Nick = options.PlainFraming is not null ? "me" : options.Nick is null ? GetDefaultNick() : ChatText.ToName(options.Nick);
        DisplayName = options.Connect.UnixSocketPath ?? EndPointText.FormatHost(options.Connect.Host, options.Connect.Port);
        Id = SocketConnection.TakeId();
        Name = options.Name ?? $"Chat{Id}";
    }

    /// <summary>A number of its own within this process, from the row of connections.</summary>
    public int Id { get; }

    /// <summary>A name for people; need not be unique.</summary>
    public string Name { get; }

    /// <summary>The nick that the session has now; another than the one asked for while somebody else has that. In plain text: <c>me</c>.</summary>
    public string Nick { get; private set; }

    /// <summary>The room that is spoken in where none is named: the one joined last, or chosen. Null where it is in none.</summary>
    public string? CurrentRoom
    {
        get
        {
            lock (_gate)
            {
                return _currentRoom;
            }
        }
    }

    /// <summary>The rooms that the session is in. A true array.</summary>
    public IReadOnlyList<string> Rooms
    {
        get
        {
            lock (_gate)
            {
                return _rooms.ToArray();
            }
        }
    }

    /// <summary>What it is doing.</summary>
    public ChatSessionStatus Status
    {
        get
        {
            lock (_gate)
            {
                return _status;
            }
        }
    }

    /// <summary>Why the status is what it is, in words; empty while all is well, and where this side has closed the session.</summary>
    public string StatusText { get; private set; } = string.Empty;

    /// <summary>True where the server gets and sends plain text only: nicks, rooms and the like are not known.</summary>
    public bool IsPlain => _options.PlainFraming is not null;

    /// <summary>The server's name; empty where it has told none.</summary>
    public string ServerName { get; private set; } = string.Empty;

    /// <summary>The node of the chat that the session is connected to; empty where that is not known.</summary>
    public string Node { get; private set; } = string.Empty;

    /// <summary>Where the server is.</summary>
    [Linked]
    internal EndPoint? RemoteEndPoint { get; private set; }

    /// <summary>When the session was made.</summary>
    public DateTimeOffset ConnectedAt { get; } = DateTimeOffset.Now;

    /// <summary>How often it has come back.</summary>
    public int ReconnectCount { get; private set; }

    /// <summary>Messages received.</summary>
    public long MessagesReceived => Volatile.Read(ref _messagesReceived);

    /// <summary>Messages sent, and confirmed by the server.</summary>
    public long MessagesSent => Volatile.Read(ref _messagesSent);

    /// <summary>Messages dropped because nobody received them.</summary>
    public long MessagesDropped => _feed.Dropped;

    /// <inheritdoc/>
    public string DisplayName { get; }

    /// <summary>Enters a chat.</summary>
    /// <exception cref="SocketFailureException">The server cannot be reached, or refuses; the id says why.</exception>
    /// <exception cref="SocketTimeoutException">It did not answer in time.</exception>
    public static async Task<ChatSession> ConnectAsync(ChatSessionOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        ChatSession session = new(options);
        try
        {
            session.StartHandler(cancellationToken);
            ChatLink link = await session.EnterAsync(cancellationToken).ConfigureAwait(false);
            session.SetStatus(ChatSessionStatus.Open, string.Empty);
            session._run = Task.Run(() => session.RunAsync(link), CancellationToken.None);
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>A task that completes when the session has ended for good; never faults.</summary>
    public Task WhenEnded() => _completion.Task;

    /// <summary>Begins receiving: what has come since the last time, and what will. There is one reader at a time.</summary>
    /// <exception cref="SocketFailureException">Somebody else receives, or a handler does (<see cref="SocketErrorId.ConnectionBusy"/>).</exception>
    public IMessageReader OpenReader(ReadOptions options)
    {
        if (_options.CreateHandler is not null || Interlocked.CompareExchange(ref _hasReader, 1, 0) != 0)
        {
            throw new SocketFailureException(
                SocketErrorId.ConnectionBusy,
                _options.CreateHandler is null
                    ? $"Another command is receiving from the chat session {Name}."
                    : $"The handler of the chat session {Name} receives its messages.",
                DisplayName);
        }

        return new ChatInboxReader(_inbox, () => Volatile.Write(ref _hasReader, 0));
    }

    /// <summary>Says goodbye and ends the session.</summary>
    public async Task CloseAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        ChatLink? link = GetOpenLink();
        if (link is JsonChatLink && link.Connection.TryPost(ChatClientJson.Write("quit"), omitTrailer: false))
        {
            link.Connection.StartSending();
        }

        if (link is not null)
        {
            try
            {
                await link.Connection.CloseAsync(timeout, CloseReason.Closed, cancellationToken).ConfigureAwait(false);
            }
            catch (SocketTimeoutException)
            {
                // It does not read any more, and need not hear the goodbye.
            }
        }

        Dispose();
        if (_worker is not { IsWorker: true })
        {
            await _completion.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public void Abort()
    {
        GetOpenLink()?.Connection.Abort();
        Dispose();
    }

    /// <summary>Ends the session without a goodbye.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_status == ChatSessionStatus.Closed)
            {
                return;
            }
        }

        SetStatus(ChatSessionStatus.Closed, string.Empty);
        _closing.Cancel();
        _ = CompleteAsync();
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Nick} on {DisplayName}";

    /// <inheritdoc/>
    DynamicMetaObject IDynamicMetaObjectProvider.GetMetaObject(Expression parameter) => new LinkedMembers(parameter, this);

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The user's name, as far as it can be a nick.</summary>
    private static string GetDefaultNick()
    {
        string name = string.Concat(Environment.UserName.Split(' ', '\\', '/', '@'));
        return ChatText.TryGetNick(name, 24, out string nick) ? nick : ChatText.TryGetNick($"{name}-1", 24, out nick) ? nick : "user";
    }

    private async Task CompleteAsync()
    {
        await _run.ConfigureAwait(false);
        _feed.Complete();
        await StopHandlerAsync().ConfigureAwait(false);
        _eventsEnd.CancelAfter(EventQueue.LastEvents);
        _completion.TrySetResult();
    }
}
