using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.Errors;
using PSSockets.Engine.Tests.Support;
using PSSockets.Engine.Transport;
using Xunit;

namespace PSSockets.Engine.Tests.Servers;

public sealed class TakeConnectionTests
{
    [Fact]
    public async Task Connections_are_taken_in_the_order_of_their_coming_and_work()
    {
        await using TestServer server = TestServer.Start();
        for (int i = 0; i < 3; i++)
        {
            using SocketConnection client = await server.ConnectAsync();
            using SocketConnection taken = await server.Server.TakeConnectionAsync(Limit.Token());
            Assert.Equal(client.LocalEndPoint, taken.RemoteEndPoint);
            Assert.Same(server.Server, taken.Server);
            await client.SendAsync($"hello {i}").Within();
            Assert.Equal($"hello {i}", await taken.ReceiveAsync());
        }
    }

    [Fact]
    public async Task Who_waits_gets_the_next_that_comes_and_each_only_one()
    {
        await using TestServer server = TestServer.Start();
        Task<SocketConnection>[] waits = [.. Enumerable.Range(0, 8).Select(_ => server.Server.TakeConnectionAsync(Limit.Token()))];
        Assert.All(waits, wait => Assert.False(wait.IsCompleted));
        SocketConnection[] clients = await server.ConnectAsync(8);
        SocketConnection[] taken = await Task.WhenAll(waits).Within();
        Assert.Equal(8, taken.Distinct().Count());
        Assert.Equal(
            clients.Select(client => client.LocalEndPoint!.ToString()).Order(), taken.Select(connection => connection.DisplayName).Order());
    }

    [Fact]
    public async Task A_cancelled_wait_takes_nothing()
    {
        await using TestServer server = TestServer.Start();
        using CancellationTokenSource cancel = new();
        Task<SocketConnection> wait = server.Server.TakeConnectionAsync(cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait.Within());
        using SocketConnection client = await server.ConnectAsync();
        using SocketConnection taken = await server.Server.TakeConnectionAsync(Limit.Token());
        Assert.Equal(client.LocalEndPoint, taken.RemoteEndPoint);
    }

    [Fact]
    public async Task A_stop_ends_all_waits_and_says_that_the_server_has_stopped()
    {
        await using TestServer server = TestServer.Start();
        List<Task<SocketConnection>> waits = [.. Enumerable.Range(0, 3).Select(_ => server.Server.TakeConnectionAsync(CancellationToken.None))];
        await server.Server.StopAsync(Limit.Default).Within();
        waits.Add(server.Server.TakeConnectionAsync(CancellationToken.None));
        foreach (Task<SocketConnection> wait in waits)
        {
            SocketFailureException failure = await Assert.ThrowsAsync<SocketFailureException>(() => wait.Within());
            Assert.Equal(SocketErrorId.ObjectClosed, failure.ErrorId);
        }
    }

    [Fact]
    public async Task A_stop_ends_connections_whether_taken_or_not()
    {
        await using TestServer server = TestServer.Start();
        using SocketConnection first = await server.ConnectAsync();
        SocketConnection taken = await server.Server.TakeConnectionAsync(Limit.Token());
        using SocketConnection second = await server.ConnectAsync();
        await Limit.UntilAsync(() => server.Server.ConnectionCount == 2, "both are connected");
        taken.Append("last words");
        await server.Server.StopAsync(Limit.Default).Within();
        Assert.Equal(["last words"], await first.ReceiveAllAsync());
        Assert.Empty(await second.ReceiveAllAsync());
        Assert.Equal(CloseReason.ServerStopped, taken.CloseReason);
    }

    [Fact]
    public async Task A_connection_that_has_ended_meanwhile_is_not_given_out()
    {
        await using TestServer server = TestServer.Start();
        using SocketConnection gone = await server.ConnectAsync();
        await Limit.UntilAsync(() => server.Server.ConnectionCount == 1, "the first is connected");
        server.Server.Connections[0].Abort();
        using SocketConnection client = await server.ConnectAsync();
        using SocketConnection taken = await server.Server.TakeConnectionAsync(Limit.Token());
        Assert.Equal(client.LocalEndPoint, taken.RemoteEndPoint);
    }
}
