using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.Tests.Support;
using PSSockets.Engine.Transport;
using Xunit;

namespace PSSockets.Engine.Tests.Transport;

/// <summary>A peer that does not read: its transport takes nothing.</summary>
public sealed class SlowConsumerTests
{
    private readonly FakeTransport _transport = new();

    [Fact]
    public async Task Disconnect_ends_the_connection_when_the_queue_is_full()
    {
        using SocketConnection connection = await BlockedAsync(SlowConsumerPolicy.Disconnect);
        int taken = 0;
        while (await OfferAsync(connection, taken))
        {
            Assert.True(++taken <= 100);
        }

        Assert.Equal(9, taken);
        Assert.Equal(CloseReason.SlowConsumer, await connection.WhenEnded().Within());
        Assert.True(_transport.IsAborted);
        Assert.False(await OfferAsync(connection, 0));
    }

    [Fact]
    public async Task DropNewest_keeps_the_old_and_counts_the_rest()
    {
        using SocketConnection connection = await BlockedAsync(SlowConsumerPolicy.DropNewest);
        bool[] taken = new bool[30];
        for (int i = 0; i < taken.Length; i++)
        {
            taken[i] = await OfferAsync(connection, i);
        }

        Assert.Equal(9, taken.Count(value => value));
        Assert.Equal(21, connection.MessagesDropped);
        Assert.Equal(string.Concat(Enumerable.Range(0, 9).Select(Line)), await ReleaseAsync(connection));
    }

    [Fact]
    public async Task DropOldest_keeps_the_new_and_counts_the_rest()
    {
        using SocketConnection connection = await BlockedAsync(SlowConsumerPolicy.DropOldest);
        for (int i = 0; i < 30; i++)
        {
            Assert.True(await OfferAsync(connection, i));
        }

        Assert.Equal(21, connection.MessagesDropped);
        Assert.InRange(connection.QueuedBytes, 1, 100);
        Assert.Equal(string.Concat(Enumerable.Range(21, 9).Select(Line)), await ReleaseAsync(connection));
    }

    [Fact]
    public async Task DropOldest_holds_no_more_memory_however_long_it_lasts()
    {
        using SocketConnection connection = await BlockedAsync(SlowConsumerPolicy.DropOldest);
        for (int i = 0; i < 200_000; i++)
        {
            Assert.True(await connection.OfferAsync("123456789"u8.ToArray(), omitTrailer: false, CancellationToken.None));
        }

        Assert.InRange(connection.SendQueueCapacity, 100, 4096);
    }

    [Fact]
    public async Task Who_flushes_while_all_is_dropped_does_not_wait_for_ever()
    {
        using SocketConnection connection = await BlockedAsync(SlowConsumerPolicy.DropOldest);
        Assert.True(await OfferAsync(connection, 1));
        Task flush = connection.FlushAsync();
        Assert.True(await connection.OfferAsync(new byte[500], omitTrailer: false, CancellationToken.None).Within());
        _transport.ReleaseWrites();
        await flush.Within();
        await connection.FlushAsync().Within();
        Assert.Equal(1, connection.MessagesDropped);
    }

    [Fact]
    public async Task Wait_holds_up_the_sender_and_loses_nothing()
    {
        using SocketConnection connection = await BlockedAsync(SlowConsumerPolicy.Wait);
        Task sender = Task.Run(async () =>
        {
            for (int i = 0; i < 30; i++)
            {
                Assert.True(await OfferAsync(connection, i));
            }
        });
        await Limit.UntilAsync(() => connection.QueuedBytes >= 90, "the queue is full");
        Assert.False(sender.IsCompleted);
        _transport.ReleaseWrites();
        await sender.Within();
        await connection.FlushAsync().Within();
        Assert.Equal(0, connection.MessagesDropped);
        Assert.Equal("blocked\n" + string.Concat(Enumerable.Range(0, 30).Select(Line)), Encoding.UTF8.GetString(_transport.Written));
    }

    [Fact]
    public async Task A_message_over_the_whole_limit_is_taken_where_nothing_waits()
    {
        using SocketConnection connection = new(_transport, new ConnectionOptions { MaxQueuedBytes = 100 });
        Assert.True(await connection.OfferAsync(new byte[1000], omitTrailer: false, CancellationToken.None).Within());
        Assert.Equal(1001, _transport.Written.Length);
    }

    private static string Line(int i) => $"line {i:0000}\n";

    private static Task<bool> OfferAsync(SocketConnection connection, int i)
        => connection.OfferAsync(Encoding.UTF8.GetBytes(Line(i).TrimEnd()), omitTrailer: false, CancellationToken.None).Within();

    /// <summary>A connection with room for ten lines, one of which is in a write that does not end.</summary>
    private async Task<SocketConnection> BlockedAsync(SlowConsumerPolicy policy)
    {
        SocketConnection connection = new(_transport, new ConnectionOptions { SlowConsumer = policy, MaxQueuedBytes = 100 });
        _transport.BlockWrites();
        _ = connection.SendAsync("blocked");
        await Limit.UntilAsync(() => _transport.WritesBegun == 1, "the write begins");
        return connection;
    }

    private async Task<string> ReleaseAsync(SocketConnection connection)
    {
        _transport.ReleaseWrites();
        await connection.FlushAsync().Within();
        return Encoding.UTF8.GetString(_transport.Written)["blocked\n".Length..];
    }
}
