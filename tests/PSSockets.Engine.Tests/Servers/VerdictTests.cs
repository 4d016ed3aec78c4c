using System;
using System.Collections.Concurrent;
using System.Threading.Tasks;
using PSSockets.Engine.Servers;
using PSSockets.Engine.Tests.Support;
using PSSockets.Engine.Transport;
using Xunit;

namespace PSSockets.Engine.Tests.Servers;

public sealed class VerdictTests
{
    [Fact]
    public async Task Disconnect_sends_what_was_said_and_closes_that_connection()
    {
        await using TestServer server = TestServer.Start(Obeying());
        using SocketConnection other = await server.ConnectAsync();
        using SocketConnection client = await server.ConnectAsync();
        SocketConnection served = await ServedAsync(server, client);
        await client.SendAsync("Disconnect").Within();
        Assert.Equal(["ok"], await client.ReceiveAllAsync());
        Assert.Equal(CloseReason.HandlerFailed, await served.WhenEnded().Within());
        Assert.Equal("ok", await TestServer.AskAsync(other, "Continue"));
    }

    [Fact]
    public async Task StopServer_sends_what_was_said_and_stops_everything()
    {
        await using TestServer server = TestServer.Start(Obeying());
        using SocketConnection other = await server.ConnectAsync();
        using SocketConnection client = await server.ConnectAsync();
        Assert.Equal("ok", await TestServer.AskAsync(other, "Continue"));
        await client.SendAsync("StopServer").Within();
        Assert.Equal(["ok"], await client.ReceiveAllAsync());
        Assert.Empty(await other.ReceiveAllAsync());
        await server.Server.WhenEnded().Within();
        Assert.Equal(ServerStatus.Stopped, server.Server.Status);
        Assert.Equal(0, server.Server.ConnectionCount);
    }

    [Fact]
    public async Task A_verdict_on_connecting_counts_too()
    {
        TestHandler handler = new()
        {
            Connected = connection =>
            {
                connection.Append("go away");
                return HandlerVerdict.Disconnect;
            },
        };
        await using TestServer server = TestServer.Start(handler);
        using SocketConnection client = await server.ConnectAsync();
        Assert.Equal(["go away"], await client.ReceiveAllAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_handler_may_close_its_own_connection(bool abort)
    {
        ConcurrentQueue<CloseReason> ends = new();
        TestHandler handler = new()
        {
            Message = (connection, _) =>
            {
                if (abort)
                {
                    connection.Abort();
                }
                else
                {
                    connection.Append("bye");
                    connection.CloseAsync(Limit.Default).AsTask().Wait(Limit.Token());
                }

                return HandlerVerdict.Continue;
            },
            Disconnected = connection => ends.Enqueue(connection.CloseReason),
        };
        await using TestServer server = TestServer.Start(handler);
        using SocketConnection client = await server.ConnectAsync();
        await client.SendAsync("x").Within();
        if (abort)
        {
            await Assert.ThrowsAnyAsync<Exception>(() => client.ReceiveAsync());
        }
        else
        {
            Assert.Equal(["bye"], await client.ReceiveAllAsync());
        }

        await Limit.UntilAsync(() => !ends.IsEmpty, "the end is told");
        Assert.Equal([abort ? CloseReason.Aborted : CloseReason.Closed], ends);
        Assert.Empty(server.Server.Errors);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_exception_of_a_handler_is_reported_and_ends_that_connection_only(bool onConnect)
    {
        ConcurrentQueue<SocketConnection> ends = new();
        bool failing = true;
        TestHandler handler = new()
        {
            Connected = _ => onConnect && failing ? throw new InvalidOperationException("broken") : HandlerVerdict.Continue,
            Message = (connection, message) =>
            {
                connection.Append(message);
                return failing ? throw new InvalidOperationException("broken") : HandlerVerdict.Continue;
            },
            Disconnected = ends.Enqueue,
        };
        await using TestServer server = TestServer.Start(handler, options => options with { MaxErrors = 2 });
        for (int i = 1; i <= 3; i++)
        {
            using SocketConnection client = await server.ConnectAsync();
            await Record.ExceptionAsync(() => client.SendAsync("x").Within());
            await Record.ExceptionAsync(() => client.ReceiveAllAsync());
            await Limit.UntilAsync(() => server.Server.ErrorCount == i && ends.Count == i, "error and end are told");
        }

        Assert.Equal(2, server.Server.Errors.Length);
        Assert.All(server.Server.Errors, error => Assert.Equal("broken", Assert.IsType<InvalidOperationException>(error).Message));
        Assert.All(ends, connection => Assert.Equal(CloseReason.HandlerFailed, connection.CloseReason));
        failing = false;
        using SocketConnection good = await server.ConnectAsync();
        Assert.Equal("x", await TestServer.AskAsync(good, "x"));
    }

    [Fact]
    public async Task Errors_are_kept_as_they_are_described()
    {
        TestHandler handler = new() { Message = (_, _) => throw new InvalidOperationException("broken") };
        await using TestServer server = TestServer.Start(handler, options => options with
        {
            DescribeError = (exception, connection) => $"{exception.Message} by {connection!.DisplayName}",
        });
        using SocketConnection client = await server.ConnectAsync();
        await client.SendAsync("x").Within();
        await Limit.UntilAsync(() => server.Server.ErrorCount == 1, "the error is reported");
        Assert.Equal([$"broken by {client.LocalEndPoint}"], server.Server.Errors);
    }

    private static TestHandler Obeying() => new()
    {
        Message = (connection, message) =>
        {
            connection.Append("ok");
            return Enum.Parse<HandlerVerdict>(message);
        },
    };

    private static async Task<SocketConnection> ServedAsync(TestServer server, SocketConnection client)
    {
        SocketConnection? served = null;
        await Limit.UntilAsync(
            () => (served = System.Linq.Enumerable.FirstOrDefault(
                server.Server.Connections, connection => connection.DisplayName == client.LocalEndPoint!.ToString())) is not null,
            "the server has the connection");
        return served!;
    }
}
