using System;
using System.Collections.Concurrent;
using System.IO;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.Chat;
using PSSockets.Engine.Servers;
using PSSockets.Engine.Tests.Support;
using PSSockets.Engine.Transport;
using Xunit;

namespace PSSockets.Engine.Tests.Chat;

/// <summary>What must go on where something fails that should not.</summary>
public sealed class ChatFaultTests
{
    [Fact]
    public async Task A_change_that_throws_leaves_nobody_without_what_it_had_said_by_then()
    {
        using ChatServer server = ChatServer.Start(ChatPeer.Options);
        using ChatPeer ann = await ChatPeer.JoinAsync(server, "ann");
        using ChatPeer bob = await ChatPeer.JoinAsync(server, "bob");
        Exception? thrown = null;
        Thread other = new(() => thrown = Record.Exception(() => server.Change(null, () =>
        {
            server.Chat.SayAsServer("test", null, null, "before", ChatMessageKind.Message);
            server.DisconnectLater(server.Chat.FindMember("bob")!, "Kicked", "out");
            throw new InvalidOperationException("half way");
        })));
        other.Start();
        Assert.True(other.Join(Limit.Default));
        Assert.Equal("half way", thrown!.Message);
        await ann.LineAsync("test: before");
        await bob.LineAsync("-- out");
        await server.SendAsync("after", null, null, ChatMessageKind.Message);
        await ann.LineAsync("test: after");
    }

    [Fact]
    public async Task An_outbox_that_cannot_write_for_whatever_reason_ends_its_connection()
    {
        FakeTransport transport = new();
        using SocketConnection connection = new(transport, new ConnectionOptions());
        ChatOutbox outbox = new(connection, 1000, SlowConsumerPolicy.Disconnect, static _ => Segment("lost"), static () => Segment("bye"));
        transport.FailWrites(new InvalidOperationException("a defect"));
        Assert.True(outbox.Add(Segment("hello")));
        outbox.Flush();
        Assert.Equal(CloseReason.TransportError, await connection.WhenEnded().Within());
        await outbox.WhenEmptyAsync().Within();
        Assert.False(outbox.Add(Segment("more")));
    }

    [Fact]
    public async Task A_handler_of_a_session_that_throws_is_called_for_the_next_message()
    {
        using FakeChatServer server = new();
        (ChatSession session, FakeChatServer.Peer peer) = await server.ConnectAsync(server.Options with { CreateHandler = _ => new ThrowingHandler() });
        using ChatSession open = session;
        using FakeChatServer.Peer connection = peer;
        await peer.SendLineAsync(FakeChatServer.Message(1, "fail"));
        await peer.SendLineAsync(FakeChatServer.Message(2, "hello"));
        Assert.Equal("You said hello", (await peer.AnswerAsync("say")).GetProperty("text").GetString());
        Assert.Equal("fail", Assert.IsType<InvalidOperationException>(Assert.Single(session.Errors)).Message);
    }

    [Fact]
    public async Task A_disk_that_hangs_is_left_behind()
    {
        ConcurrentQueue<Exception> errors = new();
        ChatTranscript transcript = new(new HangingStream(), errors.Enqueue);
        transcript.Add(new ChatMessage { Id = "a-1", Time = DateTimeOffset.Now, Kind = ChatMessageKind.Message, Room = "lobby", From = "ann", Text = "hello" });
        await transcript.CompleteAsync(TimeSpan.FromMilliseconds(50)).Within();
        Assert.IsType<IOException>(Assert.Single(errors));
    }

    private static ChatSegment Segment(string text) => new(Encoding.UTF8.GetBytes(text), 1);

    private sealed class ThrowingHandler : IMessageHandler
    {
        public bool IsLoopBroken => false;

        public bool Run(Func<bool> runLoop) => runLoop();

        public HandlerVerdict OnConnected(IMessagePeer connection) => HandlerVerdict.Continue;

        public HandlerVerdict OnMessage(IMessagePeer connection, object message)
        {
            string text = ((ChatMessage)message).Text;
            connection.Append($"You said {text}");
            return text == "fail" ? throw new InvalidOperationException(text) : HandlerVerdict.Continue;
        }

        public void OnDisconnected(IMessagePeer connection)
        {
        }

        public void Interrupt()
        {
        }

        public void Dispose()
        {
        }
    }

    /// <summary>Takes nothing, and does not say so.</summary>
    private sealed class HangingStream : MemoryStream
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
            => new(new TaskCompletionSource().Task);
    }
}
