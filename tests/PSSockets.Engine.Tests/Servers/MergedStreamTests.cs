using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.Errors;
using PSSockets.Engine.Framing;
using PSSockets.Engine.Tests.Support;
using PSSockets.Engine.Transport;
using Xunit;

namespace PSSockets.Engine.Tests.Servers;

/// <summary>The messages of all clients of a server without handler, read as one stream.</summary>
public sealed class MergedStreamTests
{
    [Fact]
    public async Task Messages_of_each_client_keep_their_order()
    {
        await using TestServer server = TestServer.Start();
        using IMessageReader reader = server.Server.OpenReader(new ReadOptions());
        SocketConnection[] clients = await server.ConnectAsync(5);
        Task sends = Task.WhenAll(clients.Select(async (client, i) =>
        {
            for (int message = 0; message < 400; message++)
            {
                await client.SendAsync($"{i}:{message}");
            }
        }));
        int[] next = new int[5];
        for (int count = 0; count < 2000; count++)
        {
            SocketMessage message = await NextAsync(reader);
            int client = message.Text[0] - '0';
            Assert.Equal($"{client}:{next[client]++}", message.Text);
            Assert.Equal(clients[client].LocalEndPoint, message.RemoteEndPoint);
            Assert.Equal(Encoding.UTF8.GetBytes(message.Text), message.Bytes);
        }

        await sends.Within();
        Assert.Equal(0, server.Server.QueuedMessages);
    }

    [Fact]
    public async Task Clients_that_came_before_the_reader_are_read_too()
    {
        await using TestServer server = TestServer.Start();
        using SocketConnection early = await server.ConnectAsync();
        await early.SendAsync("early").Within();
        await Limit.UntilAsync(() => server.Server.ConnectionCount == 1, "the client is connected");
        using IMessageReader reader = server.Server.OpenReader(new ReadOptions());
        Assert.Equal("early", (await NextAsync(reader)).Text);
    }

    [Fact]
    public async Task A_client_that_has_half_closed_still_gets_the_answer_to_its_last_message()
    {
        await using TestServer server = TestServer.Start();
        using IMessageReader reader = server.Server.OpenReader(new ReadOptions());
        using SocketConnection client = await server.ConnectAsync();
        await client.SendAsync("question").Within();
        await client.CompleteWritesAsync(CancellationToken.None).Within();
        SocketMessage question = await NextAsync(reader);
        SocketConnection asker = Assert.IsType<SocketConnection>(question.Connection);
        await Limit.UntilAsync(() => asker.IsEndedByPeer, "the end has come");
        await asker.SendAsync("answer").Within();
        Assert.False(reader.TryRead(out _));
        Assert.Equal(["answer"], await client.ReceiveAllAsync());
        await Limit.UntilAsync(() => server.Server.ConnectionCount == 0, "the connection has gone");
        Assert.Equal(CloseReason.ClosedByPeer, asker.CloseReason);
    }

    [Fact]
    public async Task Where_nobody_reads_the_queue_stays_bounded_and_the_sender_waits_and_then_all_arrives()
    {
        await using TestServer server = TestServer.Start();
        using IMessageReader reader = server.Server.OpenReader(new ReadOptions());
        using SocketConnection client = await server.ConnectAsync();
        const int Count = 3000;
        string padding = new('x', 10_000);
        Task send = Task.Run(async () =>
        {
            for (int i = 0; i < Count; i++)
            {
                await client.SendAsync($"{i} {padding}");
            }
        });
        await Limit.UntilAsync(() => server.Server.QueuedMessages >= 1024, "the queue is full");
        await Limit.UntilAsync(() => client.QueuedBytes > 0, "the sender is held up");
        Assert.InRange(server.Server.QueuedMessages, 1024, 1030);
        Assert.False(send.IsCompleted);
        for (int i = 0; i < Count; i++)
        {
            Assert.StartsWith($"{i} ", (await NextAsync(reader)).Text, StringComparison.Ordinal);
        }

        await send.Within();
    }

    [Theory]
    [InlineData("abc")]
    [InlineData("é")]
    [InlineData("")]
    public async Task The_end_of_a_raw_client_is_noticed_and_its_connection_closed(string text)
    {
        await using TestServer server = TestServer.Start(
            options => options with { Connection = new ConnectionOptions { Framing = FramingScheme.Raw } });
        using IMessageReader reader = server.Server.OpenReader(new ReadOptions());
        using SocketConnection client = await server.ConnectAsync(new ConnectionOptions { Framing = FramingScheme.Raw });
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        await client.SendAsync(bytes).Within();

        // Its last byte has no character.
        await client.SendAsync(new byte[] { 0xC3 }).Within();
        await client.CompleteWritesAsync(CancellationToken.None).Within();
        List<SocketMessage> messages = [];
        await Limit.UntilAsync(
            () =>
            {
                while (reader.TryRead(out object? message))
                {
                    messages.Add((SocketMessage)message);
                }

                return server.Server.AcceptedCount == 1 && server.Server.ConnectionCount == 0;
            },
            "the connection has gone");
        Assert.Equal(text + "\uFFFD", string.Concat(messages.Select(message => message.Text)));
        Assert.Equal([.. bytes, 0xC3], messages.SelectMany(message => message.Bytes));
    }

    [Fact]
    public async Task A_stop_ends_the_stream_after_what_was_in_it()
    {
        await using TestServer server = TestServer.Start();
        using IMessageReader reader = server.Server.OpenReader(new ReadOptions());
        using SocketConnection client = await server.ConnectAsync();
        await client.SendAsync("one\ntwo").Within();
        await Limit.UntilAsync(() => server.Server.QueuedMessages == 2, "both messages wait");
        Task<bool> stopping = server.Server.StopAsync(Limit.Default).ContinueWith(task => task.IsCompletedSuccessfully, TaskScheduler.Default);
        Assert.Equal(["one", "two"], (await reader.AllAsync()).Select(message => ((SocketMessage)message).Text));
        Assert.True(await stopping.Within());
        SocketFailureException failure = Assert.Throws<SocketFailureException>(() => server.Server.OpenReader(new ReadOptions()));
        Assert.Equal(SocketErrorId.ObjectClosed, failure.ErrorId);
    }

    [Fact]
    public async Task A_bad_client_is_reported_and_costs_the_others_nothing()
    {
        await using TestServer server = TestServer.Start(
            options => options with { Connection = new ConnectionOptions { Framing = FramingScheme.LengthPrefix() } });
        using IMessageReader reader = server.Server.OpenReader(new ReadOptions());
        using SocketConnection good = await server.ConnectAsync(new ConnectionOptions { Framing = FramingScheme.LengthPrefix() });
        using SocketConnection bad = await server.ConnectAsync(new ConnectionOptions { Framing = FramingScheme.Raw });
        await bad.SendAsync(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF }).Within();
        await Limit.UntilAsync(() => server.Server.ErrorCount == 1, "the error is reported");
        await good.SendAsync("good").Within();
        Assert.Equal("good", (await NextAsync(reader)).Text);
        Assert.Equal(SocketErrorId.FrameTooLarge, Assert.IsType<SocketFailureException>(server.Server.Errors[0]).ErrorId);
        await Assert.ThrowsAnyAsync<Exception>(() => bad.ReceiveAsync());
    }

    [Fact]
    public async Task Several_readers_share_the_messages()
    {
        await using TestServer server = TestServer.Start();
        using SocketConnection client = await server.ConnectAsync();
        using CancellationTokenSource end = new();
        int[] counts = new int[3];
        Task[] readers = [.. Enumerable.Range(0, 3).Select(i => Task.Run(async () =>
        {
            using IMessageReader reader = server.Server.OpenReader(new ReadOptions());
            while (await reader.WaitAsync(end.Token))
            {
                while (reader.TryRead(out _))
                {
                    Interlocked.Increment(ref counts[i]);
                }
            }
        }))];
        for (int i = 0; i < 500; i++)
        {
            await client.SendAsync("x").Within();
        }

        await Limit.UntilAsync(() => counts.Sum() == 500, "all messages are read");
        await end.CancelAsync();
        await Record.ExceptionAsync(() => Task.WhenAll(readers).Within());
        Assert.All(readers, reader => Assert.True(reader.IsCanceled));
    }

    private static async Task<SocketMessage> NextAsync(IMessageReader reader) => Assert.IsType<SocketMessage>(await reader.NextAsync());
}
