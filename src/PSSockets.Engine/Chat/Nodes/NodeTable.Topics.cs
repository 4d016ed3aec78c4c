using System;
using System.Collections.Generic;
using System.Linq;

namespace PSSockets.Engine.Chat.Nodes;

/// <content>What rooms are about: the latest topic wins. That a room has none any more is kept too, or an older one would come back.</content>
internal sealed partial class NodeTable
{
    /// <summary>How many rooms have their topics kept; of more, those without a topic and then the oldest go.</summary>
    private const int MaxTopics = 10_000;

    private readonly Dictionary<string, NodeTopic> _topics = new(StringComparer.OrdinalIgnoreCase);

    private long _topicMark;

    /// <summary>What a room is about; empty where there is nothing.</summary>
    public string GetTopic(string room) => _topics.GetValueOrDefault(room)?.Text ?? string.Empty;

    /// <summary>A room has another topic on this node; an empty one where the room has ended.</summary>
    public void SetTopic(string room, string text, string by, DateTimeOffset time)
    {
        NodeTopic? before = _topics.GetValueOrDefault(room);
        if (text.Length == 0 && before is null or { Text.Length: 0 })
        {
            return;
        }

        // Another node's clock may be ahead of ours.
        DateTimeOffset later = before is not null && before.Time >= time ? before.Time.AddTicks(1) : time;
        NodeTopic topic = new(room, text, by, later, Node);
        Keep(topic);
        Change(new NodePayload { Kind = NodePayloadKind.Topic, Node = Node, Epoch = _epoch, Sequence = 0, Topics = [topic] });
    }

    private void TakeTopics(IEnumerable<NodeTopic> topics)
    {
        foreach (NodeTopic topic in topics)
        {
            NodeTopic? before = _topics.GetValueOrDefault(topic.Room);
            if (before is null || topic.Replaces(before))
            {
                Keep(topic);
                if (topic.Text != (before?.Text ?? string.Empty))
                {
                    Effects.Add(new NodeEffect.TopicChanged(topic));
                }
            }
        }
    }

    private void Keep(NodeTopic topic)
    {
        Forget(topic.Room);
        _topics.Add(topic.Room, topic);
        _topicMark ^= topic.Mark;
        if (_topics.Count > MaxTopics)
        {
            Forget(_topics.Values.OrderBy(static kept => kept.Text.Length > 0).ThenBy(static kept => kept.Time).First().Room);
        }
    }

    private void Forget(string room)
    {
        if (_topics.Remove(room, out NodeTopic? topic))
        {
            _topicMark ^= topic.Mark;
        }
    }
}
