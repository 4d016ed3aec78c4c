using System.Collections.Generic;
using System.Linq;

namespace PSSockets.Engine.Chat.Nodes;

/// <content>What the other nodes tell.</content>
internal sealed partial class NodeTable
{
    private int _remoteCount;

    /// <summary>Takes in a payload; one's own are skipped.</summary>
    public void Receive(NodePayload payload, long now)
    {
        if (payload.Node == Node || FindNode(payload, now) is not { } node)
        {
            return;
        }

        node.LastHeard = now;
        if (node.IsAway)
        {
            // It is back, or we are: whatever was missed its state will tell.
            node.IsAway = false;
            node.IsSynced = false;
        }

        switch (payload.Kind)
        {
            case NodePayloadKind.State:
                TakeState(node, payload);
                break;
            case NodePayloadKind.Past:
                Effects.Add(new NodeEffect.PastTold(payload.Messages));
                break;
            case NodePayloadKind.Ask when payload.To is null || payload.To == Node:
                _mustAnswer = true;
                // Who asks all tells its own state right behind.
                node.LastAsked = payload.To is null ? now : node.LastAsked;
                break;
            case NodePayloadKind.Beat when payload.Sequence > node.Sequence:
                node.IsSynced = false;
                break;
            case NodePayloadKind.Beat when payload.TopicMark != _topicMark && now - node.LastCompared >= NodeTiming.Compare:
                // A topic of a node that has died may have reached only one of us.
                node.LastCompared = now;
                AskFor(node, now);
                break;
            case NodePayloadKind.Bye:
                node.HasEnded = true;
                ReplaceMembers(node, [], $"node {node.Name} has ended");
                return;
            case <= NodePayloadKind.Ban when payload.Sequence > node.Sequence:
                TakeChange(node, payload);
                break;
        }

        if (_mustAnswer && now - _lastAnswer >= NodeTiming.Answer)
        {
            Answer(now);
        }

        if (!node.IsSynced && now - node.LastAsked >= NodeTiming.Ask)
        {
            AskFor(node, now);
        }
    }

    /// <summary>The node of a payload; null for a life of it that is over.</summary>
    private RemoteNode? FindNode(NodePayload payload, long now)
    {
        if (!_nodes.TryGetValue(payload.Node, out RemoteNode? node))
        {
            if (payload.Kind == NodePayloadKind.Bye || _nodes.Count >= NodeLimits.Nodes)
            {
                return null;
            }

            _nodes.Add(payload.Node, node = new RemoteNode(payload.Node) { LastAsked = now - NodeTiming.Ask, LastCompared = now - NodeTiming.Compare });
        }

        if (payload.Epoch > node.Epoch)
        {
            ReplaceMembers(node, [], $"node {node.Name} has started anew");
            node.Restart(payload.Epoch, payload.IsChange ? payload.Sequence - 1 : payload.Sequence);
        }

        return payload.Epoch == node.Epoch && !node.HasEnded ? node : null;
    }

    private void TakeChange(RemoteNode node, NodePayload payload)
    {
        node.IsSynced &= payload.Sequence == node.Sequence + 1;
        node.Sequence = payload.Sequence;
        switch (payload.Kind)
        {
            // Where something was missed, its state is on the way and knows better.
            case NodePayloadKind.Member when node.IsSynced:
                foreach (NodeMember member in payload.Members)
                {
                    SetMember(node, member.Number, member);
                }

                Settle(string.Empty);
                break;
            case NodePayloadKind.Gone when node.IsSynced:
                SetMember(node, payload.Number, null);
                Settle(payload.Text);
                break;
            case NodePayloadKind.Topic:
                TakeTopics(payload.Topics);
                break;
            case NodePayloadKind.Say:
                Effects.AddRange(payload.Messages.Select(static message => new NodeEffect.Said(message)));
                break;
            case NodePayloadKind.Kick when payload.To == Node:
                Effects.Add(new NodeEffect.KickAsked(payload.Number, payload.Text, payload.BanTime));
                break;
            case NodePayloadKind.Ban:
                TakeBans(payload.Bans);
                break;
        }
    }

    private void TakeState(RemoteNode node, NodePayload part)
    {
        // An older state than what is known of it would take back what has happened since.
        if (part.Sequence < node.Sequence || node.Collect(part) is not { } parts)
        {
            return;
        }

        TakeTopics(parts.SelectMany(static piece => piece.Topics));
        TakeBans(parts.SelectMany(static piece => piece.Bans));
        Dictionary<long, NodeMember> members = [];
        foreach (NodeMember member in parts.SelectMany(static piece => piece.Members))
        {
            members[member.Number] = member;
        }

        node.Sequence = part.Sequence;
        node.IsSynced = true;
        ReplaceMembers(node, members, string.Empty);
    }

    private void TakeBans(IEnumerable<ChatBan> bans) => Effects.AddRange(bans.Select(static ban => new NodeEffect.BanTold(ban)));

    private void ReplaceMembers(RemoteNode node, Dictionary<long, NodeMember> members, string reason)
    {
        foreach (long number in node.Members.Keys.Except(members.Keys).ToArray())
        {
            SetMember(node, number, null);
        }

        foreach ((long number, NodeMember member) in members)
        {
            SetMember(node, number, member);
        }

        Settle(reason);
    }

    private void SetMember(RemoteNode node, long number, NodeMember? member)
    {
        NodeMember? before = node.Members.GetValueOrDefault(number);
        if (before is null && member is not null && _remoteCount >= NodeLimits.Members)
        {
            return;
        }

        SetClaim(before, member);
        _remoteCount += (member is null ? 0 : 1) - (before is null ? 0 : 1);
        if (member is null)
        {
            node.Members.Remove(number);
        }
        else
        {
            node.Members[number] = member;
        }
    }
}
