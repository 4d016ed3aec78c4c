using System;
using System.Collections.Generic;
using PSSockets.Engine.Framing;
using PSSockets.Engine.Servers;
using PSSockets.Engine.Transport;

namespace PSSockets.Engine.Chat;

/// <summary>How to take part in a chat. Immutable.</summary>
public sealed record ChatSessionOptions
{
    /// <summary>Where the server is, and how long one try to get in may take, the server's welcome included. Framing is not its matter.</summary>
    public ConnectOptions Connect { get; init; } = new();

    /// <summary>The nick. Default: the user's name, or one like it where that is taken.</summary>
    public string? Nick { get; init; }

    /// <summary>The rooms to enter, the last one to speak in. Default: the server's first room.</summary>
    public IReadOnlyList<string> Rooms { get; init; } = [];

    /// <summary>The server's password; null for none.</summary>
    public string? Password { get; init; }

    /// <summary>How many of each room's last messages are received on entering. Default 0.</summary>
    public int HistoryCount { get; init; }

    /// <summary>
    /// For a server that does not speak this chat's protocol: text goes out and comes in under this framing as it is, and nothing else is
    /// said. Null, the default: JSON lines.
    /// </summary>
    public FramingScheme? PlainFraming { get; init; }

    /// <summary>How long to try to come back after the connection was lost. Default 10 minutes; zero: not at all; infinite: for ever.</summary>
    public TimeSpan ReconnectLimit { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The pause before the second try to come back; it doubles with each further one. Default 0.5 s.</summary>
    public TimeSpan ReconnectInterval { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>The longest pause between two tries. Default 30 s.</summary>
    public TimeSpan MaxReconnectInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>After how long a silence the server is asked whether it is there; without an answer in as long again the connection is given up. Default 30 s.</summary>
    public TimeSpan PingInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How many messages wait to be received; beyond that the oldest are dropped and counted. Default 10,000.</summary>
    public int MaxQueuedMessages { get; init; } = 10_000;

    /// <summary>How many events wait for slow subscribers before new ones are dropped and counted. Default 1,024.</summary>
    public int MaxQueuedEvents { get; init; } = 1024;

    /// <inheritdoc cref="ServerOptions.TryRaiseEvent"/>
    public Func<EventHandler<ServerEventArgs>, object, ServerEventArgs, bool> TryRaiseEvent { get; init; } = EventQueue.Call;

    /// <summary>A name for people. Default: made from the id.</summary>
    public string? Name { get; init; }

    /// <summary>Makes the handler of messages, called once, on the session's own worker. Default: none, messages wait to be received.</summary>
    public Func<ChatSession, IMessageHandler>? CreateHandler { get; init; }

    /// <summary>Turns an error into what <see cref="ChatSession.Errors"/> keeps. Default: the exception itself.</summary>
    public Func<Exception, object>? DescribeError { get; init; }
}
