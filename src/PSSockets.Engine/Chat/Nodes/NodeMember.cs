using System;
using System.Collections.Generic;

namespace PSSockets.Engine.Chat.Nodes;

/// <summary>A member as nodes tell each other of it. Immutable.</summary>
internal sealed record NodeMember
{
    /// <summary>The node that it is connected to.</summary>
    public required string Node { get; init; }

    /// <summary>Its number on that node, whatever its nick.</summary>
    public required long Number { get; init; }

    /// <summary>Its nick.</summary>
    public required string Nick { get; init; }

    /// <summary>When it took the nick: where two have taken the same one in a split, the older claim wins.</summary>
    public required DateTimeOffset NickSince { get; init; }

    /// <summary>When it connected.</summary>
    public required DateTimeOffset ConnectedAt { get; init; }

    /// <summary>True where it may remove others.</summary>
    public bool IsOperator { get; init; }

    /// <summary>False for one that has connected but has not said yet who it is; never told to others.</summary>
    public bool IsAnnounced { get; init; } = true;

    /// <summary>The rooms that it is in.</summary>
    public IReadOnlyList<string> Rooms { get; init; } = Array.Empty<string>();

    /// <summary>What it is known by, whatever its nick.</summary>
    public (string Node, long Number) Key => (Node, Number);

    /// <summary>True where its claim to a nick goes before another's: every node comes to the same answer.</summary>
    public bool GoesBefore(NodeMember other)
    {
        int order = NickSince.CompareTo(other.NickSince);
        order = order != 0 ? order : string.CompareOrdinal(Node, other.Node);
        return order != 0 ? order < 0 : Number < other.Number;
    }
}
