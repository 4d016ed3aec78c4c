using System;
using PSSockets.Engine.Servers;
using PSSockets.Engine.Transport;

namespace PSSockets.Benchmarks.Servers;

/// <summary>Answers each message with itself: what the engine's handlers cost without PowerShell.</summary>
internal sealed class EchoHandler : IMessageHandler
{
    /// <inheritdoc/>
    public bool IsLoopBroken => false;

    /// <inheritdoc/>
    public bool Run(Func<bool> runLoop) => runLoop();

    /// <inheritdoc/>
    public HandlerVerdict OnConnected(IMessagePeer connection) => HandlerVerdict.Continue;

    /// <inheritdoc/>
    public HandlerVerdict OnMessage(IMessagePeer connection, object message)
    {
        connection.Append((string)message);
        return HandlerVerdict.Continue;
    }

    /// <inheritdoc/>
    public void OnDisconnected(IMessagePeer connection)
    {
    }

    /// <inheritdoc/>
    public void Interrupt()
    {
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
