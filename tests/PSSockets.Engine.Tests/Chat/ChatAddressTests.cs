using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks;
using PSSockets.Engine.Chat;
using PSSockets.Engine.Errors;
using PSSockets.Engine.Tests.Support;
using PSSockets.Engine.Transport;
using Xunit;

namespace PSSockets.Engine.Tests.Chat;

/// <summary>How many connections one address may have.</summary>
public sealed class ChatAddressTests
{
    private static readonly ChatServerOptions s_options = ChatPeer.Options with
    {
        Limits = new ChatLimits { MaxConnectionsPerAddress = 2 },
        LimitsLoopback = true,
    };

    [Fact]
    public async Task Who_has_too_many_connections_is_told_so_and_gets_in_when_one_has_ended()
    {
        using ChatServer server = ChatServer.Start(s_options);
        using ChatPeer ann = await ChatPeer.JoinAsync(server, "ann");
        using ChatPeer bob = await ChatPeer.HelloAsync(server, "bob");
        using ChatPeer text = await ChatPeer.ConnectAsync(server);
        Assert.StartsWith("!! Too many connections come from your address", (await text.ReadToEndAsync())[0], StringComparison.Ordinal);
        Assert.Equal((2, 1L), (server.MemberCount, server.RefusedCount));
        ann.Dispose();
        await Limit.UntilAsync(() => server.ClientCount == 1, "ann and the one refused are gone");
        using ChatPeer carl = await ChatPeer.JoinAsync(server, "carl");
    }

    [Fact]
    public async Task A_program_is_told_so_in_JSON()
    {
        using ChatServer server = ChatServer.Start(s_options with { Password = "open" });

        // Who has not said the password counts too.
        using ChatPeer first = await ChatPeer.ConnectAsync(server);
        using ChatPeer second = await ChatPeer.ConnectAsync(server);
        await Task.WhenAll(first.ReadToAsync("password"), second.ReadToAsync("password"));
        ChatSessionOptions options = new() { Connect = new ConnectOptions { Host = "127.0.0.1", Port = server.Port }, Nick = "ann", Password = "open" };
        SocketFailureException refusal = await Assert.ThrowsAsync<SocketFailureException>(() => ChatSession.ConnectAsync(options, Limit.Token()));
        Assert.Equal(SocketErrorId.LimitReached, refusal.ErrorId);
        Assert.Contains("2 are the limit", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_is_told_in_JSON_that_the_chat_is_full()
    {
        using ChatServer server = ChatServer.Start(ChatPeer.Options with { Limits = new ChatLimits { MaxMembers = 1 } });
        using ChatPeer ann = await ChatPeer.JoinAsync(server, "ann");
        ChatSessionOptions options = new() { Connect = new ConnectOptions { Host = "127.0.0.1", Port = server.Port } };
        SocketFailureException refusal = await Assert.ThrowsAsync<SocketFailureException>(() => ChatSession.ConnectAsync(options, Limit.Token()));
        Assert.Equal(SocketErrorId.LimitReached, refusal.ErrorId);
    }

    [Fact]
    public async Task Far_too_many_are_reset()
    {
        using ChatServer server = ChatServer.Start(s_options);
        List<Socket> peers = [];
        for (int i = 0; i < 40; i++)
        {
            Socket peer = new(SocketType.Stream, ProtocolType.Tcp);
            peers.Add(peer);
            try
            {
                await peer.ConnectAsync(new IPEndPoint(IPAddress.Loopback, server.Port), Limit.Token());
            }
            catch (SocketException)
            {
                // Reset before it was noticed that it had connected.
            }
        }

        // Two are in, ten are being told; the others hold no place at all.
        await Limit.UntilAsync(() => server.RefusedCount == 38, "all others are refused");
        Assert.InRange(server.ClientCount, 0, 12);
        Assert.Equal(2, server.MemberCount);
        peers.ForEach(peer => peer.Dispose());
    }

    [Fact]
    public async Task Loopback_has_no_limit_and_nor_has_anybody_with_zero()
    {
        using ChatServer server = ChatServer.Start(s_options with { LimitsLoopback = false });
        using ChatServer open = ChatServer.Start(s_options with { Limits = new ChatLimits { MaxConnectionsPerAddress = 0 } });
        ChatPeer[] peers = [.. await Task.WhenAll(Enumerable.Range(0, 10).Select(number => ChatPeer.JoinAsync(number % 2 == 0 ? server : open, $"m{number}")))];
        Assert.Equal((5, 5), (server.MemberCount, open.MemberCount));
        Assert.All(peers, peer => peer.Dispose());
    }

    [Fact]
    public void Hosts_are_counted_by_address_and_by_network_in_IPv6()
    {
        AddressCounts counts = new(countsLoopback: false);
        Assert.Equal((1, 2, 1), (Enter("192.0.2.1"), Enter("192.0.2.1"), Enter("192.0.2.2")));
        Assert.Equal((1, 2, 1), (Enter("2001:db8::1"), Enter("2001:db8::ffff"), Enter("2001:db8:0:1::1")));
        Assert.Equal((0, 0), (Enter("127.0.0.1"), Enter("::1")));
        Assert.Equal(0, counts.Enter(new UnixDomainSocketEndPoint("/tmp/chat")));
        counts.Leave(new IPEndPoint(IPAddress.Parse("192.0.2.1"), 9));
        counts.Leave(new IPEndPoint(IPAddress.Loopback, 9));
        Assert.Equal(2, Enter("192.0.2.1"));

        int Enter(string address) => counts.Enter(new IPEndPoint(IPAddress.Parse(address), 1));
    }
}
