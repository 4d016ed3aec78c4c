using System;
using System.Net;
using System.Text;

namespace PSSockets.Engine.Transport;

/// <summary>A received message with its sender. Immutable.</summary>
public sealed class SocketMessage
{
    private readonly Encoding _encoding;
    private string? _text;

    internal SocketMessage(SocketConnection connection, byte[] bytes, string? text)
    {
        Connection = connection;
        Bytes = bytes;
        _text = text;
        _encoding = connection.Encoding;
        ReceivedAt = DateTimeOffset.Now;
    }

    /// <summary>The message as text, in the connection's encoding.</summary>
    public string Text => _text ??= _encoding.GetString(Bytes);

    /// <summary>The message as it came, without its marks.</summary>
    public byte[] Bytes { get; }

    /// <summary>Who sent it.</summary>
    public EndPoint? RemoteEndPoint => Connection.RemoteEndPoint;

    /// <summary>The connection that it came by; an answer goes back on it.</summary>
    public SocketConnection Connection { get; }

    /// <summary>When it was taken from the stream.</summary>
    public DateTimeOffset ReceivedAt { get; }

    /// <summary>True for the mark behind a client's last message, which nobody outside sees.</summary>
    internal bool IsEnd { get; private init; }

    /// <inheritdoc/>
    public override string ToString() => Text;

    internal static SocketMessage EndOf(SocketConnection connection) => new(connection, [], string.Empty) { IsEnd = true };
}
