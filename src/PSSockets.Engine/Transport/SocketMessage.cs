using System;
using System.Dynamic;
using System.Linq.Expressions;
using System.Net;

namespace PSSockets.Engine.Transport;

/// <summary>A received message with its sender. Immutable.</summary>
public sealed class SocketMessage : IDynamicMetaObjectProvider
{
    private readonly DateTime _receivedAt = DateTime.UtcNow;
    private string? _text;

    internal SocketMessage(IMessagePeer connection, byte[] bytes, string? text)
    {
        Connection = connection;
        Bytes = bytes;
        _text = text;
    }

    /// <summary>The message as text, in the connection's encoding.</summary>
    public string Text => _text ??= Connection.Encoding.GetString(Bytes);

    /// <summary>The message as it came, without its marks.</summary>
    [Linked]
    internal byte[] Bytes { get; }

    /// <summary>Who sent it.</summary>
    [Linked]
    internal EndPoint? RemoteEndPoint => Connection.RemoteEndPoint;

    /// <summary>The connection that it came by, or the sender of the datagram; an answer goes back on it.</summary>
    [Linked]
    internal IMessagePeer Connection { get; }

    /// <summary>When it was taken from the stream or the socket.</summary>
    public DateTimeOffset ReceivedAt => new DateTimeOffset(_receivedAt).ToLocalTime();

    /// <summary>True for the mark behind a client's last message, which nobody outside sees.</summary>
    internal bool IsEnd { get; private init; }

    /// <summary>An error that was reported between two datagrams, in its place among them.</summary>
    internal Exception? Failure { get; private init; }

    /// <inheritdoc/>
    public override string ToString() => Text;

    /// <inheritdoc/>
    DynamicMetaObject IDynamicMetaObjectProvider.GetMetaObject(Expression parameter) => new LinkedMembers(parameter, this);

    internal static SocketMessage EndOf(SocketConnection connection) => new(connection, [], string.Empty) { IsEnd = true };

    internal static SocketMessage Of(Exception failure, IMessagePeer connection) => new(connection, [], string.Empty) { Failure = failure };
}
