using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.Errors;
using PSSockets.Engine.Framing;
using PSSockets.Engine.Servers;
using PSSockets.Engine.Tests.Support;
using PSSockets.Engine.Transport;
using Xunit;

namespace PSSockets.Engine.Tests.Servers;

public class HandlerTests
{
    /// <summary>False where the system waits for connections one by one, as it does on all but Linux.</summary>
    protected virtual bool WorkersWait => true;

    [Fact]
    public async Task Messages_of_one_connection_are_answered_in_their_order()
    {
        await using TestServer server = Start(new TestHandler());
        await Task.WhenAll(Enumerable.Range(0, 5).Select(async client =>
        {
            using SocketConnection connection = await server.ConnectAsync();
            List<string> lines = [.. Enumerable.Range(0, 1000).Select(i => $"{client}/{i}")];
            await connection.SendAsync(string.Join('\n', lines)).Within();
            await connection.CompleteWritesAsync(CancellationToken.None).Within();
            Assert.Equal(lines.Select(line => "Echo: " + line), await connection.ReceiveAllAsync());
        })).Within();
        await Limit.UntilAsync(() => server.Server.ConnectionCount == 0, "all connections have gone");
        Assert.Equal(5000, server.Server.MessagesReceived);
        Assert.Equal(5000, server.Server.MessagesSent);
    }

    [Fact]
    public async Task Connections_are_handled_in_parallel_up_to_the_limit_and_no_further()
    {
        int running = 0;
        int most = 0;
        using SemaphoreSlim go = new(0);
        TestHandler handler = new()
        {
            Message = (connection, message) =>
            {
                int now = Interlocked.Increment(ref running);
                InterlockedMax(ref most, now);
                Assert.True(go.Wait(Limit.Default));
                Interlocked.Decrement(ref running);
                connection.Append(message);
                return HandlerVerdict.Continue;
            },
        };
        await using TestServer server = Start(handler, options => options with { ThrottleLimit = 3 });
        SocketConnection[] clients = await server.ConnectAsync(6);
        Task<string?>[] asks = [.. clients.Select(client => TestServer.AskAsync(client, "x"))];
        await Limit.UntilAsync(() => Volatile.Read(ref running) == 3, "three handlers run");
        go.Release(6);
        await Task.WhenAll(asks).Within();
        Assert.Equal(3, most);
        Array.ForEach(clients, client => client.Dispose());
    }

    [Fact]
    public async Task A_flooding_client_does_not_starve_another()
    {
        TestHandler handler = new()
        {
            Message = (connection, message) =>
            {
                Thread.SpinWait(2000);
                connection.Append(message);
                return HandlerVerdict.Continue;
            },
        };
        await using TestServer server = Start(handler, options => options with { ThrottleLimit = 1 });
        using SocketConnection flood = await server.ConnectAsync();
        using CancellationTokenSource end = new();
        Task flooding = Task.Run(async () =>
        {
            string lines = string.Concat(Enumerable.Repeat("flood\n", 10_000));
            while (!end.IsCancellationRequested)
            {
                await flood.SendAsync(lines, end.Token);
            }
        });
        Task reading = Task.Run(async () =>
        {
            using ConnectionReader reader = flood.OpenReader();
            while (!end.IsCancellationRequested && await reader.WaitAsync(end.Token))
            {
                while (reader.TryRead(out _))
                {
                }
            }
        });
        await Limit.UntilAsync(() => server.Server.MessagesReceived > 1000, "the flood has come");
        using SocketConnection other = await server.ConnectAsync();
        for (int i = 0; i < 20; i++)
        {
            Assert.Equal("hi", await TestServer.AskAsync(other, "hi").Within(TimeSpan.FromSeconds(5)));
        }

        Assert.False(flooding.IsCompleted);
        await end.CancelAsync();
        await Record.ExceptionAsync(() => flooding.Within());
        await Record.ExceptionAsync(() => reading.Within());
    }

    [Fact]
    public async Task A_handler_may_receive_from_its_connection_itself()
    {
        TestHandler handler = new()
        {
            Message = (connection, message) =>
            {
                connection.Append("name?");
                connection.FlushAsync().Wait(Limit.Token());
                string? name = (string?)connection.ReceiveAsync().Result;
                connection.Append($"{message} {name}");
                return HandlerVerdict.Continue;
            },
        };
        await using TestServer server = Start(handler);
        using SocketConnection client = await server.ConnectAsync();
        Assert.Equal("name?", await TestServer.AskAsync(client, "hello"));
        Assert.Equal("hello Ann", await TestServer.AskAsync(client, "Ann"));
        Assert.Equal("name?", await TestServer.AskAsync(client, "bye"));
        Assert.Equal("bye Bob", await TestServer.AskAsync(client, "Bob"));
    }

    [Fact]
    public async Task Nobody_else_can_receive_from_a_handled_connection()
    {
        await using TestServer server = Start(new TestHandler());
        using SocketConnection client = await server.ConnectAsync();
        Assert.Equal("Echo: x", await TestServer.AskAsync(client, "x"));
        SocketConnection served = Assert.Single(server.Server.Connections);
        await Limit.UntilAsync(() => ErrorOf(() => served.OpenReader().Dispose()) == SocketErrorId.ConnectionBusy, "the handler has its reader back");
        Assert.Equal(SocketErrorId.ConnectionBusy, ErrorOf(() => server.Server.OpenReader(new ReadOptions())));
        SocketFailureException failure = await Assert.ThrowsAsync<SocketFailureException>(
            () => server.Server.TakeConnectionAsync(CancellationToken.None).Within());
        Assert.Equal(SocketErrorId.ConnectionBusy, failure.ErrorId);
    }

    [Fact]
    public async Task Connect_and_disconnect_are_told_once_each()
    {
        ConcurrentQueue<string> calls = new();
        TestHandler handler = new()
        {
            Connected = connection =>
            {
                calls.Enqueue("connected");
                connection.Append("welcome");
                return HandlerVerdict.Continue;
            },
            Disconnected = connection => calls.Enqueue($"gone: {connection.CloseReason}"),
        };
        await using TestServer server = Start(handler);
        using SocketConnection client = await server.ConnectAsync();
        Assert.Equal("welcome", await client.ReceiveAsync());
        await client.CloseAsync(Limit.Default).Within();
        await Limit.UntilAsync(() => server.Server.ConnectionCount == 0, "the connection has gone");
        Assert.Equal(["connected", "gone: ClosedByPeer"], calls);
    }

    [Fact]
    public async Task A_client_that_half_closes_gets_all_its_answers_and_then_the_end()
    {
        await using TestServer server = Start(new TestHandler());
        using SocketConnection client = await server.ConnectAsync();
        await client.SendAsync("one\ntwo\nthree without end").Within();
        await client.CompleteWritesAsync(CancellationToken.None).Within();
        Assert.Equal(["Echo: one", "Echo: two", "Echo: three without end"], await client.ReceiveAllAsync());
    }

    [Fact]
    public async Task A_message_over_the_limit_costs_that_connection_only_and_is_reported()
    {
        await using TestServer server = Start(new TestHandler(), options => options with
        {
            Connection = new ConnectionOptions { Framing = FramingScheme.Line.WithMaxFrameLength(100) },
        });
        using SocketConnection good = await server.ConnectAsync();
        Assert.Equal("Echo: x", await TestServer.AskAsync(good, "x"));
        using SocketConnection bad = await server.ConnectAsync();
        await bad.SendAsync(new string('x', 1000)).Within();
        SocketFailureException failure = await Assert.ThrowsAsync<SocketFailureException>(() => bad.ReceiveAsync());
        Assert.Equal(SocketErrorId.ConnectionReset, failure.ErrorId);
        await Limit.UntilAsync(() => server.Server.ErrorCount == 1, "the error is reported");
        SocketFailureException error = Assert.IsType<SocketFailureException>(Assert.Single(server.Server.Errors));
        Assert.Equal(SocketErrorId.FrameTooLarge, error.ErrorId);
        Assert.Equal("Echo: y", await TestServer.AskAsync(good, "y"));
    }

    private static SocketErrorId? ErrorOf(Action action) => (Record.Exception(action) as ISocketFailure)?.ErrorId;

    private static void InterlockedMax(ref int target, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref target)) < value)
        {
            Interlocked.CompareExchange(ref target, value, seen);
        }
    }

    private TestServer Start(TestHandler handler, Func<TcpServerOptions, TcpServerOptions>? configure = null)
        => TestServer.Start(handler, options => (configure is null ? options : configure(options)) with { WorkersWait = WorkersWait });
}

public sealed class HandlerTestsWithoutReadinessLoop : HandlerTests
{
    protected override bool WorkersWait => false;
}
