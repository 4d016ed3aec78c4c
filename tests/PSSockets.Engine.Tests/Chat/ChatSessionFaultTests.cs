using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.Chat;
using PSSockets.Engine.Errors;
using PSSockets.Engine.Tests.Support;
using PSSockets.Engine.Transport;
using Xunit;

namespace PSSockets.Engine.Tests.Chat;

/// <summary>What a session does where its server, or the way to it, does not do as it should.</summary>
public sealed class ChatSessionFaultTests : IDisposable
{
    private readonly FakeChatServer _server = new();

    public void Dispose() => _server.Dispose();

    [Theory]
    [InlineData("NickInUse", SocketErrorId.NickInUse)]
    [InlineData("PasswordWrong", SocketErrorId.PasswordWrong)]
    [InlineData("Banned", SocketErrorId.Banned)]
    public async Task A_refused_hello_fails_the_connect(string error, SocketErrorId expected)
    {
        Task<ChatSession> connecting = ChatSession.ConnectAsync(_server.Options, Limit.Token());
        using FakeChatServer.Peer peer = await _server.AcceptAsync();
        await peer.RefuseAsync("hello", error);
        Assert.Equal(expected, (await Assert.ThrowsAsync<SocketFailureException>(() => connecting.Within())).ErrorId);
        Assert.Null(await peer.ReadLineAsync());
    }

    [Fact]
    public async Task A_goodbye_in_answer_to_hello_fails_the_connect()
    {
        Task<ChatSession> connecting = ChatSession.ConnectAsync(_server.Options, Limit.Token());
        using FakeChatServer.Peer peer = await _server.AcceptAsync();
        await peer.ReadAsync("hello");
        await peer.SendLineAsync("""{"type":"goodbye","reason":"Banned","text":"Not you."}""");
        SocketFailureException failure = await Assert.ThrowsAsync<SocketFailureException>(() => connecting.Within());
        Assert.Equal((SocketErrorId.Banned, "Not you."), (failure.ErrorId, failure.Message));
    }

    [Fact]
    public async Task Without_a_nick_of_its_own_it_takes_the_next_free_one()
    {
        Task<ChatSession> connecting = ChatSession.ConnectAsync(_server.Options with { Nick = null }, Limit.Token());
        using FakeChatServer.Peer peer = await _server.AcceptAsync();
        string nick = (await peer.RefuseAsync("hello", "NickInUse")).GetProperty("nick").GetString()!;
        Assert.Equal($"{nick}-2", (await peer.RefuseAsync("hello", "NickInUse")).GetProperty("nick").GetString());
        await peer.LetInAsync();
        using ChatSession session = await connecting.Within();
        Assert.Equal($"{nick}-3", session.Nick);
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_given_up_at_the_limit()
    {
        ChatSessionOptions options = _server.Options;
        Task<ChatSession> connecting = ChatSession.ConnectAsync(
            options with { Connect = options.Connect with { Timeout = TimeSpan.FromMilliseconds(100) } }, Limit.Token());
        using FakeChatServer.Peer peer = await _server.AcceptAsync();
        Assert.Equal(SocketErrorId.ConnectTimedOut, (await Assert.ThrowsAsync<SocketTimeoutException>(() => connecting.Within())).ErrorId);
    }

    [Fact]
    public async Task Garbage_in_answer_to_hello_is_no_chat_server()
    {
        Task<ChatSession> connecting = ChatSession.ConnectAsync(_server.Options, Limit.Token());
        using FakeChatServer.Peer peer = await _server.AcceptAsync();
        await peer.SendLineAsync("220 mail.example ESMTP");
        await peer.SendLineAsync("{\"type\":");
        Assert.Equal(SocketErrorId.InvalidFrame, (await Assert.ThrowsAsync<SocketFailureException>(() => connecting.Within())).ErrorId);
    }

    [Theory]
    [InlineData("{\"type\":\"message\",")]
    [InlineData("[lobby] bob: hello")]
    [InlineData("{\"type\":\"\\ud800\"}")]
    public async Task Garbage_later_makes_it_begin_anew(string garbage)
    {
        (ChatSession session, FakeChatServer.Peer peer) = await _server.ConnectAsync();
        using ChatSession open = session;
        await peer.SendLineAsync(garbage);
        using FakeChatServer.Peer second = await _server.AcceptAsync();
        await second.LetInAsync();
        await Limit.UntilAsync(() => session.ReconnectCount == 1, "the session is back");
    }

    [Fact]
    public async Task Coming_back_it_asks_for_what_it_missed_and_shows_nothing_twice()
    {
        (ChatSession session, FakeChatServer.Peer peer) = await _server.ConnectAsync(_server.Options with { Rooms = ["lobby", "ops"] });
        using ChatSession open = session;
        await peer.SendLineAsync(FakeChatServer.Message(1, "one"));
        await peer.SendLineAsync(FakeChatServer.Message(2, "two"));
        Task saying = session.SendAsync("mine", "ops", null, ChatMessageKind.Message, Limit.Token()).AsTask();
        await peer.AnswerAsync("say", ",\"id\":\"f1-3\"");
        await saying.Within();

        // In the middle of a line.
        await peer.SendAsync(FakeChatServer.Message(4, "cut")[..40]);
        peer.Reset();
        using FakeChatServer.Peer second = await _server.AcceptAsync();
        JsonElement hello = await second.LetInAsync(
            FakeChatServer.Message(2, "two", replayed: true),
            FakeChatServer.Message(3, "mine", replayed: true, room: "ops", from: "ann"),
            FakeChatServer.Message(4, "cut", replayed: true),
            FakeChatServer.Message(5, "five", replayed: true, room: "ops"));
        Assert.Equal("f1-2", hello.GetProperty("since").GetProperty("lobby").GetString());
        Assert.Equal("f1-3", hello.GetProperty("since").GetProperty("ops").GetString());
        Assert.False(hello.TryGetProperty("history", out _));
        await second.SendLineAsync(FakeChatServer.Message(6, "six"));
        Assert.Equal(["one", "two", "cut", "five", "six"], (await ReceiveAsync(session, 5)).Select(message => message.Text));
        Assert.Equal((1, ChatSessionStatus.Open), (session.ReconnectCount, session.Status));
    }

    [Fact]
    public async Task A_quiet_room_has_a_mark_too()
    {
        Task<ChatSession> connecting = ChatSession.ConnectAsync(_server.Options with { Rooms = ["lobby", "empty"] }, Limit.Token());
        FakeChatServer.Peer peer = await _server.AcceptAsync();
        JsonElement first = await peer.LetInAsync(FakeChatServer.Message(7, "before our time", replayed: true));
        using ChatSession session = await connecting.Within();
        Assert.Equal(1, first.GetProperty("history").GetInt32());
        peer.Reset();
        using FakeChatServer.Peer second = await _server.AcceptAsync();
        JsonElement hello = await second.LetInAsync(FakeChatServer.Message(8, "missed", replayed: true, room: "empty"));
        Assert.Equal("f1-7", hello.GetProperty("since").GetProperty("lobby").GetString());
        Assert.Equal("", hello.GetProperty("since").GetProperty("empty").GetString());
        Assert.Equal("missed", Assert.Single(await ReceiveAsync(session, 1)).Text);
    }

    [Fact]
    public async Task A_request_under_way_fails_and_is_not_sent_again()
    {
        (ChatSession session, FakeChatServer.Peer peer) = await _server.ConnectAsync();
        using ChatSession open = session;
        Task saying = session.SendAsync("once", null, null, ChatMessageKind.Message, Limit.Token()).AsTask();
        await peer.ReadAsync("say");
        peer.Reset();
        Assert.Equal(SocketErrorId.NotConfirmed, (await Assert.ThrowsAsync<SocketFailureException>(() => saying.Within())).ErrorId);
        using FakeChatServer.Peer second = await _server.AcceptAsync();
        Task next = session.SendAsync("next", null, null, ChatMessageKind.Message, Limit.Token()).AsTask();
        await second.LetInAsync();
        Assert.Equal("next", (await second.AnswerAsync("say")).GetProperty("text").GetString());
        await next.Within();
    }

    [Fact]
    public async Task The_nick_is_taken_back_when_the_old_connection_has_gone()
    {
        (ChatSession session, FakeChatServer.Peer peer) = await _server.ConnectAsync();
        using ChatSession open = session;
        peer.Reset();
        using FakeChatServer.Peer second = await _server.AcceptAsync();
        await second.RefuseAsync("hello", "NickInUse");
        Assert.Equal("ann-2", (await second.LetInAsync()).GetProperty("nick").GetString());
        await second.RefuseAsync("nick", "NickInUse");
        Assert.Equal("ann-2", session.Nick);
        await second.AnswerAsync("nick", ",\"nick\":\"ann\"");
        await Limit.UntilAsync(() => session.Nick == "ann", "the nick is back");
    }

    [Theory]
    [InlineData("Kicked", false)]
    [InlineData("Banned", false)]
    [InlineData("ServerStopped", true)]
    [InlineData("SlowConsumer", true)]
    public async Task A_goodbye_says_whether_to_come_back(string reason, bool comesBack)
    {
        (ChatSession session, FakeChatServer.Peer peer) = await _server.ConnectAsync();
        using ChatSession open = session;
        Task saying = session.SendAsync("hi", null, null, ChatMessageKind.Message, Limit.Token()).AsTask();
        await peer.ReadAsync("say");
        await peer.SendLineAsync($"{{\"type\":\"goodbye\",\"reason\":\"{reason}\",\"text\":\"Bye.\"}}");
        SocketFailureException failure = await Assert.ThrowsAsync<SocketFailureException>(() => saying.Within());
        Assert.Equal(SocketErrorId.NotConfirmed, failure.ErrorId);
        Assert.Contains("(Bye)", failure.Message, StringComparison.Ordinal);
        if (comesBack)
        {
            using FakeChatServer.Peer second = await _server.AcceptAsync();
            await second.LetInAsync();
            await Limit.UntilAsync(() => session.ReconnectCount == 1, "the session is back");
        }
        else
        {
            await session.WhenEnded().Within();
            Assert.Equal((ChatSessionStatus.Closed, "Bye."), (session.Status, session.StatusText));
        }
    }

    [Fact]
    public async Task A_server_that_is_gone_is_given_up_at_the_limit()
    {
        (ChatSession session, FakeChatServer.Peer peer) = await _server.ConnectAsync(_server.Options with { ReconnectLimit = TimeSpan.FromMilliseconds(300) });
        List<ChatSessionStatus> statuses = [];
        using IDisposable watch = session.WatchStatus(change => statuses.Add(change.Status));
        _server.Dispose();
        peer.Reset();
        using IMessageReader reader = session.OpenReader(new ReadOptions());
        Assert.False(await reader.WaitAsync(Limit.Token()));
        await session.WhenEnded().Within();
        Assert.Equal([ChatSessionStatus.Reconnecting, ChatSessionStatus.Closed], statuses.Distinct());
        Assert.Contains("given up", session.StatusText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tries_to_come_back_grow_rarer()
    {
        (ChatSession session, FakeChatServer.Peer peer) = await _server.ConnectAsync(_server.Options with
        {
            ReconnectLimit = TimeSpan.FromSeconds(2),
            ReconnectInterval = TimeSpan.FromMilliseconds(50),
        });
        int tries = 0;
        using IDisposable watch = session.WatchStatus(change => tries += change.Status == ChatSessionStatus.Reconnecting ? 1 : 0);
        _server.Dispose();
        peer.Reset();
        await session.WhenEnded().Within();

        // 50, 100, 200, 400 and 800 ms are 1.55 s.
        Assert.InRange(tries, 3, 8);
    }

    [Fact]
    public async Task A_password_that_is_wrong_by_now_ends_the_session()
    {
        (ChatSession session, FakeChatServer.Peer peer) = await _server.ConnectAsync();
        using ChatSession open = session;
        peer.Reset();
        using FakeChatServer.Peer second = await _server.AcceptAsync();
        await second.RefuseAsync("hello", "PasswordWrong");
        await session.WhenEnded().Within();
        Assert.Equal("refused", session.StatusText);
    }

    [Fact]
    public async Task A_silent_server_is_asked_and_then_given_up()
    {
        (ChatSession session, FakeChatServer.Peer peer) = await _server.ConnectAsync(_server.Options with { PingInterval = TimeSpan.FromMilliseconds(200) });
        using ChatSession open = session;
        await peer.AnswerAsync("ping");
        await peer.AnswerAsync("ping");
        Assert.Equal((0, ChatSessionStatus.Open), (session.ReconnectCount, session.Status));
        await peer.ReadAsync("ping");
        using FakeChatServer.Peer second = await _server.AcceptAsync();
    }

    [Fact]
    public async Task Unread_messages_are_bounded_and_counted()
    {
        (ChatSession session, FakeChatServer.Peer peer) = await _server.ConnectAsync(_server.Options with { MaxQueuedMessages = 3 });
        using ChatSession open = session;
        foreach (int number in Enumerable.Range(1, 5))
        {
            await peer.SendLineAsync(FakeChatServer.Message(number, $"text {number}"));
        }

        await Limit.UntilAsync(() => session.MessagesReceived == 5, "all have come");
        Assert.Equal(2, session.MessagesDropped);
        Assert.Equal(["text 3", "text 4", "text 5"], (await ReceiveAsync(session, 3)).Select(message => message.Text));
    }

    [Fact]
    public async Task A_cancelled_connect_ends_at_once()
    {
        using CancellationTokenSource cancellation = new();
        Task<ChatSession> connecting = ChatSession.ConnectAsync(_server.Options, cancellation.Token);
        using FakeChatServer.Peer peer = await _server.AcceptAsync();
        long start = Stopwatch.GetTimestamp();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting.Within());
        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(2));
    }

    [Fact]
    public async Task Closing_while_it_tries_to_come_back_ends_it()
    {
        (ChatSession session, FakeChatServer.Peer peer) = await _server.ConnectAsync(_server.Options with { ReconnectInterval = TimeSpan.FromMinutes(1) });
        peer.Reset();
        await Limit.UntilAsync(() => session.Status == ChatSessionStatus.Reconnecting, "the loss is seen");
        Task saying = session.SendAsync("late", null, null, ChatMessageKind.Message, Limit.Token()).AsTask();
        await session.CloseAsync(Limit.Default, CancellationToken.None).Within();
        Assert.Equal(SocketErrorId.ObjectClosed, (await Assert.ThrowsAsync<SocketFailureException>(() => saying.Within())).ErrorId);
    }

    private static async Task<List<ChatMessage>> ReceiveAsync(ChatSession session, int count)
    {
        using IMessageReader reader = session.OpenReader(new ReadOptions());
        List<ChatMessage> messages = [];
        while (messages.Count < count)
        {
            if (reader.TryRead(out object? message))
            {
                messages.Add((ChatMessage)message);
            }
            else
            {
                Assert.True(await reader.WaitAsync(Limit.Token()));
            }
        }

        return messages;
    }
}
