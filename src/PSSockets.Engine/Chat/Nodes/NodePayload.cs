using System;
using System.Collections.Generic;

namespace PSSockets.Engine.Chat.Nodes;

/// <summary>What a payload between nodes is about. The first six change something, and are numbered.</summary>
internal enum NodePayloadKind
{
    /// <summary>A member as it is now: new, renamed, in other rooms.</summary>
    Member,

    /// <summary>A member has left.</summary>
    Gone,

    /// <summary>A room has another topic.</summary>
    Topic,

    /// <summary>Something was said.</summary>
    Say,

    /// <summary>A member of another node is to be removed there.</summary>
    Kick,

    /// <summary>Somebody does not get in for a time, or gets in again.</summary>
    Ban,

    /// <summary>All members of a node, and the topics and bans that it knows, perhaps in parts.</summary>
    State,

    /// <summary>What was said in a room before.</summary>
    Past,

    /// <summary>One node, or every one, is to tell its state and what was said before.</summary>
    Ask,

    /// <summary>A node is there, and this was its last number.</summary>
    Beat,

    /// <summary>A node ends.</summary>
    Bye,
}

/// <summary>A payload between nodes. Immutable.</summary>
internal sealed record NodePayload
{
    /// <summary>What it is about.</summary>
    public required NodePayloadKind Kind { get; init; }

    /// <summary>The sender.</summary>
    public required string Node { get; init; }

    /// <summary>Which life of the sender: a node of the same name that starts later has a greater one.</summary>
    public required long Epoch { get; init; }

    /// <summary>The number of this change; for what changes nothing, of the last change before it.</summary>
    public required long Sequence { get; init; }

    /// <summary>Which part of a state, from 0.</summary>
    public int Part { get; init; }

    /// <summary>How many parts the state has.</summary>
    public int Parts { get; init; } = 1;

    /// <summary>The members of a state, or the one that has changed.</summary>
    public IReadOnlyList<NodeMember> Members { get; init; } = Array.Empty<NodeMember>();

    /// <summary>The topics of a state, or the one that has changed.</summary>
    public IReadOnlyList<NodeTopic> Topics { get; init; } = Array.Empty<NodeTopic>();

    /// <summary>The bans of a state, or the one that was set or lifted.</summary>
    public IReadOnlyList<ChatBan> Bans { get; init; } = Array.Empty<ChatBan>();

    /// <summary>What was said, now or before.</summary>
    public IReadOnlyList<ChatMessage> Messages { get; init; } = Array.Empty<ChatMessage>();

    /// <summary>In a beat, what stands for all topics that the sender knows; other topics, other number.</summary>
    public long TopicMark { get; init; }

    /// <summary>The node asked; null for all.</summary>
    public string? To { get; init; }

    /// <summary>The number of the member concerned.</summary>
    public long Number { get; init; }

    /// <summary>A reason.</summary>
    public string Text { get; init; } = string.Empty;

    /// <summary>How long somebody who is removed does not get in again.</summary>
    public TimeSpan BanTime { get; init; }

    /// <summary>True for what is numbered.</summary>
    public bool IsChange => Kind <= NodePayloadKind.Ban;
}
