using System;
using System.Net;
using System.Text;
using PSSockets.Engine.Framing;

namespace PSSockets.Engine.Transport;

/// <summary>
/// What leads from a connection or a message to other objects. These are extension members because what reads all properties of an object
/// by reflection, as ConvertTo-Json does, would follow them: from a message to its connection, to its server, to all others. The properties
/// of the classes themselves are plain values.
/// </summary>
public static class ConnectionMembers
{
    extension(SocketConnection connection)
    {
        /// <summary>This side.</summary>
        public EndPoint? LocalEndPoint => connection.LocalEndPoint;

        /// <summary>The peer.</summary>
        public EndPoint? RemoteEndPoint => connection.RemoteEndPoint;

        /// <summary>How messages are told apart.</summary>
        public FramingScheme Framing => connection.Framing;

        /// <summary>The encoding of text, UTF-8 unless told otherwise.</summary>
        public Encoding Encoding => connection.Encoding;

        /// <summary>The server that accepted it; null for a client's connection.</summary>
        public object? Server => connection.Server;

        /// <summary>The error behind <see cref="SocketConnection.CloseReason"/>, where there is one.</summary>
        public Exception? CloseError => connection.CloseError;

        /// <summary>How long ago the last bytes came or went.</summary>
        public TimeSpan IdleTime => connection.IdleTime;

        /// <summary>A table for what handlers keep about this connection; safe for use by many threads.</summary>
        public SharedState State => connection.State;
    }

    extension(SocketMessage message)
    {
        /// <summary>The message as it came, without its marks.</summary>
        public byte[] Bytes => message.Bytes;

        /// <summary>Who sent it.</summary>
        public EndPoint? RemoteEndPoint => message.RemoteEndPoint;

        /// <summary>The connection that it came by, or the sender of the datagram; an answer goes back on it.</summary>
        public IMessagePeer Connection => message.Connection;
    }
}
