using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.Errors;
using PSSockets.Engine.Framing;
using PSSockets.Engine.Tests.Support;
using PSSockets.Engine.Transport;
using Xunit;

namespace PSSockets.Engine.Tests.Transport;

public sealed class ReceiveTests
{
    private readonly FakeTransport _transport = new();

    [Fact]
    public async Task Every_way_to_read_goes_on_where_the_one_before_stopped()
    {
        using SocketConnection connection = Connect();
        _transport.Deliver("line 1\r\n12345a=ENDb>c"u8.ToArray(), "hunk"u8.ToArray());
        Assert.Equal("line 1", await connection.ReceiveAsync());
        Assert.Equal("123", await connection.ReceiveAsync(new ReadOptions { ByteCount = 3 }));
        Assert.Equal("45"u8.ToArray(), await connection.ReceiveAsync(new ReadOptions { ByteCount = 2, AsByteStream = true }));
        Assert.Equal("a", await connection.ReceiveAsync(new ReadOptions { Delimiter = "=END" }));
        Assert.Equal("b>", await connection.ReceiveAsync(new ReadOptions { Until = new(">") }));
        using (ConnectionReader reader = connection.OpenReader())
        {
            Assert.True(reader.TryReadChunk(100, out ReadOnlyMemory<byte> chunk));
            Assert.Equal("c"u8, chunk.Span);
            Assert.True(await reader.WaitAsync(Limit.Token()));
            Assert.True(reader.TryReadChunk(3, out chunk));
            Assert.Equal("hun"u8, chunk.Span);
            Assert.True(reader.TryReadChunk(3, out chunk));
            Assert.Equal("k"u8, chunk.Span);
            Assert.False(reader.TryReadChunk(3, out _));
        }

        _transport.Deliver("all "u8.ToArray(), "the\n"u8.ToArray(), "rest"u8.ToArray()).End();
        Assert.Equal("all the\nrest", await connection.ReceiveAsync(new ReadOptions { ToEnd = true }));
        Assert.Null(await connection.ReceiveAsync());
    }

    [Fact]
    public async Task A_cancelled_wait_loses_nothing()
    {
        using SocketConnection connection = Connect();
        _transport.Deliver("half a li"u8.ToArray());
        using (CancellationTokenSource cancel = new())
        using (ConnectionReader reader = connection.OpenReader())
        {
            Assert.True(await reader.WaitAsync(cancel.Token));
            Assert.False(reader.TryRead(out _));
            Task<bool> wait = reader.WaitAsync(cancel.Token).AsTask();
            await Limit.UntilAsync(() => _transport.HasWaitingRead, "the reader waits");
            await cancel.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait.Within());
        }

        Assert.Equal(9, connection.Buffer.Length);
        _transport.Deliver("ne\n"u8.ToArray());
        Assert.Equal("half a line", await connection.ReceiveAsync());
        Assert.Equal(ConnectionStatus.Open, connection.Status);
    }

    [Fact]
    public async Task While_it_waits_with_nothing_left_it_holds_no_buffer()
    {
        using SocketConnection connection = Connect();
        _transport.Deliver("one\n"u8.ToArray());
        using ConnectionReader reader = connection.OpenReader();
        Assert.Equal("one", await reader.NextAsync());
        Task<object?> next = reader.NextAsync();
        await Limit.UntilAsync(() => _transport.HasWaitingRead, "the reader waits");
        Assert.False(connection.Buffer.HoldsArray);
        _transport.Deliver("tw"u8.ToArray());
        await Limit.UntilAsync(() => _transport.HasWaitingRead && connection.BytesReceived == 6, "the reader waits again");
        Assert.True(connection.Buffer.HoldsArray);
        _transport.Deliver("o\n"u8.ToArray());
        Assert.Equal("two", await next.Within());
    }

    [Fact]
    public void A_second_reader_is_refused_until_the_first_has_gone()
    {
        using SocketConnection connection = Connect();
        ConnectionReader first = connection.OpenReader();
        SocketFailureException failure = Assert.Throws<SocketFailureException>(() => connection.OpenReader());
        Assert.Equal(SocketErrorId.ConnectionBusy, failure.ErrorId);
        Assert.Contains(connection.DisplayName, failure.Message, StringComparison.Ordinal);
        first.Dispose();
        using ConnectionReader second = connection.OpenReader();
        first.Dispose();
        Assert.Throws<SocketFailureException>(() => connection.OpenReader());
    }

    [Fact]
    public void Options_that_make_no_sense_are_refused_and_leave_the_connection_readable()
    {
        using SocketConnection connection = Connect();
        Assert.Throws<ArgumentOutOfRangeException>(() => connection.OpenReader(new ReadOptions { ByteCount = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => connection.OpenReader(new ReadOptions { ByteCount = -1 }));
        Assert.Throws<ArgumentException>(() => connection.OpenReader(new ReadOptions { Delimiter = string.Empty }));
        connection.OpenReader().Dispose();
    }

    [Fact]
    public async Task A_message_over_the_limit_closes_its_connection_with_the_reason()
    {
        using SocketConnection connection = Connect(FramingScheme.Line.WithMaxFrameLength(10));
        _transport.Deliver("ok\n0123456789012345\n"u8.ToArray());
        using ConnectionReader reader = connection.OpenReader();
        Assert.Equal("ok", await reader.NextAsync());
        SocketFailureException failure = await Assert.ThrowsAsync<SocketFailureException>(() => reader.NextAsync());
        Assert.Equal(SocketErrorId.FrameTooLarge, failure.ErrorId);
        Assert.Equal(connection.DisplayName, failure.Target);
        Assert.Equal(CloseReason.ProtocolError, await connection.WhenEnded().Within());
        Assert.Same(failure, connection.CloseError);
        Assert.True(_transport.IsAborted);
    }

    [Fact]
    public async Task A_delimiter_of_the_command_that_does_not_come_keeps_the_connection()
    {
        using SocketConnection connection = Connect(FramingScheme.Line.WithMaxFrameLength(10));
        _transport.Deliver("one\ntwo\nthree\nfour\n"u8.ToArray());
        SocketFailureException failure = await Assert.ThrowsAsync<SocketFailureException>(
            () => connection.ReceiveAsync(new ReadOptions { Delimiter = ">" }));
        Assert.Equal(SocketErrorId.FrameTooLarge, failure.ErrorId);
        Assert.Equal("one", await connection.ReceiveAsync());
    }

    [Theory]
    [InlineData("LengthPrefix:1", "\u0005abc")]
    [InlineData("OctetCounting", "5 abc")]
    [InlineData("Fixed:9", "abc")]
    public async Task A_stream_that_ends_inside_a_counted_message_says_so_and_keeps_its_bytes(string framing, string stream)
    {
        using SocketConnection connection = Connect(FramingScheme.Parse(framing));
        _transport.Deliver(Encoding.UTF8.GetBytes(stream)).End();
        SocketFailureException failure = await Assert.ThrowsAsync<SocketFailureException>(() => connection.ReceiveAsync());
        Assert.Equal(SocketErrorId.EndOfStream, failure.ErrorId);
        Assert.Equal(ConnectionStatus.EndedByPeer, connection.Status);
        Assert.Equal(stream, await connection.ReceiveAsync(new ReadOptions { ToEnd = true }));
    }

    [Fact]
    public async Task A_byte_count_past_the_end_of_the_stream_says_so_and_keeps_its_bytes()
    {
        using SocketConnection connection = Connect();
        _transport.Deliver("abc"u8.ToArray()).End();
        SocketFailureException failure = await Assert.ThrowsAsync<SocketFailureException>(
            () => connection.ReceiveAsync(new ReadOptions { ByteCount = 4 }));
        Assert.Equal(SocketErrorId.EndOfStream, failure.ErrorId);
        Assert.Equal("abc", await connection.ReceiveAsync());
        Assert.Null(await connection.ReceiveAsync());
    }

    [Fact]
    public async Task A_last_line_without_its_end_is_a_message()
    {
        using SocketConnection connection = Connect();
        _transport.Deliver("one\ntwo"u8.ToArray()).End();
        Assert.Equal(["one", "two"], await connection.ReceiveAllAsync());
        Assert.Equal(2, connection.MessagesReceived);
        Assert.Equal(7, connection.BytesReceived);
    }

    [Fact]
    public async Task A_reset_comes_after_what_had_arrived_and_stays_the_reason()
    {
        using SocketConnection connection = Connect();
        _transport.Deliver("one\n"u8.ToArray());
        _transport.Break(SocketError.ConnectionReset);
        using ConnectionReader reader = connection.OpenReader();
        Assert.Equal("one", await reader.NextAsync());
        SocketFailureException failure = await Assert.ThrowsAsync<SocketFailureException>(() => reader.NextAsync());
        Assert.Equal(SocketErrorId.ConnectionReset, failure.ErrorId);
        connection.Abort();
        Assert.Equal(CloseReason.ResetByPeer, connection.CloseReason);
        failure = await Assert.ThrowsAsync<SocketFailureException>(() => reader.NextAsync());
        Assert.Equal(SocketErrorId.ConnectionReset, failure.ErrorId);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_close_of_this_side_wakes_the_reader(bool abort)
    {
        SocketConnection connection = Connect();
        Task<object?> read = connection.ReceiveAsync();
        await Limit.UntilAsync(() => _transport.HasWaitingRead, "the reader waits");
        Action close = abort ? connection.Abort : connection.Dispose;
        close();
        SocketFailureException failure = await Assert.ThrowsAsync<SocketFailureException>(() => read.Within());
        Assert.Equal(SocketErrorId.ObjectClosed, failure.ErrorId);
        failure = Assert.Throws<SocketFailureException>(() => connection.OpenReader());
        Assert.Equal(SocketErrorId.ObjectClosed, failure.ErrorId);
    }

    [Fact]
    public async Task Large_messages_in_small_pieces_and_small_ones_in_large_pieces_all_arrive()
    {
        using SocketConnection connection = Connect();
        List<string> lines = [.. Enumerable.Range(0, 2000).Select(i => new string((char)('a' + (i % 26)), i % 50 == 0 ? 70_000 : i % 97))];
        byte[] stream = Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n")));
        Random random = new(7);
        for (int start = 0; start < stream.Length;)
        {
            int end = Math.Min(stream.Length, start + random.Next(1, 100_000));
            _transport.Deliver(stream[start..end]);
            start = end;
        }

        _transport.End();
        Assert.Equal(lines, await connection.ReceiveAllAsync());
    }

    private SocketConnection Connect(FramingScheme? framing = null) => new(_transport, new ConnectionOptions { Framing = framing ?? FramingScheme.Line });
}
