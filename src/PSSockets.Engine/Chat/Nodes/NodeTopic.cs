using System;

namespace PSSockets.Engine.Chat.Nodes;

/// <summary>What a room is about, and since when: of two topics every node keeps the same one, the later. Immutable.</summary>
/// <param name="Room">The room.</param>
/// <param name="Text">The topic; empty where there is none any more.</param>
/// <param name="By">Who has set it.</param>
/// <param name="Time">When.</param>
/// <param name="Node">The node on which it was set.</param>
internal sealed record NodeTopic(string Room, string Text, string By, DateTimeOffset Time, string Node)
{
    /// <summary>A number that is the same on every node, and another for nearly every other topic (FNV-1a).</summary>
    public long Mark
    {
        get
        {
            ulong hash = 14695981039346656037;
            foreach (char character in $"{Room}\n{Node}\n{Time.UtcTicks}\n{Text}")
            {
                hash = (hash ^ character) * 1099511628211;
            }

            return (long)hash;
        }
    }

    /// <summary>True where this one is kept and the other forgotten.</summary>
    public bool Replaces(NodeTopic other)
    {
        int order = Time.CompareTo(other.Time);
        order = order != 0 ? order : string.CompareOrdinal(Node, other.Node);
        return (order != 0 ? order : string.CompareOrdinal(Text, other.Text)) > 0;
    }
}
