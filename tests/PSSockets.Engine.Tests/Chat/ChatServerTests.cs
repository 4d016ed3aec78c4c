using System;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.Chat;
using PSSockets.Engine.Errors;
using PSSockets.Engine.Servers;
using PSSockets.Engine.Tests.Support;
using PSSockets.Engine.Transport;
using Xunit;

namespace PSSockets.Engine.Tests.Chat;

public sealed class ChatServerTests
{
    [Fact]
    public async Task People_talk_in_plain_text()
    {
        using ChatServer server = ChatServer.Start(ChatPeer.Options with { Banner = "Hi!\nBe nice." });
        using ChatPeer ann = await ChatPeer.ConnectAsync(server);
        Assert.Equal(["Hi!", "Be nice."], (await ann.ReadToAsync("You are guest1"))[..2]);
        await ann.SendAsync("/nick ann");
        await ann.ReadToAsync("You are now ann.");
        using ChatPeer bob = await ChatPeer.JoinAsync(server, "bob");
        await bob.SendAsync("hello \u001B[31mall", "/me waves", "/msg ann psst");
        await ann.ReadToAsync("is now bob");
        Assert.Equal(
            ["[lobby] bob: hello all", "[lobby] * bob waves", "[private] bob: psst"], await ann.ReadToAsync("psst"));
        await bob.SendAsync("/nick ANN", "/join dev", "/topic Code", "/rooms", "/leave", "/who", "/quit bye");
        Assert.Equal("!! The nick 'ANN' is taken.", await bob.LineAsync("!!"));
        await bob.ReadToAsync("-- dev, 1 in it: Code");
        await bob.ReadToAsync("-- 2 in lobby: ann, bob");
        Assert.Equal("-- Goodbye.", (await bob.ReadToEndAsync())[^1]);
        Assert.Equal("-- bob has left lobby (bye)", await ann.LineAsync("bob"));
        Assert.Equal(["lobby"], server.Rooms.Select(room => room.Name));
    }

    [Fact]
    public async Task Programs_talk_in_json_beside_people()
    {
        using ChatServer server = ChatServer.Start(ChatPeer.Options);
        using ChatPeer ann = await ChatPeer.JoinAsync(server, "ann");
        await ann.SendAsync("one", "two");
        using ChatPeer bob = await ChatPeer.HelloAsync(server, "bob", ",\"history\":1");
        Assert.Contains("\"text\":\"two\",\"replayed\":true", await bob.LineAsync("message"), StringComparison.Ordinal);
        await bob.SendAsync("{\"type\":\"say\",\"ref\":1,\"room\":\"#LOBBY\",\"text\":\"h\u00E9\"}", "{\"type\":\"say\",\"ref\":2.5,\"room\":\"x\",\"text\":\"a\"}", "nonsense");
        Assert.StartsWith("{\"type\":\"ok\",\"ref\":1,\"id\":\"", await bob.LineAsync("\"ok\""), StringComparison.Ordinal);
        Assert.StartsWith("{\"type\":\"error\",\"ref\":2.5,\"error\":\"NoSuchRoom\"", await bob.LineAsync("error"), StringComparison.Ordinal);
        Assert.Contains("BadRequest", await bob.LineAsync("error"), StringComparison.Ordinal);
        Assert.Equal("[lobby] bob: h\u00E9", await ann.LineAsync("bob: "));
        await ann.SendAsync("/nick bob", "back");
        Assert.Equal("!! The nick 'bob' is taken.", await ann.LineAsync("!!"));
        Assert.Contains("\"kind\":\"message\",\"room\":\"lobby\",\"from\":\"ann\",\"text\":\"back\"}", await bob.LineAsync("back"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_that_says_hello_was_never_seen_as_a_guest()
    {
        using ChatServer server = ChatServer.Start(ChatPeer.Options);
        using ChatPeer ann = await ChatPeer.JoinAsync(server, "ann");
        using ChatPeer bob = await ChatPeer.HelloAsync(server, "bob");
        Assert.Equal(["-- bob has joined lobby"], await ann.ReadToAsync("joined"));
        Assert.Equal(["ann", "bob"], server.Members.Select(member => member.Nick));
    }

    [Fact]
    public async Task A_hello_with_a_nick_that_is_taken_may_be_said_again()
    {
        using ChatServer server = ChatServer.Start(ChatPeer.Options);
        using ChatPeer ann = await ChatPeer.JoinAsync(server, "ann");
        using ChatPeer other = await ChatPeer.ConnectAsync(server);
        await other.SendAsync("{\"type\":\"hello\",\"protocol\":1,\"nick\":\"Ann\"}");
        await other.ReadToAsync("NickInUse");
        Assert.Equal(1, server.MemberCount);
        await other.SendAsync("{\"type\":\"hello\",\"protocol\":1,\"nick\":\"ann-2\",\"rooms\":[\"dev\"]}");
        await other.ReadToAsync("\"nick\":\"ann-2\"");
        Assert.Equal(["dev"], server.FindMember("ann-2")!.Rooms);
        using ChatPeer old = await ChatPeer.ConnectAsync(server);
        await old.SendAsync("{\"type\":\"hello\",\"protocol\":9,\"nick\":\"old\"}");
        Assert.Contains("BadRequest", string.Join('\n', await old.ReadToEndAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_raw_client_sends_pieces_and_a_split_character_stays_whole()
    {
        using ChatServer server = ChatServer.Start(ChatPeer.Options with { IsRaw = true });
        using ChatPeer ann = await ChatPeer.ConnectAsync(server);
        await ann.ReadToAsync("guest1");
        using ChatPeer bob = await ChatPeer.ConnectAsync(server);
        await bob.ReadToAsync("guest2");
        await bob.SendAsync("caf");
        await ann.ReadToAsync("guest2: caf");
        await bob.Connection.SendAsync(new byte[] { (byte)'h', 0xC3 }, Limit.Token()).Within();
        await ann.ReadToAsync("guest2: h");
        await bob.Connection.SendAsync(new byte[] { 0xA9, (byte)'!' }, Limit.Token()).Within();
        Assert.EndsWith("guest2: \u00E9!", await ann.LineAsync("!"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_line_too_long_is_refused_and_one_far_too_long_closes()
    {
        using ChatServer server = ChatServer.Start(ChatPeer.Options);
        using ChatPeer ann = await ChatPeer.JoinAsync(server, "ann");
        await ann.SendAsync(new string('x', 2001), "/who");
        Assert.Contains("longer than 2000", await ann.LineAsync("!!"), StringComparison.Ordinal);
        await ann.ReadToAsync("1 in lobby");
        await ann.SendAsync(new string('x', 70_000));
        await Limit.UntilAsync(() => server.MemberCount == 0 && server.ErrorCount > 0, "the member is gone");
        Assert.Equal(SocketErrorId.MessageTooLong, Assert.IsAssignableFrom<ISocketFailure>(Assert.Single(server.Errors)).ErrorId);
    }

    [Fact]
    public async Task The_nick_of_a_handler_is_free_where_there_is_none()
    {
        using ChatServer server = ChatServer.Start(ChatPeer.Options);
        using ChatPeer bot = await ChatPeer.JoinAsync(server, "bot");
        using ChatPeer ann = await ChatPeer.ConnectAsync(server);
        await ann.ReadToAsync("You are in lobby, with 1 other.");
        await ann.SendAsync($"/nick {server.Name}");
        Assert.Equal($"!! The nick '{server.Name}' is reserved.", await ann.LineAsync("!!"));
    }

    [Fact]
    public async Task Who_sends_too_much_is_warned_and_then_removed()
    {
        using ChatServer server = ChatServer.Start(ChatPeer.Options with { Limits = new ChatLimits { RateLimit = 0.1, RateBurst = 5 } });
        using ChatPeer ann = await ChatPeer.JoinAsync(server, "ann");
        using ChatPeer bob = await ChatPeer.JoinAsync(server, "bob");
        await bob.SendAsync([.. Enumerable.Range(0, 100).Select(i => $"{i}")]);
        await bob.ReadToAsync("You send too much");
        Assert.Equal("-- You did not stop sending too much.", (await bob.ReadToEndAsync())[^1]);
        Assert.Equal(4, (await ann.ReadToAsync("bob has left")).Count(line => line.StartsWith("[lobby] bob:", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_full_chat_says_so()
    {
        using ChatServer server = ChatServer.Start(ChatPeer.Options with { Limits = new ChatLimits { MaxMembers = 1 } });
        using ChatPeer ann = await ChatPeer.JoinAsync(server, "ann");
        using ChatPeer bob = await ChatPeer.ConnectAsync(server);
        Assert.Contains("full", (await bob.ReadToEndAsync())[0], StringComparison.Ordinal);
        ann.Dispose();
        await Limit.UntilAsync(() => server.MemberCount == 0, "ann is gone");
        using ChatPeer carl = await ChatPeer.JoinAsync(server, "carl");
    }

    [Fact]
    public async Task The_server_speaks_and_removes()
    {
        using ChatServer server = ChatServer.Start(ChatPeer.Options);
        using ChatPeer ann = await ChatPeer.JoinAsync(server, "ann");
        using ChatPeer bob = await ChatPeer.HelloAsync(server, "bob");
        await server.SendAsync("one\ntwo", null, null, ChatMessageKind.Message);
        await server.SendAsync("psst", null, "ANN", ChatMessageKind.Message);
        await server.SendAsync("maintenance", "#lobby", null, ChatMessageKind.Notice);
        Assert.Equal(["[lobby] test: one", "[lobby] test: two", "[private] test: psst", "-- maintenance"], (await ann.ReadToAsync("maintenance"))[^4..]);
        SocketFailureException failure = await Assert.ThrowsAsync<SocketFailureException>(
            async () => await server.SendAsync("x", "nowhere", null, ChatMessageKind.Message));
        Assert.Equal(SocketErrorId.NoSuchRoom, failure.ErrorId);
        await server.RemoveMemberAsync("bob", "spam", TimeSpan.FromMinutes(1));
        Assert.Contains("\"reason\":\"Kicked\"", (await bob.ReadToEndAsync())[^1], StringComparison.Ordinal);
        Assert.Equal("-- bob has left lobby (kicked: spam)", await ann.LineAsync("bob has left"));
        using ChatPeer again = await ChatPeer.ConnectAsync(server);
        await again.SendAsync("/nick Bob");
        Assert.StartsWith("!! You are banned", await again.LineAsync("!!"), StringComparison.Ordinal);
        Assert.True(server.Unban("BOB"));
        failure = await Assert.ThrowsAsync<SocketFailureException>(async () => await server.RemoveMemberAsync("bob", null, TimeSpan.Zero));
        Assert.Equal(SocketErrorId.NoSuchMember, failure.ErrorId);
    }

    [Fact]
    public async Task A_stop_says_goodbye_and_keeps_the_transcript_whole()
    {
        string path = Path.GetTempFileName();
        using ChatServer server = ChatServer.Start(ChatPeer.Options with { TranscriptPath = path });
        using ChatPeer ann = await ChatPeer.JoinAsync(server, "ann");
        using ChatPeer bob = await ChatPeer.HelloAsync(server, "bob");
        await ann.SendAsync([.. Enumerable.Range(0, 10).Select(i => $"line {i}"), "/nick anna"]);
        await bob.ReadToAsync("anna");
        await server.StopAsync(TimeSpan.FromSeconds(10)).Within();
        Assert.Contains("-- The server stops.", await ann.ReadToEndAsync());
        Assert.Contains("\"reason\":\"ServerStopped\"", (await bob.ReadToEndAsync())[^1], StringComparison.Ordinal);
        string[] written = File.ReadAllLines(path);
        Assert.EndsWith("-- ann is now anna", Assert.Single(written, line => line.Contains("anna", StringComparison.Ordinal) && !line.Contains("left", StringComparison.Ordinal)), StringComparison.Ordinal);
        string[] lines = [.. written.Where(line => line.Contains("ann: line", StringComparison.Ordinal))];
        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"[lobby] ann: line {i}"), lines.Select(line => line[25..]));
        File.Delete(path);
        await Assert.ThrowsAsync<SocketFailureException>(async () => await server.SendAsync("x", null, null, ChatMessageKind.Message));
    }

    [Fact]
    public async Task A_silent_member_is_pinged_and_then_disconnected()
    {
        using ChatServer server = ChatServer.Start(ChatPeer.Options with { IdleTimeout = TimeSpan.FromSeconds(2) });
        using ChatPeer ann = await ChatPeer.HelloAsync(server, "ann");
        using ChatPeer bob = await ChatPeer.JoinAsync(server, "bob");
        Task<string[]> end = bob.ReadToEndAsync();
        while (!end.IsCompleted)
        {
            await ann.ReadToAsync("{");
            await ann.SendAsync("{\"type\":\"pong\"}");
        }

        Assert.Equal("-- You were silent for too long.", (await end)[^1]);
        Assert.NotNull(server.FindMember("ann"));
    }

    [Fact]
    public async Task What_is_said_can_be_read_from_the_server_but_not_what_is_private()
    {
        using ChatServer server = ChatServer.Start(ChatPeer.Options);
        using IMessageReader reader = server.OpenReader(new ReadOptions());
        using ChatPeer ann = await ChatPeer.JoinAsync(server, "ann");
        await ann.SendAsync("/msg ann secret", "open");
        string text = string.Empty;
        while (!text.Contains("open", StringComparison.Ordinal))
        {
            Assert.True(await reader.WaitAsync(Limit.Token()));
            while (reader.TryRead(out object? message))
            {
                text += Assert.IsType<ChatMessage>(message).Text;
            }
        }

        Assert.DoesNotContain("secret", text, StringComparison.Ordinal);
        await server.StopAsync(TimeSpan.FromSeconds(5)).Within();
        while (reader.TryRead(out _))
        {
        }

        Assert.False(await reader.WaitAsync(CancellationToken.None).Within());
        Assert.Equal(ServerStatus.Stopped, server.Status);
    }
}
