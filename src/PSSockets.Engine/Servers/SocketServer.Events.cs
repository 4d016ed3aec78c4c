using System;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.Transport;

namespace PSSockets.Engine.Servers;

/// <content>Events: noticed anywhere, raised one after the other, only where somebody subscribed.</content>
public abstract partial class SocketServer
{
    private readonly CancellationTokenSource _eventsEnd = new();
    private EventHandler<ServerEventArgs>? _messageReceived;
    private Task? _raisingMessages;
    private CancellationTokenSource? _raisingEnd;
    private IMessageReader? _raisingReader;

    /// <summary>A handler or a connection has failed.</summary>
    public event EventHandler<ServerEventArgs>? HandlerFailed;

    /// <summary>
    /// A message has arrived. Beside a handler the event is dropped and counted where subscribers are too slow; on a server without one
    /// the event is how messages are consumed, and clients are slowed down instead, where their protocol allows that.
    /// </summary>
    public event EventHandler<ServerEventArgs>? MessageReceived
    {
        add
        {
            lock (Events)
            {
                _messageReceived += value;
                StartRaisingMessages();
            }
        }

        remove
        {
            lock (Events)
            {
                _messageReceived -= value;
                if (_messageReceived is null)
                {
                    // From now on new clients can be taken one by one again.
                    _raisingReader?.Dispose();
                    _raisingEnd?.Cancel();
                }
            }
        }
    }

    /// <summary>How many events were dropped because their subscribers were too slow.</summary>
    public long EventsDropped => Events.Dropped;

    /// <summary>True where somebody wants to be told of messages.</summary>
    private protected bool HasMessageSubscribers => _messageReceived is not null;

    /// <summary>Tells of a message, whatever is to be said of it.</summary>
    private protected void NoticeMessage(ServerEventArgs args) => Events.Add(() => _messageReceived, args);

    /// <summary>Tells of a message that goes to the handler.</summary>
    internal void NoticeMessage(IMessagePeer connection, object message)
    {
        if (_messageReceived is not null)
        {
            byte[] bytes = message as byte[] ?? connection.Encoding.GetBytes((string)message);
            Events.Add(() => _messageReceived, new ServerEventArgs(connection, new SocketMessage(connection, bytes, message as string)));
        }
    }

    private void StartRaisingMessages()
    {
        if (IsConsumed && _raisingMessages is null && _messageReceived is not null && !Stopping.IsCancellationRequested)
        {
            _raisingEnd = CancellationTokenSource.CreateLinkedTokenSource(Stopping.Token);
            IMessageReader reader = _raisingReader = OpenReader(new ReadOptions());
            CancellationToken end = _raisingEnd.Token;
            _raisingMessages = Task.Run(() => RaiseMessagesAsync(reader, end), CancellationToken.None);
        }
    }

    /// <summary>Raises the merged stream of a server without a handler as events, as long as somebody subscribes.</summary>
    private async Task RaiseMessagesAsync(IMessageReader reader, CancellationToken cancellationToken)
    {
        try
        {
            do
            {
                while (!cancellationToken.IsCancellationRequested && TryTakeMessage(out SocketMessage? message, hold: true))
                {
                    // What no subscriber takes whoever receives next gets, before the messages behind it.
                    ServerEventArgs args = new(message.Connection, message);
                    bool isTaken = await Events.RaiseAsync(() => _messageReceived, args, cancellationToken).ConfigureAwait(false);
                    ReleaseMessage(isTaken ? null : message);
                }
            }
            while (!cancellationToken.IsCancellationRequested && await reader.WaitAsync(cancellationToken).ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            // The server stops, or the last subscriber has gone.
        }
        finally
        {
            reader.Dispose();
            lock (Events)
            {
                // Somebody may have subscribed meanwhile.
                _raisingMessages = null;
                StartRaisingMessages();
            }
        }
    }
}
