using System;
using System.Collections.Generic;
using PSSockets.Engine.Servers;

namespace PSSockets.Engine.Chat;

/// <content>The one way to change the chat: under the lock, and then, outside of it, the system calls.</content>
public sealed partial class ChatServer
{
    [ThreadStatic]
    private static List<ChatOutbox>? s_touched;

    /// <summary>Members that were removed and are to be told so, once the lock is free.</summary>
    private readonly List<(ChatConnection Connection, string Reason, string Text)> _disconnects = [];

    /// <summary>A member has come, and others were told.</summary>
    public event EventHandler<ServerEventArgs>? MemberJoined;

    /// <summary>A member has gone.</summary>
    public event EventHandler<ServerEventArgs>? MemberLeft;

    /// <summary>
    /// Changes the state and puts what follows into the outboxes under the lock, so that all members see the same order; then sends.
    /// </summary>
    /// <param name="caller">Whose replies are to be sent, too.</param>
    /// <param name="change">Does it; must not block.</param>
    internal void Change(ChatConnection? caller, Action change)
    {
        List<ChatOutbox> touched = s_touched ??= [];
        (ChatConnection Connection, string Reason, string Text)[] disconnects = [];
        try
        {
            lock (_gate)
            {
                try
                {
                    change();
                }
                finally
                {
                    DeliverLocked(touched);
                    _node?.Publish();
                    if (caller?.Replies.Take() is { } reply && caller.Outbox.Add(reply))
                    {
                        touched.Add(caller.Outbox);
                    }

                    if (_disconnects.Count > 0)
                    {
                        disconnects = [.. _disconnects];
                        _disconnects.Clear();
                    }
                }
            }
        }
        finally
        {
            // Whatever was thrown: nobody else flushes these.
            foreach (ChatOutbox outbox in touched)
            {
                outbox.Flush();
            }

            touched.Clear();
            foreach ((ChatConnection connection, string reason, string text) in disconnects)
            {
                connection.Disconnect(reason, text);
            }
        }
    }

    /// <summary>Has a member that was removed told so and closed, once the lock is free; one of another node is that node's affair.</summary>
    internal void DisconnectLater(Participant member, string reason, string text)
    {
        if (member.Session is ChatConnection connection)
        {
            _disconnects.Add((connection, reason, text));
            NoticeMember(member, hasJoined: false);
        }
    }

    /// <summary>Raises the event for a member who has come or gone.</summary>
    internal void NoticeMember(Participant member, bool hasJoined)
    {
        Func<EventHandler<ServerEventArgs>?> subscribers = hasJoined ? () => MemberJoined : () => MemberLeft;
        if (subscribers() is not null)
        {
            Events.Add(subscribers, new ChatEventArgs(null, Describe(member)));
        }
    }

    private void DeliverLocked(List<ChatOutbox> touched)
    {
        List<ChatEffect> effects = Chat.Effects;
        if (effects.Count == 0)
        {
            return;
        }

        _fanOut.Deliver(effects, touched);
        foreach (ChatEffect effect in effects)
        {
            ChatMessage message = effect.Message;
            if (message.Kind != ChatMessageKind.Private)
            {
                _feed.Add(message);
                NoticeMessage(message);
                if (message.Room is not null || message.Kind == ChatMessageKind.Nick)
                {
                    _transcript?.Add(message);
                }
            }

            if (effect.IsForHandler)
            {
                _bot?.Notice(message);
            }
        }

        effects.Clear();
    }

    private void NoticeMessage(ChatMessage message)
    {
        if (HasMessageSubscribers)
        {
            NoticeMessage(new ChatEventArgs(message, null));
        }
    }

    private void LookForIdle()
    {
        List<ChatConnection> silent = [];
        Change(null, () =>
        {
            foreach (Participant member in Chat.Members)
            {
                if (member.Session is ChatConnection connection && connection.Silence >= _options.IdleTimeout / 2)
                {
                    silent.Add(connection);
                }
            }
        });
        foreach (ChatConnection connection in silent)
        {
            if (connection.Silence >= _options.IdleTimeout)
            {
                connection.Disconnect("IdleTimeout", "You were silent for too long.");
            }
            else if (!connection.IsPinged)
            {
                connection.IsPinged = true;
                Change(connection, () => connection.Replies.Ping());
            }
        }
    }
}
