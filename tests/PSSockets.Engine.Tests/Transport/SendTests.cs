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

public sealed class SendTests
{
    private readonly FakeTransport _transport = new();

    [Fact]
    public void A_lone_message_leaves_before_the_call_returns()
    {
        using SocketConnection connection = Connect();
        Task sent = connection.SendAsync("hello");
        Assert.True(sent.IsCompletedSuccessfully);
        Assert.Equal("hello\n"u8, _transport.Written);
        Assert.Equal(1, connection.MessagesSent);
        Assert.Equal(6, connection.BytesSent);
        Assert.Equal(0, connection.QueuedBytes);
    }

    [Fact]
    public async Task A_lone_message_that_is_posted_leaves_by_itself()
    {
        using SocketConnection connection = Connect();
        await connection.PostAsync("hello", omitTrailer: false, CancellationToken.None).Within();
        await Limit.UntilAsync(() => _transport.Written.Length == 6, "the message is written");
    }

    [Fact]
    public async Task A_thousand_messages_behind_a_blocked_write_leave_in_one_more()
    {
        using SocketConnection connection = Connect();
        _transport.BlockWrites();
        Task first = connection.SendAsync("first");
        await Limit.UntilAsync(() => _transport.WritesBegun == 1, "the first write begins");
        for (int i = 0; i < 1000; i++)
        {
            connection.Append($"message {i}");
            connection.StartSending();
        }

        Task flush = connection.FlushAsync();
        Assert.False(first.IsCompleted);
        Assert.False(flush.IsCompleted);
        _transport.ReleaseWrites();
        await first.Within();
        await flush.Within();
        Assert.Equal(2, _transport.WritesBegun);
        string expected = "first\n" + string.Concat(Enumerable.Range(0, 1000).Select(i => $"message {i}\n"));
        Assert.Equal(expected, Encoding.UTF8.GetString(_transport.Written));
    }

    [Fact]
    public async Task Messages_of_many_threads_are_never_torn()
    {
        using SocketConnection connection = Connect();
        Task[] senders = [.. Enumerable.Range(0, 8).Select(thread => Task.Run(async () =>
        {
            for (int i = 0; i < 500; i++)
            {
                await connection.SendAsync($"{thread}:{i}:{new string((char)('a' + thread), (i * 7) % 300)}");
            }
        }))];
        await Task.WhenAll(senders).Within();
        string[] lines = Encoding.UTF8.GetString(_transport.Written).Split('\n')[..^1];
        Assert.Equal(4000, lines.Length);
        int[] next = new int[8];
        foreach (string line in lines)
        {
            int thread = line[0] - '0';
            int i = next[thread]++;
            Assert.Equal($"{thread}:{i}:{new string((char)('a' + thread), (i * 7) % 300)}", line);
        }
    }

    [Fact]
    public async Task A_cancelled_flush_ends_the_wait_and_keeps_the_data()
    {
        using SocketConnection connection = Connect();
        _transport.BlockWrites();
        using CancellationTokenSource cancel = new();
        Task first = connection.SendAsync("one", cancel.Token);
        Task second = connection.SendAsync("two", cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first.Within());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second.Within());
        Assert.Equal(8, connection.QueuedBytes);
        _transport.ReleaseWrites();
        await connection.FlushAsync().Within();
        Assert.Equal("one\ntwo\n"u8, _transport.Written);
    }

    [Fact]
    public async Task A_failed_write_fails_those_who_wait_and_those_who_come_later()
    {
        using SocketConnection connection = Connect();
        _transport.BlockWrites();
        Task first = connection.SendAsync("one");
        Task second = connection.SendAsync("two");
        _transport.FailWrites(SocketError.Shutdown);
        Task[] waits = [first, second];
        foreach (Task wait in waits)
        {
            SocketFailureException failure = await Assert.ThrowsAsync<SocketFailureException>(() => wait.Within());
            Assert.Equal(SocketErrorId.ConnectionReset, failure.ErrorId);
        }

        Assert.Equal(CloseReason.ResetByPeer, await connection.WhenEnded().Within());
        SocketFailureException later = await Assert.ThrowsAsync<SocketFailureException>(() => connection.SendAsync("three").Within());
        Assert.Equal(SocketErrorId.ConnectionReset, later.ErrorId);
        Assert.Equal(0, connection.QueuedBytes);
    }

    [Fact]
    public async Task A_send_after_the_close_says_that_it_is_closed()
    {
        SocketConnection connection = Connect();
        await connection.CloseAsync(Limit.Default).Within();
        SocketFailureException failure = await Assert.ThrowsAsync<SocketFailureException>(() => connection.SendAsync("x").Within());
        Assert.Equal(SocketErrorId.ObjectClosed, failure.ErrorId);
        Assert.Equal(connection.DisplayName, failure.Target);
        Assert.Empty(_transport.Writes);
    }

    [Fact]
    public async Task A_close_sends_what_waits_and_then_ends()
    {
        SocketConnection connection = Connect();
        _transport.BlockWrites();
        Task first = connection.SendAsync("one");
        connection.Append("two");
        Task close = connection.CloseAsync(Limit.Default).AsTask();
        Assert.False(close.IsCompleted);
        Assert.Equal(ConnectionStatus.Open, connection.Status);
        _transport.ReleaseWrites();
        await close.Within();
        await first.Within();
        Assert.Equal("one\ntwo\n"u8, _transport.Written);
        Assert.True(_transport.IsClosed);
        Assert.False(_transport.IsAborted);
        Assert.Equal(CloseReason.Closed, connection.CloseReason);
    }

    [Fact]
    public async Task A_close_that_reaches_its_limit_aborts_and_says_how_much_was_lost()
    {
        SocketConnection connection = Connect();
        _transport.BlockWrites();
        Task send = connection.SendAsync("hello");
        SocketTimeoutException failure = await Assert.ThrowsAsync<SocketTimeoutException>(
            () => connection.CloseAsync(TimeSpan.FromMilliseconds(50)).Within());
        Assert.Equal(SocketErrorId.SendTimedOut, failure.ErrorId);
        Assert.Contains("6 bytes", failure.Message, StringComparison.Ordinal);
        Assert.True(_transport.IsAborted);
        await Assert.ThrowsAsync<SocketFailureException>(() => send.Within());
    }

    [Fact]
    public async Task Nothing_can_be_sent_after_the_writes_were_completed_but_reading_goes_on()
    {
        using SocketConnection connection = Connect();
        connection.Append("last");
        await connection.CompleteWritesAsync(CancellationToken.None).Within();
        await connection.CompleteWritesAsync(CancellationToken.None).Within();
        Assert.Equal("last\n"u8, _transport.Written);
        Assert.True(_transport.WritesCompleted);
        Assert.Equal(ConnectionStatus.WritesCompleted, connection.Status);
        SocketFailureException failure = Assert.Throws<SocketFailureException>(() => connection.Append("more"));
        Assert.Equal(SocketErrorId.ObjectClosed, failure.ErrorId);
        _transport.Deliver("answer"u8.ToArray()).End();
        Assert.Equal(["answer"], await connection.ReceiveAllAsync());
        Assert.Equal(CloseReason.ClosedByPeer, await connection.WhenEnded().Within());
    }

    [Theory]
    [InlineData(SocketError.NotConnected)]
    [InlineData(null)]
    public async Task Completing_the_writes_of_a_connection_that_has_just_gone_is_an_error_of_ours(SocketError? error)
    {
        using SocketConnection connection = Connect();
        _transport.CompleteError = error is { } code ? new SocketException((int)code) : new ObjectDisposedException("socket");
        Exception failure = await Assert.ThrowsAnyAsync<Exception>(() => connection.CompleteWritesAsync(CancellationToken.None).Within());
        Assert.IsType<ISocketFailure>(failure, exactMatch: false);
    }

    [Fact]
    public void Trailers_can_be_left_out_and_bytes_go_unframed()
    {
        using SocketConnection connection = Connect();
        connection.Append("a", omitTrailer: true);
        connection.Append("b"u8);
        connection.Append("raw"u8, framed: false);
        Assert.True(connection.FlushAsync().IsCompletedSuccessfully);
        Assert.Equal("ab\nraw"u8, _transport.Written);
        Assert.Single(_transport.Writes);
    }

    [Fact]
    public void A_message_that_does_not_fit_the_framing_is_refused_and_leaves_no_trace()
    {
        using SocketConnection connection = new(_transport, new ConnectionOptions { Framing = FramingScheme.LengthPrefix(1) });
        Assert.Throws<SocketFailureException>(() => connection.Append(new byte[256]));
        connection.Append("hi"u8);
        connection.Append("yo");
        Assert.True(connection.FlushAsync().IsCompletedSuccessfully);
        Assert.Equal("\u0002hi\u0002yo"u8, _transport.Written);
    }

    [Fact]
    public async Task A_full_queue_makes_senders_wait_until_the_peer_takes_it()
    {
        using SocketConnection connection = new(_transport, new ConnectionOptions { MaxQueuedBytes = 100 });
        _transport.BlockWrites();
        Task send = connection.SendAsync(new byte[200]);
        Assert.True(connection.IsSendQueueFull);
        Task post = connection.PostAsync("x", omitTrailer: false, CancellationToken.None).AsTask();
        Assert.False(post.IsCompleted);
        using CancellationTokenSource cancel = new();
        Task cancelled = connection.PostAsync("y", omitTrailer: false, cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.Within());
        _transport.ReleaseWrites();
        await post.Within();
        await send.Within();
        await connection.FlushAsync().Within();
        Assert.Equal(203, _transport.Written.Length);
        List<byte> tail = [.. _transport.Written[201..]];
        Assert.Equal("x\n"u8.ToArray(), tail);
    }

    private SocketConnection Connect() => new(_transport, new ConnectionOptions());
}
