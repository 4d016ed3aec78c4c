using System;
using System.Linq;
using System.Threading.Tasks;
using PSSockets.Engine.Chat;
using PSSockets.Engine.Tests.Support;
using Xunit;

namespace PSSockets.Engine.Tests.Chat;

/// <summary>A long past, asked for often.</summary>
public sealed class ChatHistoryTests
{
    private static readonly ChatServerOptions s_options = ChatPeer.Options with { Limits = new ChatLimits { RateLimit = 0, HistoryCount = 20_000 } };

    [Fact]
    public async Task Who_enters_is_shown_the_latest_thousand_and_a_program_gets_more()
    {
        using ChatServer server = ChatServer.Start(s_options);
        await server.SendAsync(string.Join('\n', Enumerable.Range(1, 12_000)), null, null, ChatMessageKind.Message);
        using ChatPeer ann = await ChatPeer.ConnectAsync(server);
        Assert.Contains("test: 11001", await ann.LineAsync(" test: "), StringComparison.Ordinal);
        Assert.Equal(1000, 1 + (await ann.ReadToAsync(" test: 12000")).Length);
        await ann.SendAsync("/history 5000");
        Assert.Contains("test: 7001", await ann.LineAsync(" test: "), StringComparison.Ordinal);
        using ChatPeer bob = await ChatPeer.HelloAsync(server, "bob", ",\"history\":100000");
        Assert.Contains("\"text\":\"2001\",\"replayed\":true", await bob.LineAsync("message"), StringComparison.Ordinal);
        Assert.Equal(ChatState.MaxReplayed, 1 + (await bob.ReadToAsync("\"12000\"")).Length);
    }

    [Fact]
    public async Task Who_enters_many_rooms_gets_an_equal_share_of_each()
    {
        using ChatServer server = ChatServer.Start(s_options with { Rooms = ["a", "b", "c", "d"] });
        foreach (string room in new[] { "a", "b", "c", "d" })
        {
            await server.SendAsync(string.Join('\n', Enumerable.Range(1, 3000)), room, null, ChatMessageKind.Message);
        }

        using ChatPeer ann = await ChatPeer.HelloAsync(server, "ann", ",\"rooms\":[\"a\",\"b\",\"c\",\"d\"],\"history\":10000");
        await ann.SendAsync("{\"type\":\"ping\",\"ref\":1}");
        string[] lines = await ann.ReadToAsync("\"ok\"");
        Assert.Equal(10_000, lines.Length - 1);
        Assert.Equal(2500, lines.Count(line => line.Contains("\"room\":\"c\"", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Asking_for_it_often_without_reading_keeps_little_waiting_and_all_of_it_comes_later()
    {
        const int times = 128;
        const int messages = 500;
        using ChatServer server = ChatServer.Start(s_options);
        await server.SendAsync(string.Join('\n', Enumerable.Repeat(new string('x', 1000), messages)), null, null, ChatMessageKind.Message);
        using ChatPeer ann = await ChatPeer.JoinAsync(server, "ann");
        using ChatPeer greedy = await ChatPeer.HelloAsync(server, "greedy");
        ChatOutbox outbox = ((ChatConnection)server.Chat.FindMember("greedy")!.Session!).Outbox;
        await greedy.SendAsync([.. Enumerable.Repeat("{\"type\":\"history\",\"room\":\"lobby\",\"count\":500,\"ref\":7}", times)]);
        await Limit.UntilAsync(() => outbox.IsFull, "the client is full");
        await ann.SendAsync("/who");
        await ann.ReadToAsync("in lobby");

        // The limit, a megabyte, and the answer that goes beyond it; all together are 64.
        Assert.InRange(outbox.QueuedBytes, 1024 * 1024, 2 * 1024 * 1024);
        for (int i = 0; i < times; i++)
        {
            Assert.Equal(messages, (await greedy.ReadToAsync("\"ref\":7")).Count(line => line.Contains("xxx", StringComparison.Ordinal)));
        }
    }
}
