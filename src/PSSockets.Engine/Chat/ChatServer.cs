using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Linq;
using System.Net;
using System.Security.Cryptography;
using System.Threading;
using PSSockets.Engine.Errors;
using PSSockets.Engine.Framing;
using PSSockets.Engine.Servers;
using PSSockets.Engine.Transport;

namespace PSSockets.Engine.Chat;

/// <summary>
/// A chat: rooms, members, private messages, history; for people with a terminal and for programs. Reading from it gives the
/// <see cref="ChatMessage"/>s of all rooms from then on. Safe for use by many threads.
/// </summary>
public sealed partial class ChatServer : SocketServer, IConnectionServer, IChatTarget
{
    /// <summary>How many connections may be about to come in, or to be told that they cannot, besides the members.</summary>
    private const int ConnectionsInTransit = 100;

    /// <summary>A longer line is no message, and closes the connection.</summary>
    internal const int MaxLineLength = 64 * 1024;

    /// <summary>How long the transcript may take to be written to its end when the server stops.</summary>
    private static readonly TimeSpan s_transcriptLimit = TimeSpan.FromSeconds(5);

    /// <summary>How many messages wait for who reads from the server.</summary>
    private const int MaxFeed = 10_000;

    private readonly ChatServerOptions _options;
    private readonly object _gate = new();
    private readonly ChatFanOut _fanOut;
    private readonly ChatFeed _feed = new(MaxFeed);
    private readonly ChatTranscript? _transcript;
    private readonly ChatBot? _bot;
    private readonly TcpServer _tcp;
    private readonly Timer? _idleSweep;

    private ChatServer(ChatServerOptions options, CancellationToken cancellationToken)
        : base(options.Name, nameof(ChatServer), options)
    {
        _options = options;
        _fanOut = new ChatFanOut(options.IsRaw);
        _addresses = new AddressCounts(options.LimitsLoopback);
        Guard = new PasswordGuard(options.Clock);
        OperatorGuard = new PasswordGuard(options.Clock);
        Node = Convert.ToHexString(RandomNumberGenerator.GetBytes(3)).ToLowerInvariant();
        Chat = new ChatState(Node, options.Limits, CheckRooms(options), GetReservedNicks(options), options.Clock)
        {
            ServiceNick = options.CreateHandler is null ? null : options.BotNick,
        };
        try
        {
            if (options.TranscriptPath is { } path)
            {
                _transcript = new ChatTranscript(ChatTranscript.Open(path), exception => ReportError(exception, null));
            }

            if (options.CreateHandler is { } createHandler)
            {
                _bot = new ChatBot(this, options, () => createHandler(this));
                _bot.Start(cancellationToken);
            }

            _node = CreateNode();
            _tcp = TcpServer.Start(CreateTcpOptions(), CancellationToken.None);
        }
        catch
        {
            Stopping.Cancel();
            _ = _bot?.StopAsync();
            _ = _transcript?.CompleteAsync(s_transcriptLimit);
            _ = options.Backplane?.DisposeAsync().AsTask();
            throw;
        }

        if (options.IdleTimeout > TimeSpan.Zero)
        {
            TimeSpan period = TimeSpan.FromMilliseconds(Math.Clamp(options.IdleTimeout.TotalMilliseconds / 4, 50, 5000));
            _idleSweep = new Timer(_ => LookForIdle(), null, period, period);
        }
    }

    /// <inheritdoc/>
    internal override EndPoint LocalEndPoint => _tcp.LocalEndPoint;

    /// <summary>The name of this server among those of its chat; the ids of its messages begin with it.</summary>
    public string Node { get; }

    /// <summary>True where each read is a message.</summary>
    public bool IsRaw => _options.IsRaw;

    /// <summary>How many members there are, over all nodes.</summary>
    public int MemberCount
    {
        get
        {
            lock (_gate)
            {
                return Chat.Members.Count;
            }
        }
    }

    /// <summary>The members, over all nodes. A true array: scripts cannot index what a collection expression makes.</summary>
    [Linked]
    internal IReadOnlyList<ChatMember> Members
    {
        get
        {
            lock (_gate)
            {
                return Chat.Members.Select(Describe).ToArray();
            }
        }
    }

    /// <summary>The rooms. A true array.</summary>
    [Linked]
    internal IReadOnlyList<ChatRoom> Rooms
    {
        get
        {
            lock (_gate)
            {
                return Chat.Rooms.Select(room => new ChatRoom { Name = room.Name, Topic = room.Topic, MemberCount = room.Members.Count }).ToArray();
            }
        }
    }

    /// <summary>Who does not get in for a time. A true array.</summary>
    [Linked]
    internal IReadOnlyList<ChatBan> Bans
    {
        get
        {
            lock (_gate)
            {
                return Chat.Bans;
            }
        }
    }

    /// <summary>The connections as they are now, oldest first. A true array.</summary>
    [Linked]
    internal IReadOnlyList<SocketConnection> Connections => _tcp.Connections;

    /// <inheritdoc/>
    IReadOnlyList<SocketConnection> IConnectionServer.GetConnections() => Connections;

    /// <summary>How many clients were turned away before they were heard: not permitted, far too many, or too many from one address.</summary>
    public long RefusedCount => _tcp.RefusedCount + Volatile.Read(ref _overLimit);

    /// <inheritdoc/>
    internal override int ClientCount => _tcp.ClientCount;

    /// <inheritdoc/>
    internal override IReadOnlyList<IMessagePeer> GetPeers() => _tcp.GetPeers();

    /// <inheritdoc/>
    public override long BytesReceived => _tcp.BytesReceived;

    /// <inheritdoc/>
    public override long BytesSent => _tcp.BytesSent;

    /// <inheritdoc/>
    public override long MessagesReceived => _tcp.MessagesReceived;

    /// <summary>Messages handed to the system for members: each counts as often as it was delivered.</summary>
    public override long MessagesSent => _tcp.MessagesSent;

    /// <inheritdoc/>
    public override long MessagesDropped => _tcp.MessagesDropped + _feed.Dropped + (_bot?.Dropped ?? 0);

    /// <inheritdoc/>
    protected override bool IsWorker => _bot is { IsWorker: true };

    /// <inheritdoc/>
    protected override bool IsConsumed => false;

    /// <summary>The state; only under the lock of <see cref="Change"/>.</summary>
    internal ChatState Chat { get; }

    /// <summary>Slows down who guesses passwords.</summary>
    internal PasswordGuard Guard { get; }

    /// <summary>As <see cref="Guard"/>, of the operators' password: who knows the chat's must not be forgiven for wrong ones of the other.</summary>
    internal PasswordGuard OperatorGuard { get; }

    /// <summary>Binds, listens and begins to serve; a server with a backplane is started with <see cref="StartAsync"/>.</summary>
    /// <param name="options">What it is made with.</param>
    /// <param name="cancellationToken">Ends the wait for the first handler.</param>
    /// <exception cref="SocketFailureException">
    /// The endpoint is in use, not this machine's, or forbidden; a room's name or the bot's nick cannot be one.
    /// </exception>
    /// <exception cref="System.IO.IOException">The transcript cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The transcript must not be written.</exception>
    public static ChatServer Start(ChatServerOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options.Backplane is null
            ? Create(options, cancellationToken)
            : throw new ArgumentException("A server with a backplane is started with StartAsync.", nameof(options));
    }

    /// <summary>The member of that nick, whatever the case; null where there is none.</summary>
    public ChatMember? FindMember(string nick)
    {
        ArgumentNullException.ThrowIfNull(nick);
        lock (_gate)
        {
            return Chat.FindMember(nick) is { } member ? Describe(member) : null;
        }
    }

    /// <summary>Begins reading the messages of all rooms, from now on; any number may read. Private messages are not among them.</summary>
    /// <param name="options">Of no use here: messages are <see cref="ChatMessage"/>s.</param>
    public override IMessageReader OpenReader(ReadOptions options) => _feed.OpenReader();

    /// <inheritdoc/>
    private protected override bool TryTakeMessage([NotNullWhen(true)] out SocketMessage? message, bool hold)
    {
        message = null;
        return false;
    }

    /// <inheritdoc/>
    private protected override void ReleaseMessage(SocketMessage? putBack)
    {
    }

    private static ChatServer Create(ChatServerOptions options, CancellationToken cancellationToken) => options.SlowConsumer == SlowConsumerPolicy.Wait
        ? throw new ArgumentException("In a chat nobody waits for another.", nameof(options))
        : new ChatServer(options, cancellationToken);

    private static List<string> CheckRooms(ChatServerOptions options)
    {
        List<string> rooms = [];
        foreach (string name in options.Rooms)
        {
            rooms.Add(ChatText.TryGetRoom(name, options.Limits.MaxNickLength, out string room)
                ? room
                : throw new SocketFailureException(SocketErrorId.RoomInvalid, $"'{ChatText.Clean(name)}' cannot be the name of a room: it has 1 to {options.Limits.MaxNickLength} letters, digits, '-', '_' or '.'.", name));
        }

        if (!ChatText.TryGetNick(options.BotNick, options.Limits.MaxNickLength, out _))
        {
            throw new SocketFailureException(SocketErrorId.NickInvalid, $"'{ChatText.Clean(options.BotNick)}' cannot be a nick: it is reserved, or has not 1 to {options.Limits.MaxNickLength} letters, digits, '-', '_' or '.'.", options.BotNick);
        }

        return rooms.Count > 0 ? rooms : ["lobby"];
    }

    /// <summary>
    /// Nobody speaks in the server's name or in its handler's. Without a handler that nick is free, except among nodes: another may have one.
    /// </summary>
    private string[] GetReservedNicks(ChatServerOptions options)
        => options.CreateHandler is null && options.Backplane is null ? [Name] : [Name, options.BotNick];

    private TcpServerOptions CreateTcpOptions() => new()
    {
        EndPoint = _options.EndPoint,
        Name = Name,
        Backlog = _options.Backlog,
        MaxConnections = _options.Limits.MaxMembers + ConnectionsInTransit,
        Filter = _options.Filter,
        DescribeError = _options.DescribeError,
        Serve = ServeAsync,
        Connection = new ConnectionOptions
        {
            Framing = (_options.IsRaw ? FramingScheme.Raw : FramingScheme.Line).WithMaxFrameLength(MaxLineLength),
            SocketOptions = _options.SocketOptions,
            Server = this,
        },
    };

    private ChatMember Describe(Participant member)
    {
        ChatConnection? connection = member.Session as ChatConnection;
        TimeSpan idle = _options.Clock.GetUtcNow() - member.LastActive;
        return new ChatMember
        {
            Nick = member.Nick,
            Rooms = member.Rooms.Select(room => room.Name).ToArray(),
            RemoteEndPoint = member.RemoteEndPoint,
            Node = member.Node,
            IsLocal = member.IsLocal,
            IsOperator = member.IsOperator,
            ConnectedAt = member.ConnectedAt.ToLocalTime(),
            IdleTime = idle > TimeSpan.Zero ? idle : TimeSpan.Zero,
            MessagesSent = member.MessagesSent,
            MessagesDropped = connection?.Connection.MessagesDropped ?? 0,
            Mode = member.Mode,
            Chat = this,
        };
    }
}
