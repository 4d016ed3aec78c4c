using System;
using System.Collections.Generic;
using System.Linq;
using PSSockets.Engine.Chat.Nodes;

namespace PSSockets.Engine.Chat;

/// <content>
/// One chat over many nodes: what happens here is told to the table of nodes, and what has happened elsewhere is done here, as if those
/// members were here but for their connections.
/// </content>
internal sealed partial class ChatState
{
    private readonly Dictionary<(string Node, long Number), Participant> _remote = [];
    private readonly Dictionary<long, Participant> _local = [];
    private bool _isTakingEffects;

    /// <summary>What this node and the others know of each other; null where there are no others.</summary>
    public NodeTable? Nodes { get; private set; }

    /// <summary>Called with a member of this node whom another node has had removed, and why; its connection is to be closed.</summary>
    public Action<Participant, string>? RemovedFromAfar { get; set; }

    /// <summary>Begins to take part in a chat of many nodes; called before there are members.</summary>
    /// <param name="epoch">Which life of this node; greater than all before.</param>
    /// <param name="now">The time in milliseconds.</param>
    public NodeTable JoinNodes(long epoch, long now)
        => Nodes = new NodeTable(Node, epoch, _limits.MaxNickLength, () => _rooms.Values.SelectMany(static room => room.History), () => _bans.Values.Where(ban => ban.Until > Now), now);

    /// <summary>Does what other nodes' payloads, or the time that has passed, have led to.</summary>
    public void TakeNodeEffects()
    {
        if (Nodes is null || _isTakingEffects)
        {
            return;
        }

        _isTakingEffects = true;
        try
        {
            // What is done about an effect may lead to more.
            for (int i = 0; i < Nodes.Effects.Count; i++)
            {
                Take(Nodes.Effects[i]);
            }
        }
        finally
        {
            Nodes.Effects.Clear();
            _isTakingEffects = false;
        }
    }

    /// <summary>Tells everybody on this node something that concerns this node only.</summary>
    public void TellLocally(string from, string text)
        => Tell(Create(ChatMessageKind.Notice, null, from, null, text), [.. _local.Values.Where(static member => member.IsAnnounced)], null);

    /// <summary>Tells the other nodes of a member of this one as it is now.</summary>
    public void Share(Participant member)
    {
        if (Nodes is null || !member.IsLocal || member.IsGone)
        {
            return;
        }

        _local[member.Number] = member;
        Nodes.SetLocal(new NodeMember
        {
            Node = Node,
            Number = member.Number,
            Nick = member.Nick,
            NickSince = member.NickSince,
            ConnectedAt = member.ConnectedAt,
            IsOperator = member.IsOperator,
            IsAnnounced = member.IsAnnounced,
            Rooms = [.. member.Rooms.Select(static room => room.Name)],
        });
        TakeNodeEffects();
    }

    private void ShareLeave(Participant member, string text)
    {
        if (Nodes is not null && member.IsLocal && _local.Remove(member.Number))
        {
            Nodes.RemoveLocal(member.Number, text);
            TakeNodeEffects();
        }
    }

    private void Take(NodeEffect effect)
    {
        switch (effect)
        {
            case NodeEffect.MemberChanged { Before: null, After: { } after }:
                AddRemote(after);
                break;
            case NodeEffect.MemberChanged { Before: { } before, After: null } gone:
                if (_remote.Remove(before.Key, out Participant? left))
                {
                    Remove(left, gone.Reason);
                }

                break;
            case NodeEffect.MemberChanged { After: { } after } changed when _remote.TryGetValue(after.Key, out Participant? member):
                ChangeRemote(member, after, changed.Reason);
                break;
            case NodeEffect.LocalRenamed renamed when _local.TryGetValue(renamed.Number, out Participant? loser):
                TakeNick(loser, renamed.Nick, tellIt: true);
                break;
            case NodeEffect.TopicChanged { Topic: { } topic } when FindRoom(topic.Room) is { } room:
                room.Topic = topic.Text;
                Tell(Create(ChatMessageKind.Topic, room.Name, topic.By, null, topic.Text), room.Recipients, null);
                break;
            case NodeEffect.Said said:
                Hear(said.Message);
                break;
            case NodeEffect.KickAsked kick when _local.TryGetValue(kick.Number, out Participant? victim):
                Kick(null, victim.Nick, kick.Reason, kick.BanTime, out _);
                RemovedFromAfar?.Invoke(victim, kick.Reason);
                break;
            case NodeEffect.BanTold { Ban: { } ban }:
                Keep(ban);
                break;
            case NodeEffect.PastTold past:
                foreach (IGrouping<string?, ChatMessage> told in past.Messages.GroupBy(static message => message.Room, StringComparer.OrdinalIgnoreCase))
                {
                    if (told.Key is { } name)
                    {
                        FindRoom(name)?.Merge(told, _limits.HistoryCount);
                    }
                }

                break;
        }
    }

    private void AddRemote(NodeMember member)
    {
        Participant added = new()
        {
            Nick = member.Nick,
            NickSince = member.NickSince,
            Number = member.Number,
            Node = member.Node,
            IsLocal = false,
            IsAnnounced = true,
            IsOperator = member.IsOperator,
            ConnectedAt = member.ConnectedAt,
            LastActive = member.ConnectedAt,
        };
        _members.Add(member.Nick, added);
        _remote.Add(member.Key, added);
        ChangeRemote(added, member, string.Empty);
    }

    private void ChangeRemote(Participant member, NodeMember now, string reason)
    {
        member.IsOperator = now.IsOperator;
        member.NickSince = now.NickSince;
        if (member.Nick != now.Nick)
        {
            TakeNick(member, now.Nick, tellIt: false);
        }

        foreach (RoomState left in member.Rooms.Where(room => !now.Rooms.Contains(room.Name, StringComparer.OrdinalIgnoreCase)).ToArray())
        {
            LeaveRoom(member, left, reason);
        }

        foreach (string name in now.Rooms.Where(name => !member.Rooms.Exists(room => string.Equals(room.Name, name, StringComparison.OrdinalIgnoreCase))))
        {
            if (_rooms.Count < NodeLimits.Rooms || _rooms.ContainsKey(name))
            {
                EnterRoom(member, OpenRoom(name));
            }
        }
    }

    /// <summary>Gives a member a nick that is known to be free, and tells those around it; it itself only where it is not its own wish.</summary>
    private void TakeNick(Participant member, string nick, bool tellIt)
    {
        ChatMessage message = Create(ChatMessageKind.Nick, null, member.Nick, null, nick);
        _members.Remove(member.Nick);
        _members.Add(nick, member);
        member.Nick = nick;
        if (member.IsAnnounced)
        {
            Tell(message, GetNeighbours(member), member);
        }

        if (tellIt)
        {
            Tell(message, member.Self, null);
        }
    }

    /// <summary>Something was said on another node.</summary>
    private void Hear(ChatMessage message)
    {
        Participant? sender = FindMember(message.From);
        if (sender is not null)
        {
            sender.LastActive = Now;
        }

        if (message.Room is { } name)
        {
            if (FindRoom(name) is { } room)
            {
                room.Keep(message, _limits.HistoryCount);
                Effects.Add(new ChatEffect(message, room.Recipients, null, IsForHandler: sender is not null));
            }
        }
        else if (message.To is { } nick && FindMember(nick) is { IsLocal: true } recipient)
        {
            Tell(message, recipient.Self, null);
        }
    }
}
