using System;
using System.Linq;
using System.Threading.Tasks;
using PSSockets.Engine.Chat;
using PSSockets.Engine.Tests.Support;
using Xunit;

namespace PSSockets.Engine.Tests.Chat;

/// <summary>What a client may do that means harm, or is confused.</summary>
public sealed class ChatHostileTests
{
    [Fact]
    public async Task A_character_that_is_none_is_dropped_and_ends_nothing()
    {
        using ChatServer server = ChatServer.Start(ChatPeer.Options);
        using ChatPeer ann = await ChatPeer.JoinAsync(server, "ann");
        using ChatPeer bob = await ChatPeer.JoinAsync(server, "bob");
        await bob.SendAsync("a\uFFFE\u00E9\uFFFFb\U0001FFFE");
        Assert.Equal("[lobby] bob: a\u00E9b", await ann.LineAsync("bob: "));
        Assert.Equal(0, server.ErrorCount);
    }

    [Fact]
    public async Task Who_was_removed_does_nothing_more_with_what_it_had_sent()
    {
        using ChatServer server = ChatServer.Start(ChatPeer.Options with { OperatorPassword = "boss" });
        using ChatPeer ann = await ChatPeer.JoinAsync(server, "ann");
        await ann.SendAsync("/oper boss", "/kick ann", "/join attic", "/nick ghost", "/msg bob boo");
        await ann.ReadToEndAsync();
        Assert.Equal(["lobby"], server.Rooms.Select(room => room.Name));
        Assert.Equal(0, server.MemberCount);
    }

    [Fact]
    public async Task Hellos_that_are_refused_are_limited_like_all_else()
    {
        using ChatServer server = ChatServer.Start(ChatPeer.Options);
        using ChatPeer ann = await ChatPeer.JoinAsync(server, "ann");
        using ChatPeer other = await ChatPeer.ConnectAsync(server);
        await other.SendAsync([.. Enumerable.Repeat("{\"type\":\"hello\",\"protocol\":1,\"nick\":\"ann\"}", 1000)]);
        string[] lines = await other.ReadToEndAsync();
        Assert.Contains("RateLimited", lines[^1], StringComparison.Ordinal);
        Assert.InRange(lines.Length, 20, 30);
    }

    [Fact]
    public async Task Who_was_refused_and_says_nothing_more_is_closed()
    {
        using ChatServer server = ChatServer.Start(ChatPeer.Options with { Limits = new ChatLimits { LoginSeconds = 1 } });
        using ChatPeer ann = await ChatPeer.JoinAsync(server, "ann");
        using ChatPeer other = await ChatPeer.ConnectAsync(server);
        await other.SendAsync("{\"type\":\"hello\",\"protocol\":1,\"nick\":\"ann\"}");
        Assert.Contains("IdleTimeout", (await other.ReadToEndAsync())[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_is_found_in_whichever_normal_form_it_is_written()
    {
        using ChatServer server = ChatServer.Start(ChatPeer.Options);
        using ChatPeer ann = await ChatPeer.HelloAsync(server, "ann", ",\"rooms\":[\"cafe\u0301\"]");
        using ChatPeer bob = await ChatPeer.HelloAsync(server, "rene\u0301", ",\"rooms\":[\"caf\u00E9\"]");
        await ann.SendAsync(
            "{\"type\":\"say\",\"ref\":1,\"room\":\"#cafe\u0301\",\"text\":\"one\"}",
            "{\"type\":\"private\",\"ref\":2,\"to\":\"RENE\u0301\",\"text\":\"two\"}");
        Assert.Contains("\"room\":\"caf\u00E9\"", await bob.LineAsync("one"), StringComparison.Ordinal);
        Assert.Contains("\"to\":\"ren\u00E9\"", await bob.LineAsync("two"), StringComparison.Ordinal);
    }
}
