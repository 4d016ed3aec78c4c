using System.Linq;
using System.Net.Sockets;
using System.Text;
using System.Threading.Tasks;
using PSSockets.Engine.Errors;
using PSSockets.Engine.Framing;
using PSSockets.Engine.Tests.Support;
using PSSockets.Engine.Transport;
using Xunit;

namespace PSSockets.Engine.Tests.Transport;

/// <summary>Posted texts, which are encoded only when they are written.</summary>
public sealed class PostTests
{
    private readonly FakeTransport _transport = new();

    [Fact]
    public async Task Texts_and_bytes_of_one_sender_keep_their_order()
    {
        using SocketConnection connection = await BlockedAsync(new ConnectionOptions());
        StringBuilder expected = new("blocked\n");
        for (int i = 0; i < 5000; i++)
        {
            Assert.True(i % 7 == 3
                ? connection.TryPost(Encoding.UTF8.GetBytes($"{i} bytes"), omitTrailer: i % 2 == 0)
                : connection.TryPost($"{i} text", omitTrailer: i % 11 == 5));
            expected.Append(i % 7 == 3 ? $"{i} bytes{(i % 2 == 0 ? "" : "\n")}" : $"{i} text{(i % 11 == 5 ? "" : "\n")}");
        }

        connection.Append("last");
        _transport.ReleaseWrites();
        await connection.FlushAsync().Within();
        Assert.Equal($"{expected}last\n", Encoding.UTF8.GetString(_transport.Written));
        Assert.Equal(5002, connection.MessagesSent);
        Assert.Equal(_transport.Written.Length, connection.BytesSent);
        Assert.Equal(0, connection.SendQueueCapacity);
    }

    [Fact]
    public async Task Texts_of_many_senders_arrive_whole_and_in_each_ones_order()
    {
        using SocketConnection connection = new(_transport, new ConnectionOptions { MaxQueuedBytes = 10_000 });
        await Task.WhenAll(Enumerable.Range(0, 4).Select(sender => Task.Run(async () =>
        {
            for (int i = 0; i < 5000; i++)
            {
                await connection.PostAsync($"{sender}:{i}", omitTrailer: false, Limit.Token());
            }
        }))).Within();
        await connection.FlushAsync().Within();
        ILookup<char, string> lines = Encoding.UTF8.GetString(_transport.Written).Split('\n')[..^1].ToLookup(line => line[0]);
        foreach (int sender in Enumerable.Range(0, 4))
        {
            Assert.Equal(Enumerable.Range(0, 5000).Select(i => $"{sender}:{i}"), lines[(char)('0' + sender)]);
        }
    }

    [Fact]
    public async Task The_bytes_that_wait_are_counted_as_they_will_be_sent()
    {
        using SocketConnection connection = await BlockedAsync(new ConnectionOptions { MaxQueuedBytes = 100 });
        Assert.True(connection.TryPost("äöü", omitTrailer: false));
        Assert.Equal("blocked\näöü\n".Length + 3, connection.QueuedBytes);
        int taken = 1;
        while (connection.TryPost("äöü", omitTrailer: false))
        {
            taken++;
        }

        Assert.InRange(taken, 100 / 8, 100 / 4);
        _transport.ReleaseWrites();
        await connection.FlushAsync().Within();
        Assert.Equal(8 + (7 * taken), _transport.Written.Length);
    }

    [Fact]
    public async Task Texts_that_wait_are_dropped_when_the_connection_ends()
    {
        using SocketConnection connection = await BlockedAsync(new ConnectionOptions());
        Assert.True(connection.TryPost("never", omitTrailer: false));
        Task flush = connection.FlushAsync();
        _transport.FailWrites(SocketError.ConnectionReset);
        SocketFailureException failure = await Assert.ThrowsAsync<SocketFailureException>(() => flush.Within());
        Assert.Equal(SocketErrorId.ConnectionReset, failure.ErrorId);
        Assert.Equal(0, connection.QueuedBytes);
        Assert.Throws<SocketFailureException>(() => connection.TryPost("later", omitTrailer: false));
    }

    [Fact]
    public async Task What_can_be_wrong_about_a_text_is_said_at_once()
    {
        using SocketConnection counted = await BlockedAsync(new ConnectionOptions { Framing = FramingScheme.Fixed(7) });
        Assert.Throws<SocketFailureException>(() => counted.TryPost("eight888", omitTrailer: false));
        using SocketConnection strict = await BlockedAsync(new ConnectionOptions { Encoding = new UTF8Encoding(false, throwOnInvalidBytes: true) });
        Assert.Throws<EncoderFallbackException>(() => strict.TryPost("\uD800", omitTrailer: false));
    }

    [Fact]
    public async Task Nothing_is_taken_behind_the_end_of_the_writes_and_what_was_posted_before_leaves()
    {
        using SocketConnection connection = await BlockedAsync(new ConnectionOptions());
        Assert.True(connection.TryPost("before", omitTrailer: false));
        Task complete = connection.CompleteWritesAsync(Limit.Token()).AsTask();
        Assert.Throws<SocketFailureException>(() => connection.TryPost("behind", omitTrailer: false));
        _transport.ReleaseWrites();
        await complete.Within();
        Assert.Equal("blocked\nbefore\n"u8, _transport.Written);
    }

    /// <summary>A connection whose first write does not end.</summary>
    private async Task<SocketConnection> BlockedAsync(ConnectionOptions options)
    {
        SocketConnection connection = new(_transport, options);
        _transport.BlockWrites();
        _ = connection.SendAsync("blocked");
        await Limit.UntilAsync(() => _transport.WritesBegun > 0, "the write begins");
        return connection;
    }
}
