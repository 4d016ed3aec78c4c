using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using PSSockets.Engine.Chat;
using PSSockets.Engine.Chat.Nodes;
using Xunit;

namespace PSSockets.Engine.Tests.Chat.Nodes;

/// <summary>A node of a simulated chat: its table, and what a chat would make of the table's effects, checked at every step.</summary>
internal sealed class NodeModel
{
    private readonly Dictionary<string, (string, long)> _nicks = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string> _topics = [];
    private readonly HashSet<string> _heard = [];
    private readonly Dictionary<string, long> _lastHeard = [];
    private long _lastNumber;
    private long _lastMessage;

    public NodeModel(string name, long now)
    {
        Table = new NodeTable(name, now, maxNickLength: 8, () => Past, () => [], now);
    }

    public NodeTable Table { get; }

    public string Name => Table.Node;

    public Dictionary<long, NodeMember> Local { get; } = [];

    public Dictionary<(string, long), NodeMember> Remote { get; } = [];

    public List<ChatMessage> Past { get; } = [];

    public IEnumerable<NodeMember> Everybody => Local.Values.Concat(Remote.Values);

    public string? TopicOf(string room) => _topics.GetValueOrDefault(room);

    public void Join(string nick, DateTimeOffset now)
    {
        if (IsFree(nick))
        {
            Set(new NodeMember { Node = Name, Number = ++_lastNumber, Nick = nick, NickSince = now, ConnectedAt = now, Rooms = ["lobby"] });
        }
    }

    public void Rename(NodeMember member, string nick, DateTimeOffset now)
    {
        if (IsFree(nick))
        {
            Set(member with { Nick = nick, NickSince = now });
        }
    }

    public void Toggle(NodeMember member, string room)
        => Set(member with { Rooms = member.Rooms.Contains(room) ? [.. member.Rooms.Where(other => other != room)] : [.. member.Rooms, room] });

    public void Leave(long number)
    {
        Assert.True(Local.Remove(number, out NodeMember? member));
        _nicks.Remove(member.Nick);
        Table.RemoveLocal(number, "bye");
        TakeEffects();
    }

    public void SetTopic(string room, string text, DateTimeOffset now)
    {
        _topics[room] = text;
        Table.SetTopic(room, text, "ann", now);
    }

    public void Say(DateTimeOffset now)
    {
        ChatMessage message = new()
        {
            Id = $"{Name}-{++_lastMessage}",
            Time = now,
            Kind = ChatMessageKind.Message,
            Room = "lobby",
            From = "ann",
            Text = "hello",
        };
        Past.Add(message);
        Table.Say(message);
    }

    public void Receive(ReadOnlyMemory<byte> bytes, long now)
    {
        NodePayload? payload = NodeCodec.Read(bytes);
        Assert.NotNull(payload);
        Table.Receive(payload, now);
        TakeEffects();
    }

    public void Tick(long now)
    {
        Table.Tick(now);
        TakeEffects();
    }

    private bool IsFree(string nick) => !_nicks.ContainsKey(nick) && !Table.IsTaken(nick);

    private void Set(NodeMember member)
    {
        if (Local.TryGetValue(member.Number, out NodeMember? before))
        {
            _nicks.Remove(before.Nick);
        }

        Local[member.Number] = member;
        _nicks.Add(member.Nick, member.Key);
        Table.SetLocal(member);
        TakeEffects();
    }

    private void TakeEffects()
    {
        // What is done about an effect may lead to more.
        for (int i = 0; i < Table.Effects.Count; i++)
        {
            Take(Table.Effects[i]);
        }

        Table.Effects.Clear();
    }

    private void Take(NodeEffect effect)
    {
        switch (effect)
        {
            case NodeEffect.MemberChanged changed:
                if (changed.Before is { } before)
                {
                    Assert.Same(before, Remote[before.Key]);
                    Assert.True(Remote.Remove(before.Key));
                    Assert.True(_nicks.Remove(before.Nick));
                }

                if (changed.After is { } after)
                {
                    // Throws where two would have the same nick at any moment.
                    _nicks.Add(after.Nick, after.Key);
                    Remote.Add(after.Key, after);
                }

                break;
            case NodeEffect.LocalRenamed renamed:
                NodeMember member = Local[renamed.Number];
                _nicks.Remove(member.Nick);
                _nicks.Add(renamed.Nick, member.Key);
                Local[renamed.Number] = member with { Nick = renamed.Nick };
                break;
            case NodeEffect.TopicChanged topic:
                _topics[topic.Topic.Room] = topic.Topic.Text;
                break;
            case NodeEffect.Said said:
                string id = said.Message.Id;
                Assert.True(_heard.Add(id), "a message came twice");
                long number = long.Parse(id[(id.IndexOf('-') + 1)..], CultureInfo.InvariantCulture);
                string sender = id[..id.IndexOf('-')];
                Assert.True(number > _lastHeard.GetValueOrDefault(sender), "messages of one node came out of order");
                _lastHeard[sender] = number;
                break;
            case NodeEffect.KickAsked kick when Local.ContainsKey(kick.Number):
                Local.Remove(kick.Number, out NodeMember? kicked);
                _nicks.Remove(kicked!.Nick);
                Table.RemoveLocal(kick.Number, "kicked");
                break;
        }
    }
}
