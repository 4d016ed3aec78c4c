using System.Collections.Generic;

namespace PSSockets.Engine.Chat.Nodes;

/// <summary>What a node knows of another one.</summary>
internal sealed class RemoteNode(string name)
{
    private readonly List<NodePayload> _parts = [];

    /// <summary>Its name.</summary>
    public string Name { get; } = name;

    /// <summary>Which life of it is known.</summary>
    public long Epoch { get; private set; } = long.MinValue;

    /// <summary>The number of its last change that was heard of.</summary>
    public long Sequence { get; set; }

    /// <summary>True while its members are known exactly: nothing has been missed since its last state.</summary>
    public bool IsSynced { get; set; }

    /// <summary>True where nothing has been heard of it for too long; what it was is remembered, its members have left.</summary>
    public bool IsAway { get; set; }

    /// <summary>True where it has said that it ends.</summary>
    public bool HasEnded { get; set; }

    /// <summary>When something was heard of it, in milliseconds.</summary>
    public long LastHeard { get; set; }

    /// <summary>When it was last asked for its state, in milliseconds.</summary>
    public long LastAsked { get; set; }

    /// <summary>When it was last asked because it knows other topics, in milliseconds.</summary>
    public long LastCompared { get; set; }

    /// <summary>Its members by number.</summary>
    public Dictionary<long, NodeMember> Members { get; } = [];

    /// <summary>True while it takes part in the chat.</summary>
    public bool IsHere => !IsAway && !HasEnded;

    /// <summary>Begins another life of it, of which nothing is known yet.</summary>
    public void Restart(long epoch, long sequence)
    {
        Epoch = epoch;
        Sequence = sequence;
        IsSynced = IsAway = HasEnded = false;
        _parts.Clear();
    }

    /// <summary>Puts the parts of a state together.</summary>
    /// <returns>All parts, with the last of them; else null.</returns>
    public IReadOnlyList<NodePayload>? Collect(NodePayload part)
    {
        if (part.Part == 0)
        {
            _parts.Clear();
        }

        if (part.Parts > NodeLimits.Parts || part.Part != _parts.Count || (_parts.Count > 0 && (_parts[0].Sequence != part.Sequence || _parts[0].Parts != part.Parts)))
        {
            // One was lost, or two states are mixed: the next one will do.
            _parts.Clear();
            return null;
        }

        _parts.Add(part);
        if (_parts.Count < part.Parts)
        {
            return null;
        }

        NodePayload[] all = [.. _parts];
        _parts.Clear();
        return all;
    }
}
