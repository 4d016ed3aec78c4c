using System;
using PSSockets.Engine.Servers;

namespace PSSockets.Engine.Diagnostics;

/// <summary>What a server did in an interval. Immutable.</summary>
public sealed record SocketServerSample
{
    /// <summary>The end of the interval.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>The server's number.</summary>
    public required int Id { get; init; }

    /// <summary>The server's name.</summary>
    public required string Name { get; init; }

    /// <summary>Where it listens.</summary>
    public required string LocalEndPoint { get; init; }

    /// <summary>What it is doing.</summary>
    public required ServerStatus Status { get; init; }

    /// <summary>Its connections, or the senders that it knows, at the end of the interval.</summary>
    public required int ClientCount { get; init; }

    /// <summary>Bytes received a second.</summary>
    public required double BytesReceivedPerSecond { get; init; }

    /// <summary>Bytes sent a second.</summary>
    public required double BytesSentPerSecond { get; init; }

    /// <summary>Messages received a second.</summary>
    public required double MessagesReceivedPerSecond { get; init; }

    /// <summary>Messages sent a second.</summary>
    public required double MessagesSentPerSecond { get; init; }

    /// <summary>Messages dropped since the server started, by it and, where that is known, by the system.</summary>
    public required long MessagesDropped { get; init; }

    /// <summary>Errors since the server started.</summary>
    public required long ErrorCount { get; init; }

    /// <inheritdoc/>
    public override string ToString()
        => $"{Name}: {ClientCount} clients, {MessagesReceivedPerSecond:0.#} messages/s in, {MessagesSentPerSecond:0.#} out";
}
