using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.Servers;

namespace PSSockets.Engine.Chat;

/// <summary>
/// Runs a server's handler over what its members say: the messages of one room, or of one member in private, in order, different ones in
/// parallel. What the handler outputs is said where the message was. It never hears what the server itself says. Safe for use by many threads.
/// </summary>
internal sealed class ChatBot
{
    /// <summary>How many messages wait for a slow handler before further ones are dropped and counted.</summary>
    private const int MaxWaiting = 10_000;

    private readonly Dictionary<string, Queue<ChatMessage>> _waiting = new(StringComparer.OrdinalIgnoreCase);
    private readonly ChatServer _server;
    private readonly string _nick;
    private readonly WorkerPool _workers;
    private int _count;
    private long _dropped;

    public ChatBot(ChatServer server, ChatServerOptions options, Func<IMessageHandler> createHandler)
    {
        _server = server;
        _nick = options.BotNick;
        _workers = new WorkerPool(server.Name, options.ThrottleLimit, createHandler, exception => server.ReportError(exception, null));
    }

    /// <summary>How many messages were dropped because the handler was too slow.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>True on one of the handler's threads.</summary>
    public bool IsWorker => _workers.IsWorker;

    /// <summary>Makes the first handler, so that its errors come to who starts the server.</summary>
    public void Start(CancellationToken cancellationToken) => _workers.Start(cancellationToken);

    /// <summary>Has a message handled, where it is one that a member says in a room or to the bot; never waits.</summary>
    public void Notice(ChatMessage message)
    {
        bool isPrivate = message.Kind == ChatMessageKind.Private && string.Equals(message.To, _nick, StringComparison.OrdinalIgnoreCase);
        bool isSaid = message.Kind is ChatMessageKind.Message or ChatMessageKind.Action;
        if (!(isPrivate || isSaid) || message.From == _nick || message.From == _server.Name)
        {
            return;
        }

        // A room's name cannot begin with '@'.
        string place = message.Room ?? $"@{message.From}";
        lock (_waiting)
        {
            if (_count >= MaxWaiting)
            {
                Interlocked.Increment(ref _dropped);
                return;
            }

            _count++;
            if (_waiting.TryGetValue(place, out Queue<ChatMessage>? queue))
            {
                queue.Enqueue(message);
                return;
            }

            _waiting.Add(place, new Queue<ChatMessage>([message]));
        }

        _workers.Enqueue(() => HandleNext(place));
    }

    /// <summary>Ends the calls that are under way.</summary>
    public void Interrupt()
    {
        lock (_waiting)
        {
            foreach (Queue<ChatMessage> queue in _waiting.Values)
            {
                _count -= queue.Count;
                queue.Clear();
            }
        }

        _workers.Interrupt();
    }

    /// <summary>Ends the workers.</summary>
    public Task StopAsync() => _workers.StopAsync();

    private void HandleNext(string place)
    {
        ChatMessage? message;
        lock (_waiting)
        {
            // A place is there as long as its messages are being handled.
            if (!_waiting[place].TryDequeue(out message))
            {
                _waiting.Remove(place);
                return;
            }

            _count--;
        }

        Handle(message);
        _workers.Enqueue(() => HandleNext(place));
    }

    private void Handle(ChatMessage message)
    {
        ChatBotPeer peer = new(_server, _nick, message);
        HandlerVerdict verdict;
        try
        {
            verdict = WorkerPool.Current.OnMessage(peer, message);
        }
        catch (Exception exception)
        {
            _server.ReportError(exception, peer);
            return;
        }

        try
        {
            peer.Flush();
            if (verdict == HandlerVerdict.Disconnect)
            {
                _server.Remove(message.From, "the server's handler failed on what was said", TimeSpan.Zero);
            }
        }
        catch (Exception exception) when (exception is Errors.ISocketFailure)
        {
            // The room or the member has gone meanwhile, or the output is too long.
            if (_server.Status == ServerStatus.Running)
            {
                _server.ReportError(exception, peer);
            }
        }

        if (verdict == HandlerVerdict.StopServer)
        {
            _ = _server.StopAsync(TimeSpan.FromSeconds(5));
        }
    }
}
