using System;
using System.Collections.Generic;
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

public sealed class ReadAheadTests
{
    private const int LineCount = 20_000;
    private static readonly ReadOptions s_ahead = new() { ReadAhead = true };
    private readonly FakeTransport _transport = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task All_messages_come_once_and_in_order(bool asByteStream)
    {
        using SocketConnection connection = Connect();
        Deliver(LineCount);
        _transport.Deliver("the last has no mark"u8.ToArray()).End();
        List<object> messages = await connection.ReceiveAllAsync(s_ahead with { AsByteStream = asByteStream });
        Assert.Equal(
            [.. Enumerable.Range(0, LineCount).Select(Line), "the last has no mark"],
            messages.Select(message => message as string ?? Encoding.UTF8.GetString((byte[])message)));
        Assert.Equal(LineCount + 1, connection.MessagesReceived);
    }

    [Fact]
    public async Task What_was_not_taken_is_there_for_every_other_way_to_read()
    {
        using SocketConnection connection = Connect();
        Deliver(LineCount);
        _transport.End();
        int next = 0;
        foreach (int count in new[] { 1, 700, 1024, 1025, 1500, 2, 3000 })
        {
            using (ConnectionReader reader = connection.OpenReader(s_ahead))
            {
                for (int i = 0; i < count; i++)
                {
                    Assert.Equal(Line(next++), await reader.NextAsync());
                }
            }

            Assert.Equal(next, connection.MessagesReceived);
            byte[] bytes = Encoding.UTF8.GetBytes(Line(next++) + "\n");
            Assert.Equal(bytes, await connection.ReceiveAsync(new ReadOptions { ByteCount = bytes.Length, AsByteStream = true }));
        }

        Assert.Equal(LineCount - next, (await connection.ReceiveAllAsync(s_ahead)).Count);
    }

    [Fact]
    public async Task A_chunk_begins_behind_the_last_message_taken()
    {
        using SocketConnection connection = Connect();
        Deliver(LineCount);
        using ConnectionReader reader = connection.OpenReader(s_ahead);
        for (int i = 0; i < 1500; i++)
        {
            Assert.Equal(Line(i), await reader.NextAsync());
        }

        Assert.True(reader.TryReadChunk(Line(1500).Length, out ReadOnlyMemory<byte> chunk));
        Assert.StartsWith("1500 ", Encoding.UTF8.GetString(chunk.Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_over_the_limit_is_an_error_behind_those_before_it()
    {
        using SocketConnection connection = Connect(new ConnectionOptions { Framing = FramingScheme.Line.WithMaxFrameLength(300) });
        Deliver(5000);
        _transport.Deliver(new byte[100_000]);
        Assert.Equal(SocketErrorId.FrameTooLarge, await ReadToErrorAsync(connection, 5000));
        Assert.Equal(CloseReason.ProtocolError, connection.CloseReason);
    }

    [Fact]
    public async Task What_is_no_text_is_an_error_in_its_place_and_stays_readable()
    {
        using SocketConnection connection = Connect(new ConnectionOptions { Encoding = new UTF8Encoding(false, throwOnInvalidBytes: true) });
        Deliver(5000);
        _transport.Deliver([0xFF, (byte)'\n']);
        Deliver(5000);
        Assert.Equal(SocketErrorId.InvalidFrame, await ReadToErrorAsync(connection, 5000));
        Assert.Equal(new byte[] { 0xFF }, await connection.ReceiveAsync(new ReadOptions { AsByteStream = true }));
        Assert.Equal(Line(0), await connection.ReceiveAsync());
    }

    [Fact]
    public async Task A_reset_comes_behind_what_was_sent_before()
    {
        using SocketConnection connection = Connect();
        Deliver(5000);
        _transport.Break(SocketError.ConnectionReset);
        Assert.Equal(SocketErrorId.ConnectionReset, await ReadToErrorAsync(connection, 5000));
    }

    private static async Task<SocketErrorId> ReadToErrorAsync(SocketConnection connection, int count)
    {
        using ConnectionReader reader = connection.OpenReader(s_ahead);
        for (int i = 0; i < count; i++)
        {
            Assert.Equal(Line(i), await reader.NextAsync());
        }

        return (await Assert.ThrowsAsync<SocketFailureException>(() => reader.NextAsync().Within())).ErrorId;
    }

    /// <summary>Of different lengths, some with characters of several bytes.</summary>
    private static string Line(int i) => $"{i} {new string(i % 3 == 0 ? 'ä' : 'a', i * 7 % 130)}";

    /// <summary>In pieces that end anywhere.</summary>
    private void Deliver(int count)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, count).Select(i => Line(i) + "\n")));
        _transport.Deliver([.. bytes.Chunk(99_991)]);
    }

    private SocketConnection Connect(ConnectionOptions? options = null) => new(_transport, options ?? new ConnectionOptions());
}
