using System;
using PSSockets.Engine.Transport;

namespace PSSockets.Engine.Servers;

/// <summary>What a server does with a connection after its handler was called.</summary>
public enum HandlerVerdict
{
    /// <summary>Goes on.</summary>
    Continue,

    /// <summary>Closes the connection.</summary>
    Disconnect,

    /// <summary>Stops the whole server.</summary>
    StopServer,
}

/// <summary>
/// Answers messages. Each worker thread has one of its own, made and called on that thread only. What it appends to a connection is
/// sent when it returns, all of it in one write; what it appends to a peer of UDP leaves at once, each message as one datagram.
/// </summary>
public interface IMessageHandler : IDisposable
{
    /// <summary>
    /// Runs the worker's loop, from which all other calls come; a handler that needs surroundings puts them round it. The loop returns
    /// false where the worker is to end, and true where <see cref="IsLoopBroken"/> asked for new surroundings.
    /// </summary>
    bool Run(Func<bool> runLoop);

    /// <summary>True where the loop must be left and run anew.</summary>
    bool IsLoopBroken { get; }

    /// <summary>A client has connected; never called where there are no connections, as with UDP.</summary>
    HandlerVerdict OnConnected(IMessagePeer connection);

    /// <summary>A message has arrived; its bytes are valid during the call.</summary>
    /// <param name="connection">Where it came from: a connection, or a sender of datagrams.</param>
    /// <param name="message">A string, or a byte array where the server is one of bytes.</param>
    HandlerVerdict OnMessage(IMessagePeer connection, object message);

    /// <summary>The connection has ended; nothing can be sent any more. Never called where there are no connections.</summary>
    void OnDisconnected(IMessagePeer connection);

    /// <summary>Ends a call that is under way, because the server must stop. Called by another thread, at any time.</summary>
    void Interrupt();
}
