using System;

namespace PSSockets.Engine.Chat;

/// <summary>One message of a chat: what was said, or what has happened in a room. Immutable.</summary>
public sealed record ChatMessage
{
    /// <summary>Unique in the whole chat, over all nodes: the node, a dash, and a number that grows.</summary>
    public required string Id { get; init; }

    /// <summary>When the server took it in, in local time.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>What it is about.</summary>
    public required ChatMessageKind Kind { get; init; }

    /// <summary>The room; null for a private message and for what concerns no room.</summary>
    public string? Room { get; init; }

    /// <summary>Who said or did it; the server's name for its own words.</summary>
    public required string From { get; init; }

    /// <summary>The member that a private message is for; null for all others.</summary>
    public string? To { get; init; }

    /// <summary>The text, free of control characters. For <see cref="ChatMessageKind.Nick"/> the new nick, for <see cref="ChatMessageKind.Topic"/> the topic.</summary>
    public required string Text { get; init; }

    /// <summary>True for a message of the past, sent from the history.</summary>
    public bool IsReplayed { get; init; }

    /// <summary>As the plain-text protocol shows it.</summary>
    public override string ToString() => ChatText.Format(this);
}
