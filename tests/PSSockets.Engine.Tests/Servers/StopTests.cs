using System;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.Errors;
using PSSockets.Engine.Servers;
using PSSockets.Engine.Tests.Support;
using PSSockets.Engine.Transport;
using Xunit;

namespace PSSockets.Engine.Tests.Servers;

public class StopTests
{
    /// <summary>False where the system waits for connections one by one, as it does on all but Linux.</summary>
    protected virtual bool WorkersWait => true;

    [Fact]
    public async Task Messages_that_had_arrived_are_answered_and_the_connections_end_in_good_order()
    {
        using ManualResetEventSlim go = new();
        await using TestServer server = Start(Waiting(go), options => options with { ThrottleLimit = 1 });
        SocketConnection[] clients = await server.ConnectAsync(5);
        await Task.WhenAll(clients.Select(client => client.SendAsync("a\nb\nc"))).Within();
        await Limit.UntilAsync(() => server.Server.Connections.Count == 5, "all clients are connected");
        await Limit.UntilAsync(() => server.Server.MessagesReceived > 0, "a handler runs");
        await Limit.UntilAsync(
            () => server.Server.Connections.All(c => c.BytesReceived + (c.Socket?.Available ?? 0) == 6), "all messages have come");
        Task stop = server.Server.StopAsync(Limit.Default);
        await Limit.UntilAsync(() => server.Server.Status == ServerStatus.Stopping, "the server stops");
        Assert.False(stop.IsCompleted);
        go.Set();
        await stop.Within();
        foreach (SocketConnection client in clients)
        {
            Assert.Equal(["a", "b", "c"], await client.ReceiveAllAsync());
        }

        Assert.Equal(ServerStatus.Stopped, server.Server.Status);
        Assert.Empty(server.Server.Errors);
    }

    [Fact]
    public async Task Who_has_connected_just_before_is_answered()
    {
        for (int round = 0; round < 20; round++)
        {
            await using TestServer server = Start(new TestHandler());
            SocketConnection[] clients = await server.ConnectAsync(20);
            await Task.WhenAll(clients.Select(client => client.SendAsync("x"))).Within();
            await server.Server.StopAsync(Limit.Default).Within();
            foreach (SocketConnection client in clients)
            {
                Assert.Equal(["Echo: x"], await client.ReceiveAllAsync());
            }
        }
    }

    [Fact]
    public async Task New_clients_are_refused_as_soon_as_a_stop_begins()
    {
        using ManualResetEventSlim go = new();
        await using TestServer server = Start(Waiting(go));
        using SocketConnection client = await server.ConnectAsync();
        await client.SendAsync("x").Within();
        await Limit.UntilAsync(() => server.Server.MessagesReceived == 1, "the handler runs");
        Task stop = server.Server.StopAsync(Limit.Default);
        await Limit.UntilAsync(() => server.Server.Status == ServerStatus.Stopping, "the server stops");
        SocketFailureException failure = await Assert.ThrowsAsync<SocketFailureException>(() => server.ConnectAsync());
        Assert.Equal(SocketErrorId.ConnectionRefused, failure.ErrorId);
        Assert.False(stop.IsCompleted);
        go.Set();
        await stop.Within();
    }

    [Fact]
    public async Task A_second_stop_ends_with_the_first_and_changes_nothing()
    {
        await using TestServer server = TestServer.StartEcho();
        Task[] stops = [.. Enumerable.Range(0, 8).Select(_ => Task.Run(() => server.Server.StopAsync(Limit.Default)))];
        await Task.WhenAll(stops).Within();
        await server.Server.StopAsync(TimeSpan.Zero).Within();
        server.Server.Dispose();
        Assert.Equal(ServerStatus.Stopped, server.Server.Status);
    }

    [Fact]
    public async Task A_stop_without_limit_is_hastened_by_one_with_a_limit()
    {
        using ManualResetEventSlim go = new();
        await using TestServer server = Start(Waiting(go, interruptible: true));
        using SocketConnection client = await server.ConnectAsync();
        await client.SendAsync("x").Within();
        await Limit.UntilAsync(() => server.Server.MessagesReceived == 1, "the handler runs");
        Task stop = server.Server.StopAsync(Timeout.InfiniteTimeSpan);
        await Limit.UntilAsync(() => server.Server.Status == ServerStatus.Stopping, "the server stops");
        Assert.False(stop.IsCompleted);
        _ = server.Server.StopAsync(TimeSpan.FromMilliseconds(100));
        await stop.Within(TimeSpan.FromSeconds(10));
        await Assert.ThrowsAnyAsync<Exception>(() => client.ReceiveAllAsync());
    }

    [Fact]
    public async Task A_handler_that_hangs_is_interrupted_when_the_limit_is_reached()
    {
        using ManualResetEventSlim go = new();
        await using TestServer server = Start(Waiting(go, interruptible: true));
        using SocketConnection client = await server.ConnectAsync();
        await client.SendAsync("x").Within();
        await Limit.UntilAsync(() => server.Server.MessagesReceived == 1, "the handler runs");
        long start = Stopwatch.GetTimestamp();
        await server.Server.StopAsync(TimeSpan.FromMilliseconds(100)).Within();
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0.09, 4);
        Assert.True(go.IsSet);
    }

    [Fact]
    public async Task A_handler_that_cannot_be_interrupted_is_left_behind()
    {
        using ManualResetEventSlim go = new();
        await using TestServer server = Start(Waiting(go));
        using SocketConnection client = await server.ConnectAsync();
        await client.SendAsync("x").Within();
        await Limit.UntilAsync(() => server.Server.MessagesReceived == 1, "the handler runs");
        long start = Stopwatch.GetTimestamp();
        await server.Server.StopAsync(TimeSpan.FromMilliseconds(100)).Within();

        // The five seconds that an interrupted handler is given, once, and what a busy machine adds.
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 4, 8.5);
        Assert.Equal(ServerStatus.Stopped, server.Server.Status);
        go.Set();
    }

    [Fact]
    public async Task A_handler_may_stop_its_own_server_and_wait_for_it()
    {
        TcpServer? own = null;
        TestHandler handler = new()
        {
            Message = (connection, _) =>
            {
                connection.Append("stopping");
                own!.StopAsync(Limit.Default).Wait(Limit.Token());
                return HandlerVerdict.Continue;
            },
        };
        await using TestServer server = Start(handler);
        own = server.Server;
        using SocketConnection client = await server.ConnectAsync();
        await client.SendAsync("x").Within();
        Assert.Equal(["stopping"], await client.ReceiveAllAsync());
        await own.WhenEnded().Within(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task A_client_that_does_not_read_its_answers_is_aborted_at_the_limit()
    {
        TestHandler handler = new()
        {
            Message = (connection, _) =>
            {
                connection.Append(new byte[20_000_000]);
                return HandlerVerdict.Continue;
            },
        };
        await using TestServer server = Start(handler);
        using SocketConnection client = await server.ConnectAsync();
        await client.SendAsync("x").Within();
        await Limit.UntilAsync(() => server.Server.Connections is [{ QueuedBytes: > 0 }], "the answer waits");
        SocketConnection served = server.Server.Connections[0];
        long start = Stopwatch.GetTimestamp();
        await server.Server.StopAsync(TimeSpan.FromMilliseconds(100)).Within();
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0.09, 4);
        Assert.Equal(CloseReason.Aborted, served.CloseReason);
    }

    [Fact]
    public async Task A_cancelled_wait_for_the_stop_leaves_the_stop_going_on()
    {
        using ManualResetEventSlim go = new();
        await using TestServer server = Start(Waiting(go));
        using SocketConnection client = await server.ConnectAsync();
        await client.SendAsync("x").Within();
        await Limit.UntilAsync(() => server.Server.MessagesReceived == 1, "the handler runs");
        using CancellationTokenSource cancel = new();
        Task stop = server.Server.StopAsync(Limit.Default, cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stop.Within());
        go.Set();
        await server.Server.WhenEnded().Within();
        Assert.Equal(["x"], await client.ReceiveAllAsync());
    }

    [Fact]
    public async Task Clients_in_the_backlog_of_a_sequential_server_are_let_go_by_a_stop()
    {
        await using TestServer server = Start(new TestHandler(), options => options with { Sequential = true });
        SocketConnection[] clients = await server.ConnectAsync(3);
        await Limit.UntilAsync(() => server.Server.ConnectionCount == 1, "the first is served");
        await server.Server.StopAsync(Limit.Default).Within();
        foreach (SocketConnection client in clients)
        {
            using ConnectionReader reader = client.OpenReader();
            Exception? end = await Record.ExceptionAsync(() => reader.AllAsync());
            Assert.True(end is null or SocketFailureException { ErrorId: SocketErrorId.ConnectionReset }, end?.ToString());
        }
    }

    /// <summary>Answers each message as soon as the event is set.</summary>
    private static TestHandler Waiting(ManualResetEventSlim go, bool interruptible = false) => new()
    {
        Message = (connection, message) =>
        {
            go.Wait(Limit.Default);
            connection.Append(message);
            return HandlerVerdict.Continue;
        },
        Interrupted = () =>
        {
            if (interruptible)
            {
                go.Set();
            }
        },
    };

    private TestServer Start(TestHandler handler, Func<TcpServerOptions, TcpServerOptions>? configure = null)
        => TestServer.Start(handler, options => (configure is null ? options : configure(options)) with { WorkersWait = WorkersWait });
}

public sealed class StopTestsWithoutReadinessLoop : StopTests
{
    protected override bool WorkersWait => false;
}
