using System;
using System.Collections.Generic;
using System.Net;
using PSSockets.Engine.Servers;
using PSSockets.Engine.Transport;

namespace PSSockets.Engine.Chat;

/// <summary>What a chat server is made with. Immutable.</summary>
public sealed record ChatServerOptions : ServerOptions
{
    /// <summary>Where to listen; port 0 lets the system choose, <see cref="IPAddress.IPv6Any"/> takes IPv4 too.</summary>
    public required EndPoint EndPoint { get; init; }

    /// <summary>How many connections the system keeps until they are accepted. Default 512.</summary>
    public int Backlog { get; init; } = 512;

    /// <summary>
    /// Each read is a message, and no line end is sent: for clients that know no lines. They cannot ask for JSON. Default false: lines.
    /// </summary>
    public bool IsRaw { get; init; }

    /// <summary>What clients must say first. Default: null, nothing.</summary>
    public string? Password { get; init; }

    /// <summary>What makes a member an operator. Default: null, nobody can become one.</summary>
    public string? OperatorPassword { get; init; }

    /// <summary>The rooms that are always there, of which the first one is where everybody starts. Default: <c>lobby</c>.</summary>
    public IReadOnlyList<string> Rooms { get; init; } = ["lobby"];

    /// <summary>Shown to who connects, before the welcome; may have several lines. Default: null, nothing.</summary>
    public string? Banner { get; init; }

    /// <summary>How much of everything is allowed.</summary>
    public ChatLimits Limits { get; init; } = new();

    /// <summary>A member who says nothing for this long is disconnected. Default: infinite, never.</summary>
    public TimeSpan IdleTimeout { get; init; } = System.Threading.Timeout.InfiniteTimeSpan;

    /// <summary>
    /// What happens where a member does not read fast enough; <see cref="SlowConsumerPolicy.Wait"/> is not possible, as nobody in a chat
    /// waits for another. Default: it is disconnected.
    /// </summary>
    public SlowConsumerPolicy SlowConsumer { get; init; } = SlowConsumerPolicy.Disconnect;

    /// <summary>How many bytes wait for a member that does not read before <see cref="SlowConsumer"/> applies. Default 1 MiB.</summary>
    public int MaxQueuedBytes { get; init; } = 1024 * 1024;

    /// <summary>A file to which every message in a room is appended. Default: null, none.</summary>
    public string? TranscriptPath { get; init; }

    /// <summary>What joins this server with others into one chat; it is disposed with the server. Default: null, nothing.</summary>
    public IChatBackplane? Backplane { get; init; }

    /// <summary>What servers of one chat have in common on the backplane. Default <c>pssockets.chat</c>.</summary>
    public string ClusterName { get; init; } = "pssockets.chat";

    /// <summary>Makes the handler of a worker, on that worker's thread. Default: null, messages are not handled.</summary>
    public Func<SocketServer, IMessageHandler>? CreateHandler { get; init; }

    /// <summary>The nick under which the handler's output is said. Default <c>bot</c>.</summary>
    public string BotNick { get; init; } = "bot";

    /// <summary>Options of the sockets; null leaves the defaults.</summary>
    public SocketOptionSet? SocketOptions { get; init; }

    /// <summary>The source of time; for tests.</summary>
    internal TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>True to limit the connections of loopback too; for tests.</summary>
    internal bool LimitsLoopback { get; init; }
}
