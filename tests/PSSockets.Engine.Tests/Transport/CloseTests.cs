using System;
using System.Linq;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.Errors;
using PSSockets.Engine.Framing;
using PSSockets.Engine.Tests.Support;
using PSSockets.Engine.Transport;
using Xunit;

namespace PSSockets.Engine.Tests.Transport;

/// <summary>How connections of real sockets end, seen from both sides.</summary>
public sealed class CloseTests
{
    [Fact]
    public async Task Half_close_of_this_side_lets_the_peer_answer()
    {
        (SocketConnection one, SocketConnection other) = await Loopback.PairAsync();
        await one.SendAsync("question").Within();
        await one.CompleteWritesAsync(CancellationToken.None).Within();
        Assert.Equal(ConnectionStatus.WritesCompleted, one.Status);
        Assert.Equal(["question"], await other.ReceiveAllAsync());
        Assert.Equal(ConnectionStatus.EndedByPeer, other.Status);
        await other.SendAsync("answer").Within();
        await other.CompleteWritesAsync(CancellationToken.None).Within();
        Assert.Equal(["answer"], await one.ReceiveAllAsync());
        Assert.Equal(CloseReason.ClosedByPeer, await one.WhenEnded().Within());
        Assert.Equal(CloseReason.ClosedByPeer, await other.WhenEnded().Within());
    }

    [Fact]
    public async Task Sends_that_race_with_a_half_close_arrive_whole_or_fail_and_the_other_direction_lives()
    {
        for (int round = 0; round < 50; round++)
        {
            (SocketConnection one, SocketConnection other) = await Loopback.PairAsync();
            int sent = 0;
            Task[] senders = [.. Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
            {
                while (true)
                {
                    await one.SendAsync("x");
                    Interlocked.Increment(ref sent);
                }
            }))];
            Task<System.Collections.Generic.List<object>> received = other.ReceiveAllAsync();
            await Limit.UntilAsync(() => Volatile.Read(ref sent) > 20, "the senders send");
            await one.CompleteWritesAsync(CancellationToken.None).Within();
            foreach (Task sender in senders)
            {
                SocketFailureException failure = await Assert.ThrowsAsync<SocketFailureException>(() => sender.Within());
                Assert.Equal(SocketErrorId.ObjectClosed, failure.ErrorId);
            }

            Assert.Equal(sent, (await received.Within()).Count);
            await other.SendAsync("still here").Within();
            Assert.Equal("still here", await one.ReceiveAsync());
            one.Dispose();
            other.Dispose();
        }
    }

    [Fact]
    public async Task What_the_peer_sent_before_it_ended_is_readable_after_both_have_ended()
    {
        (SocketConnection one, SocketConnection other) = await Loopback.PairAsync();
        await other.SendAsync("a\nb\nc").Within();
        await other.CompleteWritesAsync(CancellationToken.None).Within();
        await one.CompleteWritesAsync(CancellationToken.None).Within();
        Assert.Equal(["a", "b", "c"], await one.ReceiveAllAsync());
        Assert.Equal(ConnectionStatus.Closed, one.Status);
        other.Dispose();
    }

    [Fact]
    public async Task A_graceful_close_delivers_everything_although_unread_data_has_come()
    {
        using Socket listener = Loopback.Listen();
        listener.ReceiveBufferSize = 8192;
        SocketConnection one = await Loopback.ConnectAsync(
            listener.Port(),
            new ConnectionOptions { Framing = FramingScheme.Raw, SocketOptions = new SocketOptionSet { SendBufferSize = 1_000_000 } });
        using Socket peer = await listener.AcceptAsync().Within();

        // The peer has sent what nobody reads; our answer waits in the system for a peer that takes little at a time.
        byte[] unread = new byte[20_000];
        await peer.SendAsync(unread).Within();
        await Limit.UntilAsync(() => one.Socket!.Available == unread.Length, "the unread data has come");
        byte[] answer = new byte[500_000];
        new Random(1).NextBytes(answer);
        one.Append(answer);
        await one.CloseAsync(Limit.Default).Within();
        Assert.Equal(CloseReason.Closed, one.CloseReason);
        byte[] received = new byte[answer.Length + 1];
        int count = 0;
        int read;
        do
        {
            read = await peer.ReceiveAsync(received.AsMemory(count)).AsTask().Within();
            count += read;
        }
        while (read > 0);

        Assert.Equal(answer.Length, count);
        Assert.True(answer.AsSpan().SequenceEqual(received.AsSpan(0, count)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_abort_gives_the_peer_a_reset(bool whileReading)
    {
        (SocketConnection one, SocketConnection other) = await Loopback.PairAsync();
        Task<object?>? ownRead = whileReading ? one.ReceiveAsync() : null;
        Task<object?> read = other.ReceiveAsync();
        one.Abort();
        SocketFailureException failure = await Assert.ThrowsAsync<SocketFailureException>(() => read.Within());
        Assert.Equal(SocketErrorId.ConnectionReset, failure.ErrorId);
        Assert.Equal(CloseReason.ResetByPeer, await other.WhenEnded().Within());
        Assert.Equal(CloseReason.Aborted, one.CloseReason);
        if (ownRead is not null)
        {
            failure = await Assert.ThrowsAsync<SocketFailureException>(() => ownRead.Within());
            Assert.Equal(SocketErrorId.ObjectClosed, failure.ErrorId);
        }

        // The first reason stays.
        other.Dispose();
        Assert.Equal(CloseReason.ResetByPeer, other.CloseReason);
        one.Dispose();
        Assert.Equal(CloseReason.Aborted, one.CloseReason);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_close_without_abort_gives_the_peer_an_end_of_stream(bool whileReading)
    {
        (SocketConnection one, SocketConnection other) = await Loopback.PairAsync();
        Task<object?>? ownRead = whileReading ? one.ReceiveAsync() : null;
        await one.SendAsync("last").Within();
        await one.CloseAsync(Limit.Default).Within();
        Assert.Equal(["last"], await other.ReceiveAllAsync());
        Assert.Equal(ConnectionStatus.EndedByPeer, other.Status);
        if (ownRead is not null)
        {
            await Assert.ThrowsAsync<SocketFailureException>(() => ownRead.Within());
        }

        other.Dispose();
    }

    [Fact]
    public async Task A_reset_while_sending_fails_the_send_and_the_reader_with_the_same_cause()
    {
        (SocketConnection one, Socket peer) = await Loopback.ConnectAsync(new ConnectionOptions { Framing = FramingScheme.Raw });
        Task send = one.SendAsync(new byte[20_000_000]);
        Task<object?> read = one.ReceiveAsync();
        Assert.False(send.IsCompleted);
        peer.Close(0);
        Task[] both = [send, read];
        foreach (Task task in both)
        {
            SocketFailureException failure = await Assert.ThrowsAsync<SocketFailureException>(() => task.Within());
            Assert.Equal(SocketErrorId.ConnectionReset, failure.ErrorId);
        }

        Assert.Equal(CloseReason.ResetByPeer, one.CloseReason);
        SocketFailureException later = await Assert.ThrowsAsync<SocketFailureException>(() => one.SendAsync("x").Within());
        Assert.Equal(SocketErrorId.ConnectionReset, later.ErrorId);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_reset_that_a_write_was_told_of_first_is_no_end_of_the_stream(bool isReset)
    {
        FakeTransport transport = new() { Broken = isReset };
        using SocketConnection one = new(transport, new ConnectionOptions());
        transport.BlockWrites();
        Task send = one.SendAsync("x");
        transport.End();
        if (isReset)
        {
            SocketFailureException failure = await Assert.ThrowsAsync<SocketFailureException>(() => one.ReceiveAsync().Within());
            Assert.Equal(SocketErrorId.ConnectionReset, failure.ErrorId);
            await Assert.ThrowsAsync<SocketFailureException>(() => send.Within());
        }
        else
        {
            Assert.Null(await one.ReceiveAsync().Within());
            transport.ReleaseWrites();
            await send.Within();
        }
    }

    [Fact]
    public async Task Large_data_goes_both_ways_at_the_same_time()
    {
        (SocketConnection one, SocketConnection other) = await Loopback.PairAsync(new ConnectionOptions { Framing = FramingScheme.LengthPrefix(), AsByteStream = true });
        SocketConnection[] sides = [one, other];
        await Task.WhenAll(sides.Select(side => Task.Run(async () =>
        {
            byte[] data = new byte[900_000];
            new Random(side.Id).NextBytes(data);
            for (int i = 0; i < 10; i++)
            {
                await side.SendAsync(data);
            }

            await side.CompleteWritesAsync(CancellationToken.None);
        })).Concat(sides.Select(side => Task.Run(async () =>
        {
            byte[] expected = new byte[900_000];
            new Random((side == one ? other : one).Id).NextBytes(expected);
            object[] messages = [.. await side.ReceiveAllAsync()];
            Assert.Equal(10, messages.Length);
            Assert.All(messages, message => Assert.True(expected.AsSpan().SequenceEqual((byte[])message)));
        })))).Within();
        Assert.Equal(CloseReason.ClosedByPeer, await one.WhenEnded().Within());
    }
}
