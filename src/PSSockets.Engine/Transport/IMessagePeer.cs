using System;
using System.Net;
using System.Text;

namespace PSSockets.Engine.Transport;

/// <summary>The other end, as a handler sees it: the peer of a connection, or a sender of datagrams.</summary>
public interface IMessagePeer : IMessageSink
{
    /// <summary>Where it is.</summary>
    EndPoint? RemoteEndPoint { get; }

    /// <summary>The encoding of text to and from it.</summary>
    Encoding Encoding { get; }

    /// <summary>Adds a message to what is sent to it.</summary>
    void Append(ReadOnlySpan<byte> message);

    /// <inheritdoc cref="Append(ReadOnlySpan{byte})"/>
    void Append(string message);
}
