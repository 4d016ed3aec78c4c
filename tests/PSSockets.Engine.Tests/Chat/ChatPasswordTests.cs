using System;
using System.Net;
using System.Threading.Tasks;
using PSSockets.Engine.Chat;
using PSSockets.Engine.Tests.Support;
using Xunit;

namespace PSSockets.Engine.Tests.Chat;

public sealed class ChatPasswordTests
{
    private static readonly ChatServerOptions s_options = ChatPeer.Options with { Password = "open sesame", OperatorPassword = "boss" };

    [Fact]
    public async Task The_password_comes_first()
    {
        using ChatServer server = ChatServer.Start(s_options with { Banner = "secret banner" });
        using ChatPeer ann = await ChatPeer.ConnectAsync(server);
        Assert.StartsWith("-- This chat has a password", (await ann.ReadToAsync("password"))[0], StringComparison.Ordinal);
        Assert.Equal(0, server.MemberCount);
        await ann.SendAsync("wrong", "open sesame", "/nick ann");
        Assert.Equal(["!! The password is wrong.", "secret banner"], await ann.ReadToAsync("banner"));
        await ann.ReadToAsync("You are now ann.");
        using ChatPeer bob = await ChatPeer.ConnectAsync(server);
        await bob.SendAsync("{\"type\":\"hello\",\"protocol\":1,\"nick\":\"bob\",\"password\":\"open sesame\"}");
        await bob.ReadToAsync("welcome");
    }

    [Fact]
    public async Task Three_wrong_ones_end_the_connection_and_each_answer_takes_longer()
    {
        using ChatServer server = ChatServer.Start(s_options);
        using ChatPeer ann = await ChatPeer.ConnectAsync(server);
        long start = Environment.TickCount64;
        await ann.SendAsync("a", "b", "c", "open sesame");
        string[] lines = await ann.ReadToEndAsync();
        Assert.Equal(3, Array.FindAll(lines, line => line == "!! The password is wrong.").Length);
        Assert.True(Environment.TickCount64 - start >= 700, "250 and 500 ms lie between the answers");
        Assert.Equal(0, server.MemberCount);
    }

    [Theory]
    [InlineData("", "PasswordRequired")]
    [InlineData(",\"password\":\"x\"", "PasswordWrong")]
    public async Task A_program_without_the_password_is_told_so_and_closed(string more, string error)
    {
        using ChatServer server = ChatServer.Start(s_options);
        using ChatPeer ann = await ChatPeer.ConnectAsync(server);
        await ann.SendAsync($"{{\"type\":\"hello\",\"protocol\":1,\"nick\":\"ann\"{more}}}");
        string[] lines = await ann.ReadToEndAsync();
        Assert.Contains($"\"error\":\"{error}\"", lines[1], StringComparison.Ordinal);
        Assert.Contains("goodbye", lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_does_not_say_the_password_in_time_is_closed()
    {
        using ChatServer server = ChatServer.Start(s_options with { Limits = new ChatLimits { LoginSeconds = 1 } });
        using ChatPeer ann = await ChatPeer.ConnectAsync(server);
        Assert.Equal("-- You did not say the password in time.", (await ann.ReadToEndAsync())[^1]);
    }

    [Fact]
    public async Task An_operator_removes_others_and_nobody_else_does()
    {
        using ChatServer server = ChatServer.Start(ChatPeer.Options with { OperatorPassword = "boss" });
        using ChatPeer ann = await ChatPeer.JoinAsync(server, "ann");
        using ChatPeer bob = await ChatPeer.JoinAsync(server, "bob");
        await ann.SendAsync("/kick bob", "/oper boss", "/kick nobody", "/kick bob be nice");
        Assert.Equal("!! Only operators may do that.", await ann.LineAsync("!!"));
        Assert.Equal("!! Nobody here is called 'nobody'.", await ann.LineAsync("!!"));
        await ann.ReadToAsync("-- bob was removed.");
        Assert.Equal("-- You were removed by ann: be nice", (await bob.ReadToEndAsync())[^1]);
        Assert.True(server.FindMember("ann")!.IsOperator);
    }

    [Fact]
    public async Task Who_knows_the_password_of_the_chat_is_not_forgiven_for_guessing_that_of_the_operators()
    {
        using ChatServer server = ChatServer.Start(s_options with { Clock = new ManualTime() });
        using ChatPeer ann = await ChatPeer.ConnectAsync(server);
        await ann.SendAsync("open sesame", "/oper guess");
        await ann.ReadToAsync("!! The password is wrong.");
        using ChatPeer again = await ChatPeer.ConnectAsync(server);
        await again.SendAsync("open sesame", "/oper boss");
        Assert.StartsWith("!! Too many wrong passwords", await again.LineAsync("!!"), StringComparison.Ordinal);
    }

    [Fact]
    public void Each_wrong_password_doubles_the_pause_over_all_connections_of_an_address()
    {
        ManualTime clock = new();
        PasswordGuard guard = new(clock);
        IPEndPoint bad = new(IPAddress.Parse("2001:db8::1"), 1);
        IPEndPoint sameNet = new(IPAddress.Parse("2001:db8::2"), 2);
        Assert.Equal(TimeSpan.Zero, guard.TakeTurn(bad));
        guard.Fail(bad);
        guard.Fail(bad);
        Assert.True(guard.MustWait(sameNet));
        Assert.Equal(TimeSpan.FromMilliseconds(500), guard.TakeTurn(sameNet));
        Assert.Equal(TimeSpan.FromMilliseconds(1000), guard.TakeTurn(bad));
        Assert.Equal(TimeSpan.Zero, guard.TakeTurn(new IPEndPoint(IPAddress.Parse("192.0.2.1"), 1)));
        for (int i = 0; i < 1000; i++)
        {
            guard.TakeTurn(bad);
        }

        Assert.True(guard.MustWait(bad));
        clock.Now += TimeSpan.FromMinutes(11);
        Assert.False(guard.MustWait(bad));
        Assert.Equal(TimeSpan.Zero, guard.TakeTurn(bad));
        guard.Fail(bad);
        guard.Succeed(bad);
        Assert.False(guard.MustWait(bad));
    }

    private sealed class ManualTime : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
