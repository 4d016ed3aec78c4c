using System;
using System.Collections.Generic;
using System.Linq;
using PSSockets.Engine.Chat.Nodes;

namespace PSSockets.Engine.Tests.Chat.Nodes;

/// <summary>
/// A simulated backplane with its own time: payloads of one sender arrive in order at each receiver, but late, and as told not at all or
/// twice; groups of nodes can be cut off from each other.
/// </summary>
internal sealed class NodeNetwork(Random random)
{
    private readonly List<(NodeModel To, ReadOnlyMemory<byte> Payload)> _late = [];
    private readonly Dictionary<(string From, string To), Queue<ReadOnlyMemory<byte>>> _links = [];
    private Dictionary<string, int> _sides = [];
    private int _started;

    public List<NodeModel> Nodes { get; } = [];

    public long Now { get; private set; } = 1_000_000;

    public DateTimeOffset Time => DateTimeOffset.UnixEpoch.AddMilliseconds(Now);

    /// <summary>Of 100 payloads, how many are lost.</summary>
    public int Lost { get; set; }

    /// <summary>Of 100 payloads, how many come a second time, at any time.</summary>
    public int Doubled { get; set; }

    public NodeModel Start()
    {
        NodeModel node = new($"n{++_started}", Now);
        Nodes.Add(node);
        node.Table.Connect(Now);
        return node;
    }

    /// <summary>The node ends without a word.</summary>
    public void Kill(NodeModel node) => Nodes.Remove(node);

    /// <summary>Puts each node on one of two sides that do not hear each other.</summary>
    public void Split() => _sides = Nodes.ToDictionary(static node => node.Name, _ => random.Next(2));

    public void Heal() => _sides = [];

    /// <summary>Takes what nodes have published onto its way.</summary>
    public void Collect()
    {
        foreach (NodeModel from in Nodes)
        {
            foreach (ReadOnlyMemory<byte> payload in from.Table.Payloads.Select(NodeCodec.Write))
            {
                foreach (NodeModel to in Nodes.Where(to => to != from && SideOf(to) == SideOf(from)))
                {
                    if (random.Next(100) < Lost)
                    {
                        continue;
                    }

                    if (!_links.TryGetValue((from.Name, to.Name), out Queue<ReadOnlyMemory<byte>>? link))
                    {
                        _links.Add((from.Name, to.Name), link = new());
                    }

                    link.Enqueue(payload);
                    if (random.Next(100) < Doubled)
                    {
                        _late.Add((to, payload));
                    }
                }
            }

            from.Table.Payloads.Clear();
        }
    }

    /// <summary>Lets some of what is on its way arrive, from and to whomever.</summary>
    public void Deliver(int count)
    {
        for (int i = 0; i < count; i++)
        {
            Collect();
            if (_late.Count > 0 && random.Next(4) == 0)
            {
                (NodeModel late, ReadOnlyMemory<byte> payload) = _late[random.Next(_late.Count)];
                _late.Remove((late, payload));
                late.Receive(payload, Now);
            }

            (string From, string To)[] busy = [.. _links.Where(static link => link.Value.Count > 0).Select(static link => link.Key)];
            if (busy.Length == 0)
            {
                return;
            }

            (string From, string To) way = busy[random.Next(busy.Length)];
            ReadOnlyMemory<byte> next = _links[way].Dequeue();
            Nodes.Find(node => node.Name == way.To)?.Receive(next, Now);
        }
    }

    public void Pass(int milliseconds)
    {
        for (int passed = 0; passed < milliseconds; passed += NodeTiming.Tick)
        {
            Now += NodeTiming.Tick;
            foreach (NodeModel node in Nodes)
            {
                node.Tick(Now);
            }

            Deliver(random.Next(40));
        }
    }

    /// <summary>All is well from now on, and time enough passes for everything to be told.</summary>
    public void Rest()
    {
        Heal();
        Lost = Doubled = 0;
        _late.Clear();
        for (int i = 0; i < 4; i++)
        {
            Deliver(int.MaxValue);
            for (int passed = 0; passed < NodeTiming.Away; passed += NodeTiming.Tick)
            {
                Now += NodeTiming.Tick;
                foreach (NodeModel node in Nodes)
                {
                    node.Tick(Now);
                }

                Deliver(int.MaxValue);
            }
        }
    }

    private int SideOf(NodeModel node) => _sides.GetValueOrDefault(node.Name);
}
