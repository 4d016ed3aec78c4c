using System;
using System.Threading;
using PSSockets.Engine.Servers;

namespace PSSockets.Engine.Chat;

/// <content>Events: noticed anywhere, raised one after the other, only where somebody subscribed.</content>
public sealed partial class ChatSession
{
    private readonly CancellationTokenSource _eventsEnd = new();
    private readonly EventQueue _events;

    /// <summary>A message has come: a <see cref="ChatEventArgs"/>. Dropped and counted where subscribers are too slow.</summary>
    public event EventHandler<ServerEventArgs>? MessageReceived;

    /// <summary>The status has changed: a <see cref="ChatStatusEventArgs"/>. Dropped and counted where subscribers are too slow.</summary>
    public event EventHandler<ServerEventArgs>? StatusChanged;

    /// <summary>As <see cref="StatusChanged"/>, but at once, on the thread that has changed it.</summary>
    private event Action<ChatStatusEventArgs>? StatusWatched;

    /// <summary>How many events were dropped because their subscribers were too slow.</summary>
    public long EventsDropped => _events.Dropped;

    /// <summary>Has each change of the status told at once, whatever other subscribers do.</summary>
    /// <param name="changed">Told, on any thread, one change after the other; must not block.</param>
    /// <returns>Ends it when disposed.</returns>
    public IDisposable WatchStatus(Action<ChatStatusEventArgs> changed)
    {
        ArgumentNullException.ThrowIfNull(changed);
        StatusWatched += changed;
        return new Watch(this, changed);
    }

    private void NoticeMessage(ChatMessage message)
    {
        if (MessageReceived is not null)
        {
            _events.Add(() => MessageReceived, new ChatEventArgs(message, null));
        }
    }

    private sealed class Watch(ChatSession session, Action<ChatStatusEventArgs> changed) : IDisposable
    {
        public void Dispose() => session.StatusWatched -= changed;
    }
}
