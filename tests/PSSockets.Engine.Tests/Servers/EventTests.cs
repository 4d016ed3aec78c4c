using System;
using System.Collections.Concurrent;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.Servers;
using PSSockets.Engine.Tests.Support;
using PSSockets.Engine.Transport;
using Xunit;

namespace PSSockets.Engine.Tests.Servers;

public sealed class EventTests
{
    [Fact]
    public async Task What_happens_is_told_in_its_order()
    {
        ConcurrentQueue<string> told = new();
        TestHandler handler = new() { Message = (_, _) => throw new InvalidOperationException("broken") };
        await using TestServer server = TestServer.Start(handler);
        server.Server.ConnectionOpened += (_, args) => told.Enqueue($"opened {args.Connection!.DisplayName}");
        server.Server.MessageReceived += (_, args) => told.Enqueue($"message {args.Message!.Text}");
        server.Server.HandlerFailed += (_, args) => told.Enqueue($"failed {((Exception)args.Error!).Message}");
        server.Server.ConnectionClosed += (_, args) => told.Enqueue($"closed {((SocketConnection)args.Connection!).CloseReason}");
        using SocketConnection client = await server.ConnectAsync();
        await client.SendAsync("hello").Within();
        await Limit.UntilAsync(() => told.Count >= 4, "all is told");
        Assert.Equal([$"opened {client.LocalEndPoint}", "message hello", "failed broken", "closed HandlerFailed"], told);
    }

    [Fact]
    public async Task Events_of_a_server_without_handler_lose_nothing_however_slow_the_subscriber()
    {
        ConcurrentQueue<string> told = new();
        int asked = 0;
        await using TestServer server = TestServer.Start(options => options with
        {
            MaxQueuedEvents = 1,
            TryRaiseEvent = (subscriber, sender, args) =>
            {
                // Full every other time.
                bool room = ++asked % 2 == 0;
                if (room)
                {
                    subscriber(sender, args);
                }

                return room;
            },
        });
        server.Server.MessageReceived += (_, args) => told.Enqueue(args.Message!.Text);
        using SocketConnection client = await server.ConnectAsync();
        await client.SendAsync(string.Join('\n', Enumerable.Range(0, 200))).Within();
        await Limit.UntilAsync(() => told.Count >= 200, "all is told");
        Assert.Equal(Enumerable.Range(0, 200).Select(i => $"{i}"), told);
        Assert.Equal(0, server.Server.EventsDropped);
    }

    [Fact]
    public async Task Beside_a_handler_events_that_are_too_many_are_dropped_and_counted_and_answers_go_on()
    {
        using ManualResetEventSlim go = new();
        await using TestServer server = TestServer.Start(new TestHandler(), options => options with { MaxQueuedEvents = 10 });
        server.Server.MessageReceived += (_, _) => go.Wait(Limit.Default);
        using SocketConnection client = await server.ConnectAsync();
        for (int i = 0; i < 50; i++)
        {
            Assert.Equal($"Echo: {i}", await TestServer.AskAsync(client, $"{i}"));
        }

        // One is with the subscriber, ten wait.
        Assert.InRange(server.Server.EventsDropped, 39, 40);
        go.Set();
    }

    [Fact]
    public async Task A_subscriber_that_throws_harms_nobody()
    {
        int told = 0;
        await using TestServer server = TestServer.Start(new TestHandler());
        server.Server.ConnectionOpened += (_, _) => throw new InvalidOperationException("subscriber");
        server.Server.ConnectionOpened += (_, _) => Interlocked.Increment(ref told);
        using SocketConnection client = await server.ConnectAsync();
        Assert.Equal("Echo: x", await TestServer.AskAsync(client, "x"));
        await Limit.UntilAsync(() => Volatile.Read(ref told) == 1, "the other subscriber is told");
        Assert.Empty(server.Server.Errors);
    }

    [Fact]
    public async Task Who_subscribes_again_is_told_again()
    {
        ConcurrentQueue<string> told = new();
        await using TestServer server = TestServer.Start();
        using SocketConnection client = await server.ConnectAsync();
        EventHandler<ServerEventArgs> subscriber = (_, args) => told.Enqueue(args.Message!.Text);
        for (int i = 0; i < 100; i++)
        {
            server.Server.MessageReceived += subscriber;
            await client.SendAsync($"{i}").Within();
            await Limit.UntilAsync(() => told.Contains($"{i}"), $"message {i} is told");
            server.Server.MessageReceived -= subscriber;
        }

        Assert.Equal(100, told.Count);
    }
}
