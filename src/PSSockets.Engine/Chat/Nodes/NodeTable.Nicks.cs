using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace PSSockets.Engine.Chat.Nodes;

/// <content>
/// Who may have a nick. A nick that is taken on any known node is refused at once, so two members have the same one only where they took
/// it at the same moment or in a split. Then the older claim wins everywhere; the node of the other gives it a new nick, and meanwhile
/// nobody sees that one.
/// </content>
internal sealed partial class NodeTable
{
    private readonly Dictionary<string, List<NodeMember>> _claims = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<(string, long), NodeMember> _shown = [];
    private readonly Dictionary<string, (string, long)> _shownNicks = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _touchedNicks = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<(string, long)> _touchedMembers = [];
    private readonly int _maxNickLength;

    /// <summary>Every member of the other nodes that is seen here.</summary>
    public IReadOnlyCollection<NodeMember> Shown => _shown.Values;

    /// <summary>True where somebody, on any node, has that nick or is about to lose it.</summary>
    public bool IsTaken(string nick) => _claims.ContainsKey(nick);

    private void SetClaim(NodeMember? before, NodeMember? after)
    {
        if (before is not null)
        {
            List<NodeMember> claims = _claims[before.Nick];
            claims.RemoveAll(claim => claim.Key == before.Key);
            if (claims.Count == 0)
            {
                _claims.Remove(before.Nick);
            }

            _touchedNicks.Add(before.Nick);
            _touchedMembers.Add(before.Key);
        }

        if (after is not null)
        {
            if (!_claims.TryGetValue(after.Nick, out List<NodeMember>? claims))
            {
                _claims.Add(after.Nick, claims = []);
            }

            claims.Add(after);
            _touchedNicks.Add(after.Nick);
            _touchedMembers.Add(after.Key);
        }
    }

    private bool HasNick(NodeMember member) => _claims[member.Nick].TrueForAll(other => other.Key == member.Key || member.GoesBefore(other));

    /// <summary>Brings what is seen into line with the claims that have changed; nicks that become free are left before they are taken.</summary>
    private void Settle(string reason)
    {
        RenameLocalLosers();
        _touchedMembers.UnionWith(_touchedNicks.SelectMany(nick => _claims.GetValueOrDefault(nick) ?? []).Select(static claim => claim.Key));
        List<(NodeMember? Before, NodeMember? After)> changes = [];
        foreach ((string node, long number) key in _touchedMembers.Where(key => key.Item1 != Node))
        {
            NodeMember? before = _shown.GetValueOrDefault(key);
            NodeMember? after = _nodes[key.node].Members.GetValueOrDefault(key.number);
            after = after is not null && HasNick(after) ? after : null;
            if (!ReferenceEquals(before, after))
            {
                changes.Add((before, after));
            }
        }

        _touchedNicks.Clear();
        _touchedMembers.Clear();
        foreach ((NodeMember? before, NodeMember? after) in changes.Where(static change => change.After is null))
        {
            Show(before, after, reason);
        }

        changes.RemoveAll(static change => change.After is null);
        for (int i = 0; i < changes.Count; i++)
        {
            // Who takes the nick that another one gives up at the same time waits: the other leaves, and comes back under its new nick.
            if (_shownNicks.TryGetValue(changes[i].After!.Nick, out (string, long) holder) && holder != changes[i].After!.Key)
            {
                int other = changes.FindIndex(change => change.After!.Key == holder);
                Show(changes[other].Before, null, reason);
                changes[other] = (null, changes[other].After);
            }
        }

        foreach ((NodeMember? before, NodeMember? after) in changes.OrderBy(static change => change.Before is null))
        {
            Show(before, after, reason);
        }
    }

    private void Show(NodeMember? before, NodeMember? after, string reason)
    {
        if (before is not null)
        {
            _shown.Remove(before.Key);
            _shownNicks.Remove(before.Nick);
        }

        if (after is not null)
        {
            _shown.Add(after.Key, after);
            _shownNicks.Add(after.Nick, after.Key);
        }

        Effects.Add(new NodeEffect.MemberChanged(before, after, reason));
    }

    private void RenameLocalLosers()
    {
        foreach (NodeMember loser in _touchedNicks
            .SelectMany(nick => _claims.GetValueOrDefault(nick) ?? [])
            .Where(claim => claim.Node == Node && !HasNick(claim))
            .ToArray())
        {
            NodeMember renamed = loser with { Nick = FreeNick(loser.Nick) };
            SetClaim(loser, renamed);
            _local[loser.Number] = renamed;
            Effects.Add(new NodeEffect.LocalRenamed(loser.Number, renamed.Nick));
            if (renamed.IsAnnounced)
            {
                Change(new NodePayload { Kind = NodePayloadKind.Member, Node = Node, Epoch = _epoch, Sequence = 0, Members = [renamed] });
            }
        }
    }

    /// <summary>The nick with a number behind it that nobody has.</summary>
    private string FreeNick(string nick)
    {
        for (int number = 2; ; number++)
        {
            string end = string.Create(CultureInfo.InvariantCulture, $"-{number}");
            int length = Math.Min(nick.Length, _maxNickLength - end.Length);
            if (length > 0 && length < nick.Length && char.IsHighSurrogate(nick[length - 1]))
            {
                length--;
            }

            string free = nick[..length] + end;
            if (!_claims.ContainsKey(free))
            {
                return free;
            }
        }
    }
}
