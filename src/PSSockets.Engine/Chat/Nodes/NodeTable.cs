using System;
using System.Collections.Generic;
using System.Linq;

namespace PSSockets.Engine.Chat.Nodes;

/// <summary>
/// What a node knows of all others, and what they must know of it. Pure: payloads, ticks and this node's own changes come in;
/// <see cref="Payloads"/> and <see cref="Effects"/> come out, and whoever calls takes them. Not thread-safe.
/// <para>
/// Each node owns its members. Its changes are numbered; who misses one asks for the whole state and needs no other repair. Nicks and
/// topics, which belong to all, are settled by rules by which each node comes to the same answer alone.
/// </para>
/// </summary>
internal sealed partial class NodeTable
{
    private readonly Dictionary<string, RemoteNode> _nodes = new(StringComparer.Ordinal);
    private readonly Dictionary<long, NodeMember> _local = [];
    private readonly Func<IEnumerable<ChatMessage>> _getPast;
    private readonly Func<IEnumerable<ChatBan>> _getBans;
    private readonly long _epoch;
    private long _sequence;
    private long _lastTick;
    private long _lastBeat;
    private long _lastAnswer;
    private bool _mustAnswer;

    /// <summary>Creates the table of a node that knows of no other.</summary>
    /// <param name="node">The name of this node, another for each.</param>
    /// <param name="epoch">Which life of it; greater than all before.</param>
    /// <param name="maxNickLength">The most characters of a nick that this node gives.</param>
    /// <param name="getPast">Gives what was said before, in all rooms.</param>
    /// <param name="getBans">Gives the bans, those that were lifted too.</param>
    /// <param name="now">The time in milliseconds.</param>
    public NodeTable(
        string node, long epoch, int maxNickLength, Func<IEnumerable<ChatMessage>> getPast, Func<IEnumerable<ChatBan>> getBans, long now)
    {
        Node = node;
        _epoch = epoch;
        _maxNickLength = maxNickLength;
        _getPast = getPast;
        _getBans = getBans;
        _lastTick = now;
        _lastBeat = now;
        _lastAnswer = now - NodeTiming.Answer;
    }

    /// <summary>The name of this node.</summary>
    public string Node { get; }

    /// <summary>What is to be published, in order.</summary>
    public List<NodePayload> Payloads { get; } = [];

    /// <summary>What is to be done here, in order.</summary>
    public List<NodeEffect> Effects { get; } = [];

    /// <summary>The other nodes that take part, in order of their names.</summary>
    public IReadOnlyList<string> Others => [.. _nodes.Values.Where(static node => node.IsHere).Select(static node => node.Name).Order(StringComparer.Ordinal)];

    /// <summary>A member of this node is new or has changed.</summary>
    public void SetLocal(NodeMember member)
    {
        NodeMember? before = _local.GetValueOrDefault(member.Number);
        SetClaim(before, member);
        _local[member.Number] = member;
        if (member.IsAnnounced)
        {
            Change(new NodePayload { Kind = NodePayloadKind.Member, Node = Node, Epoch = _epoch, Sequence = 0, Members = [member] });
        }

        Settle(string.Empty);
    }

    /// <summary>A member of this node has left.</summary>
    public void RemoveLocal(long number, string reason)
    {
        if (_local.Remove(number, out NodeMember? before))
        {
            SetClaim(before, null);
            if (before.IsAnnounced)
            {
                Change(new NodePayload { Kind = NodePayloadKind.Gone, Node = Node, Epoch = _epoch, Sequence = 0, Number = number, Text = reason });
            }

            Settle(string.Empty);
        }
    }

    /// <summary>Something was said on this node.</summary>
    public void Say(ChatMessage message)
        => Change(new NodePayload { Kind = NodePayloadKind.Say, Node = Node, Epoch = _epoch, Sequence = 0, Messages = [message] });

    /// <summary>A member of another node is to be removed there.</summary>
    public void Kick(string node, long number, string reason, TimeSpan banTime) => Change(new NodePayload
    {
        Kind = NodePayloadKind.Kick,
        Node = Node,
        Epoch = _epoch,
        Sequence = 0,
        To = node,
        Number = number,
        Text = reason,
        BanTime = banTime,
    });

    /// <summary>A ban was set or lifted on this node.</summary>
    public void Ban(ChatBan ban) => Change(new NodePayload { Kind = NodePayloadKind.Ban, Node = Node, Epoch = _epoch, Sequence = 0, Bans = [ban] });

    /// <summary>The backplane has just been reached: everybody tells everybody everything.</summary>
    public void Connect(long now)
    {
        Tell(NodePayloadKind.Ask);
        Answer(now);
    }

    /// <summary>This node ends.</summary>
    public void End() => Tell(NodePayloadKind.Bye);

    /// <summary>Time passes.</summary>
    public void Tick(long now)
    {
        long pause = now - _lastTick;
        _lastTick = now;
        if (pause > NodeTiming.Away)
        {
            // We ourselves were asleep, not the others.
            foreach (RemoteNode node in _nodes.Values)
            {
                node.LastHeard += pause;
            }
        }

        if (now - _lastBeat >= NodeTiming.Beat)
        {
            _lastBeat = now;
            Payloads.Add(new NodePayload { Kind = NodePayloadKind.Beat, Node = Node, Epoch = _epoch, Sequence = _sequence, TopicMark = _topicMark });
        }

        if (_mustAnswer && now - _lastAnswer >= NodeTiming.Answer)
        {
            Answer(now);
        }

        foreach (RemoteNode node in _nodes.Values.ToArray())
        {
            long silence = now - node.LastHeard;
            if (node.IsHere && silence >= NodeTiming.Away)
            {
                node.IsAway = true;
                ReplaceMembers(node, [], $"node {node.Name} is away");
            }
            else if (node.IsHere && !node.IsSynced && now - node.LastAsked >= NodeTiming.Ask)
            {
                AskFor(node, now);
            }
            else if (!node.IsHere && silence >= NodeTiming.Forget)
            {
                _nodes.Remove(node.Name);
            }
        }
    }

    private void Change(NodePayload payload) => Payloads.Add(payload with { Sequence = ++_sequence });

    private void Tell(NodePayloadKind kind, string? to = null)
        => Payloads.Add(new NodePayload { Kind = kind, Node = Node, Epoch = _epoch, Sequence = _sequence, To = to });

    private void AskFor(RemoteNode node, long now)
    {
        node.LastAsked = now;
        Tell(NodePayloadKind.Ask, node.Name);
    }

    /// <summary>Tells this node's whole state, and what it knows was said before, in pieces that any backplane can carry.</summary>
    private void Answer(long now)
    {
        _mustAnswer = false;
        _lastAnswer = now;
        Payloads.AddRange(NodePieces.OfState(
            Node, _epoch, _sequence, _local.Values.Where(static member => member.IsAnnounced), _topics.Values, _getBans()));
        Payloads.AddRange(NodePieces.OfPast(Node, _epoch, _sequence, _getPast()));
    }
}
