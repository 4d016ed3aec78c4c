using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.Chat;
using PSSockets.Engine.Tests.Support;
using Xunit;

namespace PSSockets.Engine.Tests.Chat;

/// <summary>The events of a session: apart from the connection, in order, bounded.</summary>
public sealed class ChatSessionEventTests
{
    [Fact]
    public async Task A_slow_subscriber_holds_up_nothing_and_what_it_leaves_is_counted()
    {
        using FakeChatServer server = new();
        (ChatSession session, FakeChatServer.Peer peer) = await server.ConnectAsync(server.Options with { MaxQueuedEvents = 10 });
        using ChatSession open = session;
        using FakeChatServer.Peer connection = peer;
        using ManualResetEventSlim go = new();
        List<string> told = [];
        session.MessageReceived += (_, args) =>
        {
            go.Wait(Limit.Default);
            lock (told)
            {
                told.Add(((ChatEventArgs)args).ChatMessage!.Text);
            }
        };
        for (int i = 0; i < 50; i++)
        {
            await peer.SendLineAsync(FakeChatServer.Message(i + 1, $"{i}"));
        }

        await Limit.UntilAsync(() => session.MessagesReceived == 50, "all messages are received");
        await Limit.UntilAsync(() => session.EventsDropped >= 39, "the events that are too many are dropped");

        // One is with the subscriber, ten wait.
        Assert.InRange(session.EventsDropped, 39, 40);
        go.Set();
        await Limit.UntilAsync(() => Count() == 50 - session.EventsDropped, "the others are told");
        Assert.Equal(Enumerable.Range(0, told.Count).Select(i => $"{i}"), told);

        int Count()
        {
            lock (told)
            {
                return told.Count;
            }
        }
    }
}
