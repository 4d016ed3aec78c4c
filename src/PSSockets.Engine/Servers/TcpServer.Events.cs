using System;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.Transport;

namespace PSSockets.Engine.Servers;

/// <content>Events: noticed anywhere, raised one after the other, only where somebody subscribed.</content>
public sealed partial class TcpServer
{
    /// <summary>How long events wait for slow subscribers once the server has stopped.</summary>
    private static readonly TimeSpan s_lastEvents = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _eventsEnd = new();
    private readonly EventQueue _events;
    private EventHandler<ServerEventArgs>? _messageReceived;
    private Task? _raisingMessages;
    private CancellationTokenSource? _raisingEnd;
    private IMessageReader? _raisingReader;

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
                StartRaisingMessages();
            }
        }

        remove
        {
            lock (_events)
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
    public long EventsDropped => _events.Dropped;

    /// <summary>Tells of a message that goes to the handler.</summary>
    internal void NoticeMessage(SocketConnection connection, object message)
    {
        if (_messageReceived is not null)
        {
            byte[] bytes = message as byte[] ?? connection.Encoding.GetBytes((string)message);
            _events.Add(() => _messageReceived, new ServerEventArgs(connection, new SocketMessage(connection, bytes, message as string)));
        }
    }

    private void StartRaisingMessages()
    {
        if (IsConsumed && _raisingMessages is null && _messageReceived is not null && !_stopping.IsCancellationRequested)
        {
            _raisingEnd = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
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
                    bool isTaken = await _events.RaiseAsync(() => _messageReceived, args, cancellationToken).ConfigureAwait(false);
                    _messages.Release(isTaken ? null : message);
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
            lock (_events)
            {
                // Somebody may have subscribed meanwhile.
                _raisingMessages = null;
                StartRaisingMessages();
            }
        }
    }
}
