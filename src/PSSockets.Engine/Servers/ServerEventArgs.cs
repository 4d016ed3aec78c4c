using System;
using PSSockets.Engine.Transport;

namespace PSSockets.Engine.Servers;

/// <summary>What an event of a server, or of a chat session, is about. Immutable.</summary>
public class ServerEventArgs : EventArgs
{
    internal ServerEventArgs(IMessagePeer? connection, SocketMessage? message = null, object? error = null)
    {
        Connection = connection;
        Message = message;
        Error = error;
    }

    /// <summary>The connection, or the sender of datagrams, concerned; null where an error concerns the server as a whole.</summary>
    public IMessagePeer? Connection { get; }

    /// <summary>The message, where one was received.</summary>
    public SocketMessage? Message { get; }

    /// <summary>The error, as <see cref="SocketServer.Errors"/> has it, where a handler or connection failed.</summary>
    public object? Error { get; }

    /// <summary>When the event was noticed; it may be raised later.</summary>
    public DateTimeOffset Time { get; } = DateTimeOffset.Now;
}
