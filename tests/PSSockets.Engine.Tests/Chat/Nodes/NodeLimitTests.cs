using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Threading.Tasks;
using PSSockets.Engine.Chat;
using PSSockets.Engine.Chat.Nodes;
using PSSockets.Engine.Tests.Support;
using Xunit;

namespace PSSockets.Engine.Tests.Chat.Nodes;

/// <summary>How much a node takes from others.</summary>
public sealed class NodeLimitTests
{
    private static readonly DateTimeOffset s_time = new(2026, 11, 22, 14, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(NodeLimits.Name, 10, true)]
    [InlineData(NodeLimits.Name + 1, 10, false)]
    [InlineData(10, NodeLimits.Text, true)]
    [InlineData(10, NodeLimits.Text + 1, false)]
    public void Names_and_texts_that_are_too_long_are_skipped(int name, int text, bool isTaken)
    {
        ChatMessage message = new()
        {
            Id = "b-1",
            Time = s_time,
            Kind = ChatMessageKind.Message,
            Room = "lobby",
            From = new string('a', name),
            Text = new string('x', text),
        };
        NodePayload payload = new() { Kind = NodePayloadKind.Say, Node = "b", Epoch = 1, Sequence = 1, Messages = [message] };
        Assert.Equal(isTaken, NodeCodec.Read(NodeCodec.Write(payload)) is not null);
    }

    [Fact]
    public void A_member_is_in_no_more_rooms_than_the_limit()
    {
        NodeMember member = Member(1) with { Rooms = [.. Enumerable.Range(0, NodeLimits.RoomsOfMember + 1).Select(room => $"r{room}")] };
        NodePayload payload = new() { Kind = NodePayloadKind.Member, Node = "b", Epoch = 1, Sequence = 1, Members = [member] };
        Assert.Equal(NodeLimits.RoomsOfMember, NodeCodec.Read(NodeCodec.Write(payload))!.Members[0].Rooms.Count);
    }

    [Fact]
    public void There_are_no_more_members_of_others_than_the_limit_and_room_for_new_ones_when_some_leave()
    {
        NodeTable table = new("a", 1, 32, static () => [], static () => [], 0);
        table.Receive(State(1, 0, 1, [.. Enumerable.Range(1, NodeLimits.Members + 10).Select(Member)]), 0);
        Assert.Equal(NodeLimits.Members, table.Shown.Count);
        table.Receive(new NodePayload { Kind = NodePayloadKind.Gone, Node = "b", Epoch = 1, Sequence = 2, Number = 1 }, 0);
        table.Receive(new NodePayload { Kind = NodePayloadKind.Gone, Node = "b", Epoch = 1, Sequence = 3, Number = NodeLimits.Members + 5 }, 0);
        Assert.Equal(NodeLimits.Members - 1, table.Shown.Count);
        table.Receive(new NodePayload { Kind = NodePayloadKind.Member, Node = "b", Epoch = 1, Sequence = 4, Members = [Member(1_000_000)] }, 0);
        table.Receive(new NodePayload { Kind = NodePayloadKind.Member, Node = "b", Epoch = 1, Sequence = 5, Members = [Member(1_000_001)] }, 0);
        Assert.Equal(NodeLimits.Members, table.Shown.Count);
        Assert.True(table.IsTaken("m1000000"));
        Assert.False(table.IsTaken("m1000001"));
    }

    [Fact]
    public void A_state_of_too_many_parts_is_never_put_together()
    {
        RemoteNode node = new("b");
        NodePayload[] parts = [.. Enumerable.Range(0, NodeLimits.Parts + 1).Select(part => State(1, part, NodeLimits.Parts + 1, []))];
        Assert.All(parts, part => Assert.Null(node.Collect(part)));
        parts = [.. parts.Take(NodeLimits.Parts).Select(static part => part with { Parts = NodeLimits.Parts })];
        Assert.Single(parts, part => node.Collect(part) is not null);
    }

    [Fact]
    public void Others_open_no_more_rooms_than_the_limit()
    {
        ChatState state = new("a", new ChatLimits(), ["lobby"], [], TimeProvider.System);
        NodeTable table = state.JoinNodes(1, 0);
        NodeMember[] members = [.. Enumerable.Range(1, 20).Select(number => Member(number) with
        {
            Rooms = [.. Enumerable.Range(0, NodeLimits.RoomsOfMember).Select(room => $"r{number}-{room}"), "lobby"],
        })];
        table.Receive(State(1, 0, 1, members), 0);
        state.TakeNodeEffects();
        Assert.Equal(NodeLimits.Rooms, state.Rooms.Count);
        Assert.Equal(20, state.FirstRoom.Members.Count);
        table.Receive(State(2, 0, 1, []), 0);
        state.TakeNodeEffects();
        Assert.Single(state.Rooms);
    }

    [Fact]
    public async Task A_payload_that_is_too_large_is_skipped_and_the_next_one_taken()
    {
        MemoryBackplane.Hub hub = new();
        await using MemoryBackplane other = new(hub);
        await other.StartAsync("chat", static _ => { }, Limit.Token());
        using ChatServer server = await ChatServer.StartAsync(ChatPeer.Options with { Backplane = new MemoryBackplane(hub) }, Limit.Token());
        byte[] beat = NodeCodec.Write(new NodePayload { Kind = NodePayloadKind.Beat, Node = "large", Epoch = 1, Sequence = 0 }).ToArray();
        byte[] large = [.. beat, .. Encoding.ASCII.GetBytes(new string(' ', NodeLimits.Payload))];
        await other.PublishAsync(large, Limit.Token());
        await other.PublishAsync(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(beat).Replace("large", "small", StringComparison.Ordinal)), Limit.Token());
        await Limit.UntilAsync(() => server.Nodes.Count > 1, "the other node is known");
        Assert.Equal("small", server.Nodes[1]);
        await server.StopAsync(TimeSpan.FromSeconds(1)).Within();
    }

    private static NodeMember Member(int number)
        => new() { Node = "b", Number = number, Nick = $"m{number}", NickSince = s_time, ConnectedAt = s_time };

    private static NodePayload State(long sequence, int part, int parts, IReadOnlyList<NodeMember> members)
        => new() { Kind = NodePayloadKind.State, Node = "b", Epoch = 1, Sequence = sequence, Part = part, Parts = parts, Members = members };
}
