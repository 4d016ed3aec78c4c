using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.EndPoints;
using PSSockets.Engine.Errors;
using PSSockets.Engine.Tests.Support;
using PSSockets.Engine.Transport;
using Xunit;

namespace PSSockets.Engine.Tests.Servers;

public sealed class LimitTests
{
    [Fact]
    public async Task A_sequential_server_serves_one_client_to_its_end_before_the_next()
    {
        await using TestServer server = TestServer.Start(new TestHandler(), options => options with { Sequential = true });
        using SocketConnection first = await server.ConnectAsync();
        Assert.Equal("Echo: a", await TestServer.AskAsync(first, "a"));
        using SocketConnection second = await server.ConnectAsync();
        Task<string?> waiting = TestServer.AskAsync(second, "b");
        for (int i = 0; i < 20; i++)
        {
            Assert.Equal("Echo: x", await TestServer.AskAsync(first, "x"));
        }

        Assert.False(waiting.IsCompleted);
        Assert.Equal(1, server.Server.AcceptedCount);
        await first.CloseAsync(Limit.Default).Within();
        Assert.Equal("Echo: b", await waiting.Within());
    }

    [Fact]
    public async Task A_client_too_many_is_reset_and_one_that_leaves_makes_room()
    {
        await using TestServer server = TestServer.Start(new TestHandler(), options => options with { MaxConnections = 2 });
        using SocketConnection first = await server.ConnectAsync();
        using SocketConnection second = await server.ConnectAsync();
        Assert.Equal("Echo: 1", await TestServer.AskAsync(first, "1"));
        Assert.Equal("Echo: 2", await TestServer.AskAsync(second, "2"));
        Assert.Equal(SocketErrorId.ConnectionReset, await RejectionAsync(server));
        Assert.Equal(1, server.Server.RefusedCount);
        await first.CloseAsync(Limit.Default).Within();
        await Limit.UntilAsync(() => server.Server.ConnectionCount == 1, "the first has gone");
        using SocketConnection third = await server.ConnectAsync();
        Assert.Equal("Echo: 3", await TestServer.AskAsync(third, "3"));
        Assert.Equal(3, server.Server.AcceptedCount);
    }

    [Theory]
    [InlineData("127.0.0.1", "", true)]
    [InlineData("10.0.0.0/8", "", false)]
    [InlineData("", "127.0.0.0/8", false)]
    [InlineData("", "10.0.0.0/8", true)]
    public async Task Who_is_not_permitted_is_reset(string allow, string deny, bool permitted)
    {
        AddressFilter filter = new(
            allow.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(AddressRange.Parse),
            deny.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(AddressRange.Parse));
        await using TestServer server = TestServer.Start(new TestHandler(), options => options with { Filter = filter });
        if (permitted)
        {
            using SocketConnection client = await server.ConnectAsync();
            Assert.Equal("Echo: x", await TestServer.AskAsync(client, "x"));
        }
        else
        {
            Assert.Equal(SocketErrorId.ConnectionReset, await RejectionAsync(server));
            await Limit.UntilAsync(() => server.Server.RefusedCount == 1, "the refusal is counted");
            Assert.Equal(0, server.Server.AcceptedCount);
        }
    }

    [Fact]
    public async Task What_is_sent_to_all_reaches_all_and_no_slow_one_holds_it_up()
    {
        await using TestServer server = TestServer.Start(options => options with
        {
            Connection = new ConnectionOptions { MaxQueuedBytes = 100_000 },
        });
        SocketConnection[] clients = await server.ConnectAsync(5);
        using SocketConnection slow = await server.ConnectAsync();
        await Limit.UntilAsync(() => server.Server.ConnectionCount == 6, "all are connected");
        Task<object?>[] reads = [.. clients.Select(client => client.ReceiveAsync())];
        await server.Server.PostAsync("hello", omitTrailer: false, CancellationToken.None).Within();
        Assert.All(await Task.WhenAll(reads).Within(), message => Assert.Equal("hello", message));

        // The slow one is filled until it is disconnected; the others read on.
        Task<System.Collections.Generic.List<object>>[] all = [.. clients.Select(client => client.ReceiveAllAsync())];
        string line = new('x', 50_000);
        int sent = 0;
        while (server.Server.ConnectionCount == 6)
        {
            await server.Server.PostAsync(line, omitTrailer: false, CancellationToken.None).Within();
            Assert.True(++sent < 10_000);
            await Limit.UntilAsync(
                () => server.Server.Connections.All(c => c.QueuedBytes == 0 || c.DisplayName == slow.LocalEndPoint!.ToString()),
                "the others have read");
        }

        Assert.DoesNotContain(server.Server.Connections, c => c.DisplayName == slow.LocalEndPoint!.ToString());
        await server.Server.StopAsync(Limit.Default).Within();
        Assert.All(await Task.WhenAll(all).Within(), messages => Assert.Equal(sent, messages.Count));
    }

    private static async Task<SocketErrorId?> RejectionAsync(TestServer server)
    {
        Exception? failure = await Record.ExceptionAsync(async () =>
        {
            using SocketConnection client = await server.ConnectAsync();
            await client.ReceiveAsync();
        });
        return (failure as ISocketFailure)?.ErrorId;
    }
}
