using System;
using System.Collections.Generic;
using PSSockets.Engine.Chat;

namespace PSSockets.Chat;

/// <summary>Who is there, as far as messages tell; for completion. Not thread-safe.</summary>
internal sealed class ChatRoster
{
    private readonly HashSet<string> _nicks = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The nicks.</summary>
    public IReadOnlyCollection<string> Nicks => _nicks;

    /// <summary>Takes note of somebody.</summary>
    public void Add(string nick) => _nicks.Add(nick);

    /// <summary>Learns from a message.</summary>
    public void Learn(ChatMessage message)
    {
        switch (message.Kind)
        {
            case ChatMessageKind.Notice:
                break;
            case ChatMessageKind.Leave when message.Room is null:
                _nicks.Remove(message.From);
                break;
            case ChatMessageKind.Nick:
                _nicks.Remove(message.From);
                _nicks.Add(message.Text);
                break;
            default:
                if (message.From.Length > 0 && !message.IsReplayed)
                {
                    _nicks.Add(message.From);
                }

                break;
        }
    }
}
