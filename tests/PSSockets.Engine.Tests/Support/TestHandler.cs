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

    public bool Run(Func<bool> runLoop) => runLoop();

    public HandlerVerdict OnConnected(SocketConnection connection) => Connected?.Invoke(connection) ?? HandlerVerdict.Continue;

    public HandlerVerdict OnMessage(SocketConnection connection, object message)
    {
        if (Message is not null)
        {
            return Message(connection, (string)message);
        }

        connection.Append("Echo: " + (string)message);
        return HandlerVerdict.Continue;
    }

    public void OnDisconnected(SocketConnection connection) => Disconnected?.Invoke(connection);

    public void Interrupt() => Interrupted?.Invoke();

    public void Dispose() => Disposed?.Invoke();
}
