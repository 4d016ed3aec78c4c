using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.Errors;
using PSSockets.Engine.Framing;
using PSSockets.Engine.Tests.Support;
using PSSockets.Engine.Transport;
using Xunit;

namespace PSSockets.Engine.Tests.Servers;

public sealed class EchoTests
{
    [Fact]
    public async Task Every_byte_comes_back_to_many_clients_at_once()
    {
        await using TestServer server = TestServer.StartEcho();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(async i =>
        {
            using SocketConnection client = await server.ConnectAsync(new ConnectionOptions { Framing = FramingScheme.Raw, AsByteStream = true });
            byte[] data = new byte[200_000];
            new Random(i).NextBytes(data);
            Task send = Task.Run(async () =>
            {
                await client.SendAsync(data);
                await client.CompleteWritesAsync(CancellationToken.None);
            });
            byte[] back = [.. (await client.ReceiveAllAsync()).SelectMany(piece => (byte[])piece)];
            await send;
            Assert.True(data.AsSpan().SequenceEqual(back));
        })).Within();
        await Limit.UntilAsync(() => server.Server.ConnectionCount == 0, "all connections have gone");
        Assert.Equal(20, server.Server.AcceptedCount);
        Assert.Equal(20 * 200_000, server.Server.BytesReceived);
        Assert.Equal(20 * 200_000, server.Server.BytesSent);
        Assert.Empty(server.Server.Errors);
    }

    [Fact]
    public async Task A_stop_sends_back_what_had_arrived()
    {
        for (int i = 0; i < 20; i++)
        {
            await using TestServer server = TestServer.StartEcho();
            using SocketConnection client = await server.ConnectAsync();
            Assert.Equal("first", await TestServer.AskAsync(client, "first"));
            await client.SendAsync("second").Within();
            await server.Server.StopAsync(Limit.Default).Within();
            Assert.Equal(["second"], await client.ReceiveAllAsync());
        }
    }

    [Fact]
    public async Task A_port_in_use_is_an_error_that_names_it()
    {
        await using TestServer server = TestServer.StartEcho();
        SocketFailureException failure = Assert.Throws<SocketFailureException>(
            () => TestServer.Start(options => options with { EndPoint = server.Server.LocalEndPoint, Echo = true }));
        Assert.Equal(SocketErrorId.AddressInUse, failure.ErrorId);
        Assert.Contains($"127.0.0.1:{server.Server.Port}", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_is_free_again_at_once_after_a_stop()
    {
        IPEndPoint? endPoint = null;
        for (int i = 0; i < 5; i++)
        {
            await using TestServer server = TestServer.Start(options => options with { EndPoint = endPoint ?? options.EndPoint, Echo = true });
            endPoint = (IPEndPoint)server.Server.LocalEndPoint;
            using SocketConnection client = await server.ConnectAsync();
            Assert.Equal("x", await TestServer.AskAsync(client, "x"));
            await server.Server.StopAsync(Limit.Default).Within();
        }
    }

    [Fact]
    public void An_address_of_another_machine_cannot_be_bound()
    {
        SocketFailureException failure = Assert.Throws<SocketFailureException>(
            () => TestServer.Start(options => options with { EndPoint = new IPEndPoint(IPAddress.Parse("192.0.2.1"), 0), Echo = true }));
        Assert.Equal(SocketErrorId.AddressNotAvailable, failure.ErrorId);
    }

    [Fact]
    public async Task Any_takes_both_families_and_shows_v4_clients_as_v4()
    {
        await using TestServer server = TestServer.Start(options => options with { EndPoint = new IPEndPoint(IPAddress.IPv6Any, 0), Echo = true });
        List<string> hosts = ["127.0.0.1"];
        if (System.Net.Sockets.Socket.OSSupportsIPv6)
        {
            hosts.Add("::1");
        }

        foreach (string host in hosts)
        {
            using SocketConnection client = await SocketConnector.ConnectAsync(
                new ConnectOptions { Host = host, Port = server.Server.Port }, CancellationToken.None).Within();
            Assert.Equal("x", await TestServer.AskAsync(client, "x"));
            Assert.Contains(server.Server.Connections, connection => connection.DisplayName == client.LocalEndPoint!.ToString());
        }
    }
}
