using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using PSSockets.Engine.Chat;
using PSSockets.Engine.Tests.Support;
using PSSockets.Engine.Transport;
using Xunit;

namespace PSSockets.Engine.Tests.Chat;

public sealed class ChatFanOutTests
{
    private static readonly ChatServerOptions s_fast = ChatPeer.Options with { Limits = new ChatLimits { RateLimit = 0 } };

    [Fact]
    public async Task All_see_all_messages_and_each_senders_in_order()
    {
        const int senders = 4;
        const int messages = 2000;
        using ChatServer server = ChatServer.Start(s_fast);
        ChatPeer[] peers = await Task.WhenAll(Enumerable.Range(0, 8).Select(
            i => i % 2 == 0 ? ChatPeer.JoinAsync(server, $"m{i}") : ChatPeer.HelloAsync(server, $"m{i}")));
        Task<int>[] readers = [.. peers.Select((peer, i) => Task.Run(() => ReadAllAsync(peer, i)))];
        await Task.WhenAll(Enumerable.Range(0, senders).Select(i => Task.Run(() => SayAllAsync(peers[i], i, messages))));
        int[] counts = await Task.WhenAll(readers).Within(TimeSpan.FromSeconds(60));
        Assert.All(counts.Take(senders), count => Assert.Equal((senders - 1) * messages, count));
        Assert.All(counts.Skip(senders), count => Assert.Equal(senders * messages, count));
        Array.ForEach(peers, peer => peer.Dispose());

        static async Task<int> ReadAllAsync(ChatPeer peer, int index)
        {
            Dictionary<string, int> last = [];
            int count = 0;
            while (count < (index < senders ? senders - 1 : senders) * messages)
            {
                string line = (string?)await peer.Connection.ReceiveAsync() ?? throw new InvalidOperationException("The stream ended.");
                int at = line.IndexOf("say-", StringComparison.Ordinal);
                if (at >= 0)
                {
                    string[] parts = line[at..].TrimEnd('"', '}').Split('-');
                    int number = int.Parse(parts[2], System.Globalization.CultureInfo.InvariantCulture);
                    Assert.Equal(last.GetValueOrDefault(parts[1], -1) + 1, number);
                    last[parts[1]] = number;
                    count++;
                }
            }

            return count;
        }

        static async Task SayAllAsync(ChatPeer peer, int index, int count)
        {
            for (int i = 0; i < count; i += 50)
            {
                int first = i;
                IEnumerable<string> lines = Enumerable.Range(first, 50).Select(
                    number => index % 2 == 0 ? $"say-{index}-{number}" : $"{{\"type\":\"say\",\"room\":\"lobby\",\"text\":\"say-{index}-{number}\"}}");
                await peer.SendAsync([.. lines]);
            }
        }
    }

    [Theory]
    [InlineData(SlowConsumerPolicy.Disconnect)]
    [InlineData(SlowConsumerPolicy.DropOldest)]
    [InlineData(SlowConsumerPolicy.DropNewest)]
    public async Task A_member_that_does_not_read_costs_bounded_memory_and_delays_nobody(SlowConsumerPolicy policy)
    {
        const int limit = 64 * 1024;
        const int messages = 10_000;
        using ChatServer server = ChatServer.Start(s_fast with { SlowConsumer = policy, MaxQueuedBytes = limit });
        using ChatPeer ann = await ChatPeer.JoinAsync(server, "ann");
        using ChatPeer bob = await ChatPeer.HelloAsync(server, "bob");
        using ChatPeer stalled = await ChatPeer.JoinAsync(server, "stalled");
        string text = new('x', 1000);

        // In steps, as one who reads must not fall behind either.
        for (int first = 0; first < messages && server.FindMember("stalled") is not null; first += 20)
        {
            await ann.SendAsync([.. Enumerable.Range(first, 20).Select(i => $"{text} #{i}.")]);
            await bob.ReadToAsync($"#{first + 19}.");
        }

        if (policy == SlowConsumerPolicy.Disconnect)
        {
            Assert.Null(server.FindMember("stalled"));
            Assert.Contains("-- You did not read fast enough, and too much waited for you.", await stalled.ReadToEndAsync());
        }
        else
        {
            Assert.True(server.FindMember("stalled")!.MessagesDropped > 0);
            await ann.SendAsync("the end");

            // It hears that it has missed something; with DropOldest it has the end, too.
            string[] lines = await stalled.ReadToAsync(policy == SlowConsumerPolicy.DropOldest ? "the end" : "!!");
            if (policy == SlowConsumerPolicy.DropNewest)
            {
                Assert.DoesNotContain(lines, line => line.Contains("the end", StringComparison.Ordinal));
            }

            Assert.Contains(lines, line => line.EndsWith("messages were dropped because you did not read fast enough.", StringComparison.Ordinal));
        }

        // What waits is the limit, what one write has in flight, and no more.
        Assert.All(server.Connections, connection => Assert.True(connection.QueuedBytes <= limit * 2));
    }

    [Fact]
    public async Task Who_joins_in_a_flood_sees_history_and_what_follows_without_gap_or_double()
    {
        using ChatServer server = ChatServer.Start(s_fast with { Limits = new ChatLimits { RateLimit = 0, HistoryCount = 100_000 } });
        using ChatPeer ann = await ChatPeer.JoinAsync(server, "ann");
        Task talking = Task.Run(async () =>
        {
            for (int i = 0; i < 4000; i++)
            {
                await ann.SendAsync($"n-{i}-");
            }
        });
        for (int round = 0; round < 5; round++)
        {
            using ChatPeer late = round % 2 == 0
                ? await ChatPeer.ConnectAsync(server)
                : await ChatPeer.HelloAsync(server, $"late{round}", ",\"history\":100000");

            // A person is shown no more than the latest thousand.
            int next = round % 2 == 0 ? -1 : 0;
            while (next < 800 * (round + 1) && (string?)await late.Connection.ReceiveAsync() is { } line)
            {
                int at = line.IndexOf("n-", StringComparison.Ordinal);
                if (at > 0 && line.Contains("ann", StringComparison.Ordinal) && line[at..].Split('-') is [_, string number, ..]
                    && int.TryParse(number, out int value))
                {
                    next = next < 0 ? value : next;
                    Assert.Equal(next++, value);
                }
            }
        }

        await talking.Within();
    }
}
