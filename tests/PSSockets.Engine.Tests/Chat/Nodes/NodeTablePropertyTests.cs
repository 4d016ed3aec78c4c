using System;
using System.Collections.Generic;
using System.Linq;
using PSSockets.Engine.Chat.Nodes;
using Xunit;

namespace PSSockets.Engine.Tests.Chat.Nodes;

/// <summary>
/// Whatever members do, whatever is lost, late or doubled, and however nodes are cut off, start and die: at no moment has a nick two
/// owners on one node, no message comes twice or out of order, and when all is well again all nodes come to agree.
/// </summary>
public sealed class NodeTablePropertyTests
{
    private static readonly string[] s_nicks = ["ann", "bob", "cid", "dora", "ANN", "eve-long"];
    private static readonly string[] s_rooms = ["lobby", "ops", "dev"];

    [Theory]
    [InlineData(0, 0, 100)]
    [InlineData(0, 20, 100)]
    [InlineData(20, 0, 100)]
    [InlineData(30, 30, 100)]
    public void Nodes_agree_in_the_end(int lost, int doubled, int runs)
    {
        for (int seed = 0; seed < runs; seed++)
        {
            try
            {
                Run(new Random(seed), lost, doubled);
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                throw new InvalidOperationException($"Seed {seed}: {exception.Message}", exception);
            }
        }
    }

    private static void Run(Random random, int lost, int doubled)
    {
        NodeNetwork network = new(random) { Lost = lost, Doubled = doubled };
        for (int i = random.Next(2, 5); i > 0; i--)
        {
            network.Start();
        }

        for (int i = 0; i < 80; i++)
        {
            Act(random, network);
            network.Deliver(random.Next(6));
        }

        network.Rest();
        Check(network.Nodes);
    }

    private static void Act(Random random, NodeNetwork network)
    {
        NodeModel node = network.Nodes[random.Next(network.Nodes.Count)];
        NodeMember? member = node.Local.Values.OrderBy(_ => random.Next()).FirstOrDefault();
        string nick = s_nicks[random.Next(s_nicks.Length)];
        string room = s_rooms[random.Next(s_rooms.Length)];
        switch (random.Next(20))
        {
            case <= 3:
                node.Join(nick, network.Time);
                break;
            case <= 5 when member is not null:
                node.Rename(member, nick, network.Time);
                break;
            case <= 7 when member is not null:
                node.Toggle(member, room);
                break;
            case 8 when member is not null:
                node.Leave(member.Number);
                break;
            case 9 or 10:
                node.SetTopic(room, random.Next(4) == 0 ? "" : $"topic {random.Next(3)}", network.Time);
                break;
            case 11 or 12:
                node.Say(network.Time);
                break;
            case 13 when node.Remote.Count > 0:
                NodeMember victim = node.Remote.Values.First();
                node.Table.Kick(victim.Node, victim.Number, "enough", TimeSpan.Zero);
                break;
            case 14:
                network.Split();
                break;
            case 15:
                network.Heal();
                break;
            case 16 when network.Nodes.Count > 2:
                network.Kill(node);
                break;
            case 17 when network.Nodes.Count < 5:
                network.Start();
                break;
            case 18:
                network.Pass(random.Next(1000));
                break;
            case 19:
                network.Pass(random.Next(2 * NodeTiming.Away));
                break;
        }
    }

    private static void Check(List<NodeModel> nodes)
    {
        string[] names = [.. nodes.Select(static node => node.Name).Order(StringComparer.Ordinal)];
        string[] members = [.. nodes.SelectMany(static node => node.Local.Values).Select(Describe).Order(StringComparer.Ordinal)];
        Assert.Equal(members.Length, nodes.SelectMany(static node => node.Local.Values).Select(static member => member.Nick.ToUpperInvariant()).Distinct().Count());
        foreach (NodeModel node in nodes)
        {
            Assert.Equal(members, node.Everybody.Select(Describe).Order(StringComparer.Ordinal));
            Assert.Equal(names.Where(name => name != node.Name), node.Table.Others);
            foreach (string room in s_rooms)
            {
                Assert.Equal(nodes[0].Table.GetTopic(room), node.Table.GetTopic(room));
                Assert.Equal(node.Table.GetTopic(room), node.TopicOf(room) ?? string.Empty);
            }
        }
    }

    private static string Describe(NodeMember member) => $"{member.Nick} {member.Node}/{member.Number} {string.Join(',', member.Rooms)}";
}
