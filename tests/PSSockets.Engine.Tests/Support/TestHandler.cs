using System;
using PSSockets.Engine.Servers;
using PSSockets.Engine.Transport;

namespace PSSockets.Engine.Tests.Support;

/// <summary>A handler whose calls are the test's.</summary>
internal sealed class TestHandler : IMessageHandler
{
    public Func<SocketConnection, HandlerVerdict>? Connected { get; init; }

    public Func<SocketConnection, string, HandlerVerdict>? Message { get; init; }

    public Action<SocketConnection>? Disconnected { get; init; }

    public Action? Interrupted { get; init; }

    public Action? Disposed { get; init; }

    public bool IsLoopBroken => false;

    public Func<Func<bool>, bool>? Surroundings { get; init; }

    public bool Run(Func<bool> runLoop) => Surroundings?.Invoke(runLoop) ?? runLoop();

    public HandlerVerdict OnConnected(IMessagePeer connection) => Connected?.Invoke((SocketConnection)connection) ?? HandlerVerdict.Continue;

    public HandlerVerdict OnMessage(IMessagePeer connection, object message)
    {
        if (Message is not null)
        {
            return Message((SocketConnection)connection, (string)message);
        }

        connection.Append("Echo: " + (string)message);
        return HandlerVerdict.Continue;
    }

    public void OnDisconnected(IMessagePeer connection) => Disconnected?.Invoke((SocketConnection)connection);

    public void Interrupt() => Interrupted?.Invoke();

    public void Dispose() => Disposed?.Invoke();
}
