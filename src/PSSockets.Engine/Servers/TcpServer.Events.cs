using System;
using System.Threading.Tasks;
using PSSockets.Engine.Transport;

namespace PSSockets.Engine.Servers;

/// <content>Events: noticed anywhere, raised one after the other, only where somebody subscribed.</content>
public sealed partial class TcpServer
{
    private readonly EventQueue _events;
    private EventHandler<ServerEventArgs>? _messageReceived;
    private Task? _raisingMessages;

    /// <summary>A client has connected.</summary>
    public event EventHandler<ServerEventArgs>? ConnectionOpened;

    /// <summary>A connection has ended; its reason is known.</summary>
    public event EventHandler<ServerEventArgs>? ConnectionClosed;

    /// <summary>A handler or a connection has failed.</summary>
    public event EventHandler<ServerEventArgs>? HandlerFailed;

    /// <summary>
    /// A message has arrived. Beside a handler the event is dropped and counted where subscribers are too slow; on a server without one
    /// the event is how messages are consumed, and clients are slowed down instead.
    /// </summary>
    public event EventHandler<ServerEventArgs>? MessageReceived
    {
        add
        {
            lock (_events)
            {
                _messageReceived += value;
                if (IsConsumed && _raisingMessages is null)
                {
                    _raisingMessages = Task.Run(RaiseMessagesAsync);
                }
            }
        }

        remove
        {
            lock (_events)
            {
                _messageReceived -= value;
            }
        }
    }

    /// <summary>How many events were dropped because their subscribers were too slow.</summary>
    public long EventsDropped => _events.Dropped;

    /// <summary>Tells of a message that goes to the handler.</summary>
    internal void NoticeMessage(SocketConnection connection, object message)
    {
        if (_messageReceived is { } subscribers)
        {
            byte[] bytes = message as byte[] ?? connection.Encoding.GetBytes((string)message);
            _events.Add(subscribers, new ServerEventArgs(connection, new SocketMessage(connection, bytes, message as string)));
        }
    }

    /// <summary>Raises the merged stream of a server without a handler as events, as long as somebody subscribes.</summary>
    private async Task RaiseMessagesAsync()
    {
        try
        {
            using IMessageReader reader = OpenReader(new ReadOptions());
            do
            {
                while (_messageReceived is { } subscribers && reader.TryRead(out object? next))
                {
                    SocketMessage message = (SocketMessage)next;
                    await _events.RaiseAsync(subscribers, new ServerEventArgs(message.Connection, message), _stopping.Token).ConfigureAwait(false);
                }
            }
            while (_messageReceived is not null && await reader.WaitAsync(_stopping.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
        catch (Errors.SocketFailureException)
        {
            // It has stopped already.
        }
        finally
        {
            lock (_events)
            {
                _raisingMessages = null;
            }
        }
    }
}
