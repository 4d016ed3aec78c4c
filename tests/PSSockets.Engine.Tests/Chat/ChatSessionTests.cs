using System;
using System.Linq;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.Chat;
using PSSockets.Engine.Errors;
using PSSockets.Engine.Framing;
using PSSockets.Engine.Tests.Support;
using PSSockets.Engine.Transport;
using Xunit;

namespace PSSockets.Engine.Tests.Chat;

public sealed class ChatSessionTests : IDisposable
{
    private readonly FakeChatServer _server = new();

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task Says_hello_and_knows_what_the_welcome_told()
    {
        Task<ChatSession> connecting = ChatSession.ConnectAsync(
            _server.Options with { Rooms = ["ops", "dev"], Password = "secret", HistoryCount = 5 }, Limit.Token());
        using FakeChatServer.Peer peer = await _server.AcceptAsync();
        await peer.SendLineAsync("Welcome to the chat.");
        JsonElement hello = await peer.LetInAsync();
        using ChatSession session = await connecting.Within();
        Assert.Equal(("ann", "secret", 5), (hello.GetProperty("nick").GetString(), hello.GetProperty("password").GetString(), hello.GetProperty("history").GetInt32()));
        Assert.Equal(("ann", "fake", "f1", "dev"), (session.Nick, session.ServerName, session.Node, session.CurrentRoom));
        Assert.Equal(["ops", "dev"], session.Rooms);
        Assert.Equal(ChatSessionStatus.Open, session.Status);
    }

    [Fact]
    public async Task Messages_wait_for_their_reader_and_fields_are_exact()
    {
        (ChatSession session, FakeChatServer.Peer peer) = await _server.ConnectAsync();
        using ChatSession open = session;
        await peer.SendLineAsync("""{"type":"message","id":"f1-7","time":"2026-11-22T14:02:11.123Z","kind":"private","from":"bob","to":"ann","text":"psst\u001b[31m!","new":[1]}""");
        await peer.SendLineAsync("""{"type":"message","id":"f1-8","time":"2026-11-22T14:02:11.123Z","kind":"wink","from":"bob","text":"?"}""");
        await peer.SendLineAsync("""{"type":"weather","text":"fine"}""");
        await peer.SendLineAsync(FakeChatServer.Message(9, "hello"));
        ChatMessage first = await ReceiveAsync(session);
        Assert.Equal((ChatMessageKind.Private, "bob", "ann", "psst!", null), (first.Kind, first.From, first.To, first.Text, first.Room));
        Assert.Equal(new DateTimeOffset(2026, 11, 22, 14, 2, 11, 123, TimeSpan.Zero), first.Time);
        Assert.Equal("hello", (await ReceiveAsync(session)).Text);
    }

    [Fact]
    public async Task What_is_said_completes_when_the_server_has_it()
    {
        (ChatSession session, FakeChatServer.Peer peer) = await _server.ConnectAsync();
        using ChatSession open = session;
        Task saying = session.SendAsync("hi", null, null, ChatMessageKind.Message, Limit.Token()).AsTask();
        JsonElement say = await peer.ReadAsync("say");
        Assert.False(saying.IsCompleted);
        Assert.Equal(("lobby", "hi"), (say.GetProperty("room").GetString(), say.GetProperty("text").GetString()));
        await peer.SendLineAsync($"{{\"type\":\"ok\",\"ref\":{say.GetProperty("ref")},\"id\":\"f1-1\"}}");
        await saying.Within();
        Task whispering = session.SendAsync("psst", null, "bob", ChatMessageKind.Message, Limit.Token()).AsTask();
        Assert.Equal("bob", (await peer.AnswerAsync("private")).GetProperty("to").GetString());
        await whispering.Within();
        Task acting = session.SendAsync("waves", "ops", null, ChatMessageKind.Action, Limit.Token()).AsTask();
        Assert.Equal("ops", (await peer.AnswerAsync("action")).GetProperty("room").GetString());
        await acting.Within();
        Assert.Equal(3, session.MessagesSent);
    }

    [Fact]
    public async Task Answers_find_their_requests_in_any_order()
    {
        (ChatSession session, FakeChatServer.Peer peer) = await _server.ConnectAsync();
        using ChatSession open = session;
        Task<string>[] topics = [session.SetTopicAsync("a", null, Limit.Token()), session.SetTopicAsync("b", null, Limit.Token())];
        JsonElement[] requests = [await peer.ReadAsync("topic"), await peer.ReadAsync("topic")];
        foreach (JsonElement request in requests.Reverse())
        {
            await peer.SendLineAsync($"{{\"type\":\"ok\",\"ref\":{request.GetProperty("ref")},\"topic\":\"of {request.GetProperty("room")}\"}}");
        }

        Assert.Equal(["of a", "of b"], await Task.WhenAll(topics).Within());
    }

    [Theory]
    [InlineData("NoSuchRoom", SocketErrorId.NoSuchRoom)]
    [InlineData("MessageTooLong", SocketErrorId.MessageTooLong)]
    [InlineData("17", SocketErrorId.SocketFailed)]
    [InlineData("Unheard", SocketErrorId.SocketFailed)]
    public async Task A_refusal_has_the_servers_id_and_words(string error, SocketErrorId expected)
    {
        (ChatSession session, FakeChatServer.Peer peer) = await _server.ConnectAsync();
        using ChatSession open = session;
        Task saying = session.SendAsync("hi", "nowhere", null, ChatMessageKind.Message, Limit.Token()).AsTask();
        await peer.RefuseAsync("say", error);
        SocketFailureException failure = await Assert.ThrowsAsync<SocketFailureException>(() => saying.Within());
        Assert.Equal((expected, "refused"), (failure.ErrorId, failure.Message));
        Assert.Equal(0, session.MessagesSent);
    }

    [Fact]
    public async Task What_is_too_fast_is_said_again_a_little_later()
    {
        (ChatSession session, FakeChatServer.Peer peer) = await _server.ConnectAsync();
        using ChatSession open = session;
        Task saying = session.SendAsync("hi", null, null, ChatMessageKind.Message, Limit.Token()).AsTask();
        await peer.RefuseAsync("say", "RateLimited");
        await peer.RefuseAsync("say", "RateLimited");
        await peer.AnswerAsync("say");
        await saying.Within();
        Assert.Equal(1, session.MessagesSent);
    }

    [Fact]
    public async Task Ping_is_answered_with_pong()
    {
        (ChatSession session, FakeChatServer.Peer peer) = await _server.ConnectAsync();
        using ChatSession open = session;
        await peer.SendLineAsync("""{"type":"ping"}""");
        await peer.ReadAsync("pong");
    }

    [Fact]
    public async Task Rooms_joined_and_left_are_kept_and_the_past_asked_for()
    {
        (ChatSession session, FakeChatServer.Peer peer) = await _server.ConnectAsync();
        using ChatSession open = session;
        Task<ChatRoom> joining = session.JoinAsync("#ops", Limit.Token());
        Assert.Equal("ops", (await peer.AnswerAsync("join", ",\"topic\":\"pager\",\"members\":[\"ann\",\"bob\"]")).GetProperty("room").GetString());
        await peer.AnswerAsync("history");
        ChatRoom room = await joining.Within();
        Assert.Equal(("ops", "pager", 2), (room.Name, room.Topic, room.MemberCount));
        Assert.Equal("ops", session.CurrentRoom);
        Task<System.Collections.Generic.IReadOnlyList<ChatMessage>> asking = session.GetHistoryAsync("ops", 2, Limit.Token());
        JsonElement history = await peer.ReadAsync("history");
        await peer.SendLineAsync(FakeChatServer.Message(1, "one", replayed: true, room: "ops"));
        await peer.SendLineAsync(FakeChatServer.Message(3, "live"));
        await peer.SendLineAsync(FakeChatServer.Message(2, "two", replayed: true, room: "ops"));
        await peer.SendLineAsync($"{{\"type\":\"ok\",\"ref\":{history.GetProperty("ref")},\"count\":2}}");
        Assert.Equal(["one", "two"], (await asking.Within()).Select(message => message.Text));
        Assert.Equal("live", (await ReceiveAsync(session)).Text);
        Task leaving = session.LeaveAsync("ops", Limit.Token());
        await peer.AnswerAsync("leave");
        await leaving.Within();
        Assert.Equal("lobby", session.CurrentRoom);
        Assert.Equal(["lobby"], session.Rooms);
    }

    [Fact]
    public async Task Members_come_as_objects()
    {
        (ChatSession session, FakeChatServer.Peer peer) = await _server.ConnectAsync();
        using ChatSession open = session;
        ValueTask<System.Collections.Generic.IReadOnlyList<ChatMember>> asking = session.GetMembersAsync(null, Limit.Token());
        await peer.AnswerAsync("who", ""","members":[{"nick":"bob","rooms":["lobby","ops"],"node":"f2","connectedAt":"2026-11-22T14:00:00Z","idleSeconds":12,"operator":true}]""");
        ChatMember member = Assert.Single(await asking.Within());
        Assert.Equal(("bob", "f2", true, false), (member.Nick, member.Node, member.IsOperator, member.IsLocal));
        Assert.Equal(["lobby", "ops"], member.Rooms);
        Assert.Equal(TimeSpan.FromSeconds(12), member.IdleTime);
    }

    [Fact]
    public async Task One_reader_at_a_time()
    {
        (ChatSession session, FakeChatServer.Peer _) = await _server.ConnectAsync();
        using ChatSession open = session;
        IMessageReader reader = session.OpenReader(new ReadOptions());
        Assert.Equal(SocketErrorId.ConnectionBusy, Assert.Throws<SocketFailureException>(() => session.OpenReader(new ReadOptions())).ErrorId);
        reader.Dispose();
        session.OpenReader(new ReadOptions()).Dispose();
    }

    [Fact]
    public async Task Closing_says_quit_and_ends_what_waits()
    {
        (ChatSession session, FakeChatServer.Peer peer) = await _server.ConnectAsync();
        using IMessageReader reader = session.OpenReader(new ReadOptions());
        ValueTask<bool> waiting = reader.WaitAsync(Limit.Token());
        Task saying = session.SendAsync("hi", null, null, ChatMessageKind.Message, Limit.Token()).AsTask();
        await peer.ReadAsync("say");
        await session.CloseAsync(Limit.Default, CancellationToken.None).Within();
        await peer.ReadAsync("quit");
        Assert.Null(await peer.ReadLineAsync());
        Assert.False(await waiting.Within());
        Assert.Equal(SocketErrorId.NotConfirmed, (await Assert.ThrowsAsync<SocketFailureException>(() => saying.Within())).ErrorId);
        SocketFailureException closed = await Assert.ThrowsAsync<SocketFailureException>(
            () => session.SendAsync("hi", null, null, ChatMessageKind.Message, Limit.Token()).AsTask());
        Assert.Equal(SocketErrorId.ObjectClosed, closed.ErrorId);
        await session.WhenEnded().Within();
    }

    [Fact]
    public async Task Disposing_it_ends_the_connection()
    {
        (ChatSession session, FakeChatServer.Peer peer) = await _server.ConnectAsync();
        session.Dispose();
        Assert.Null(await peer.ReadLineAsync());
        await session.WhenEnded().Within();
        Assert.Equal(ChatSessionStatus.Closed, session.Status);
    }

    [Fact]
    public async Task A_plain_server_gets_text_as_it_is()
    {
        Task<ChatSession> connecting = ChatSession.ConnectAsync(_server.Options with { PlainFraming = FramingScheme.Parse("Raw") }, Limit.Token());
        using FakeChatServer.Peer peer = await _server.AcceptAsync();
        using ChatSession session = await connecting.Within();
        await peer.SendAsync("Client ('127.0.0.1', 5): hi\u001b[2J\nsecond\n");
        ChatMessage message = await ReceiveAsync(session);
        Assert.Equal(("Client ('127.0.0.1', 5): hi", "", ChatMessageKind.Message), (message.Text, message.From, message.Kind));
        Assert.Equal("second", (await ReceiveAsync(session)).Text);
        await session.SendAsync("yes", null, null, ChatMessageKind.Message, Limit.Token());
        await session.SendAsync("!\n", null, null, ChatMessageKind.Message, Limit.Token());
        Assert.Equal("yes!", await peer.ReadLineAsync());
        SocketFailureException failure = await Assert.ThrowsAsync<SocketFailureException>(() => session.GetRoomsAsync(Limit.Token()));
        Assert.Equal(SocketErrorId.UnknownCommand, failure.ErrorId);
    }

    private static async Task<ChatMessage> ReceiveAsync(ChatSession session)
    {
        using IMessageReader reader = session.OpenReader(new ReadOptions());
        object? message;
        while (!reader.TryRead(out message))
        {
            Assert.True(await reader.WaitAsync(Limit.Token()));
        }

        return (ChatMessage)message;
    }
}
