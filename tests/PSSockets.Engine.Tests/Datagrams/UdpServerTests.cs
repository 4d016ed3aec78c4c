using System;
using System.Collections.Concurrent;
using System.Linq;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.Datagrams;
using PSSockets.Engine.Errors;
using PSSockets.Engine.Servers;
using PSSockets.Engine.Tests.Support;
using PSSockets.Engine.Transport;
using Xunit;

namespace PSSockets.Engine.Tests.Datagrams;

public sealed class UdpServerTests
{
    private static readonly UdpSocketOptions s_onLoopback = new() { LocalEndPoint = new IPEndPoint(IPAddress.Loopback, 0) };

    [Fact]
    public async Task Each_sender_is_answered_in_its_order_by_many_workers()
    {
        using UdpServer server = UdpServer.Start(new UdpServerOptions { Socket = s_onLoopback, ThrottleLimit = 4, CreateHandler = _ => new TestHandler() });
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async sender =>
        {
            using UdpSocket client = UdpSocket.Open(new UdpSocketOptions { RemoteEndPoint = (IPEndPoint)server.LocalEndPoint });
            using IMessageReader reader = client.OpenReader(new ReadOptions());
            for (int i = 0; i < 200; i++)
            {
                client.Send($"{sender}.{i}");
            }

            for (int i = 0; i < 200; i++)
            {
                Assert.Equal($"Echo: {sender}.{i}", Assert.IsType<SocketMessage>(await reader.NextAsync()).Text);
            }
        })).Within();
        Assert.Equal(8, server.PeerCount);
        Assert.Equal(0, server.QueuedMessages);
        await server.StopAsync(TimeSpan.FromSeconds(5)).Within();
    }

    [Fact]
    public async Task A_sender_that_floods_leaves_room_for_another()
    {
        using ManualResetEventSlim go = new();
        ConcurrentQueue<string> handled = new();
        using UdpServer server = UdpServer.Start(new UdpServerOptions
        {
            Socket = s_onLoopback with { MaxQueuedDatagrams = 20 },
            ThrottleLimit = 1,
            CreateHandler = _ => new BlockingHandler(go, handled),
        });
        using UdpSocket flood = UdpSocket.Open(new UdpSocketOptions { RemoteEndPoint = (IPEndPoint)server.LocalEndPoint });
        using UdpSocket quiet = UdpSocket.Open(new UdpSocketOptions { RemoteEndPoint = (IPEndPoint)server.LocalEndPoint });
        for (int i = 0; i < 50; i++)
        {
            flood.Send("flood");
        }

        quiet.Send("quiet");
        await Limit.UntilAsync(() => server.MessagesReceived == 51, "all has arrived");
        go.Set();
        await Limit.UntilAsync(() => handled.Contains("quiet"), "the quiet one is heard");
        Assert.InRange(server.MessagesDropped, 39, 40);
    }

    [Fact]
    public async Task What_a_worker_has_received_itself_does_not_wait_for_its_slow_handler()
    {
        // Answering at once lets the workers receive by themselves; then one of them is held up with others' datagrams in its hands.
        for (int round = 0; round < 10; round++)
        {
            using ManualResetEventSlim go = new();
            using UdpServer server = UdpServer.Start(new UdpServerOptions
            {
                Socket = s_onLoopback,
                ThrottleLimit = 2,
                CreateHandler = _ => new CallingHandler(text =>
                {
                    if (text == "wait")
                    {
                        go.Wait(TimeSpan.FromSeconds(30));
                    }
                }),
            });
            using UdpSocket slow = UdpSocket.Open(new UdpSocketOptions { RemoteEndPoint = (IPEndPoint)server.LocalEndPoint });
            using UdpSocket quick = UdpSocket.Open(new UdpSocketOptions { RemoteEndPoint = (IPEndPoint)server.LocalEndPoint });
            using IMessageReader reader = quick.OpenReader(new ReadOptions());
            for (int i = 0; i < 100; i++)
            {
                quick.Send($"{i}");
                Assert.Equal($"{i}", Assert.IsType<SocketMessage>(await reader.NextAsync()).Text);
            }

            slow.Send("wait");
            quick.Send("now");
            Assert.Equal("now", Assert.IsType<SocketMessage>(await reader.NextAsync()).Text);
            quick.Send("again");
            Assert.Equal("again", Assert.IsType<SocketMessage>(await reader.NextAsync()).Text);
            go.Set();
            await server.StopAsync(TimeSpan.FromSeconds(5)).Within();
        }
    }

    [Fact]
    public async Task Handlers_that_take_their_time_run_side_by_side_under_a_steady_stream()
    {
        int running = 0;
        int together = 0;
        using UdpServer server = UdpServer.Start(new UdpServerOptions
        {
            Socket = s_onLoopback,
            ThrottleLimit = 2,
            CreateHandler = _ => new CallingHandler(_ =>
            {
                if (Interlocked.Increment(ref running) == 2)
                {
                    Interlocked.Increment(ref together);
                }

                Thread.Sleep(2);
                Interlocked.Decrement(ref running);
            }),
        });
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            using UdpSocket client = UdpSocket.Open(new UdpSocketOptions { RemoteEndPoint = (IPEndPoint)server.LocalEndPoint });
            using IMessageReader reader = client.OpenReader(new ReadOptions());
            for (int i = 0; i < 25; i++)
            {
                client.Send("x");
                await reader.NextAsync();
            }
        })).Within();
        Assert.InRange(together, 20, 200);
        await server.StopAsync(TimeSpan.FromSeconds(5)).Within();
    }

    [Fact]
    public async Task An_echo_server_answers_every_sender_and_what_is_sent_to_it_goes_to_all()
    {
        using UdpServer server = UdpServer.Start(new UdpServerOptions { Socket = s_onLoopback, Echo = true });
        using UdpSocket one = UdpSocket.Open(new UdpSocketOptions { RemoteEndPoint = (IPEndPoint)server.LocalEndPoint });
        using UdpSocket other = UdpSocket.Open(new UdpSocketOptions { RemoteEndPoint = (IPEndPoint)server.LocalEndPoint });
        foreach (UdpSocket client in new[] { one, other })
        {
            using IMessageReader reader = client.OpenReader(new ReadOptions());
            client.Send($"from {client.Id}");
            Assert.Equal($"from {client.Id}", Assert.IsType<SocketMessage>(await reader.NextAsync()).Text);
        }

        server.TryPost("to all", omitTrailer: false);
        foreach (UdpSocket client in new[] { one, other })
        {
            using IMessageReader reader = client.OpenReader(new ReadOptions());
            Assert.Equal("to all", Assert.IsType<SocketMessage>(await reader.NextAsync()).Text);
        }

        await server.StopAsync(TimeSpan.FromSeconds(5)).Within();
        Assert.Equal(SocketErrorId.ObjectClosed, Assert.Throws<SocketFailureException>(() => server.TryPost("late", omitTrailer: false)).ErrorId);
    }

    [Fact]
    public async Task A_silent_sender_is_forgotten()
    {
        using UdpServer server = UdpServer.Start(new UdpServerOptions { Socket = s_onLoopback, PeerIdleTimeout = TimeSpan.FromMilliseconds(100) });
        using UdpSocket client = UdpSocket.Open(new UdpSocketOptions { RemoteEndPoint = (IPEndPoint)server.LocalEndPoint });
        client.Send("x");
        await Limit.UntilAsync(() => server.QueuedMessages == 1, "it has arrived");
        await Limit.UntilAsync(() => server.PeerCount == 0, "it is forgotten");
        using IMessageReader reader = server.OpenReader(new ReadOptions());
        SocketMessage message = Assert.IsType<SocketMessage>(await reader.NextAsync());
        message.Connection.Append("still answered");
        using IMessageReader answers = client.OpenReader(new ReadOptions());
        Assert.Equal("still answered", Assert.IsType<SocketMessage>(await answers.NextAsync()).Text);
    }

    [Fact]
    public async Task A_stop_leaves_what_was_received_readable()
    {
        using UdpServer server = UdpServer.Start(new UdpServerOptions { Socket = s_onLoopback });
        using UdpSocket client = UdpSocket.Open(new UdpSocketOptions { RemoteEndPoint = (IPEndPoint)server.LocalEndPoint });
        client.Send("x");
        await server.StopAsync(TimeSpan.FromSeconds(5)).Within();
        Assert.Equal(ServerStatus.Stopped, server.Status);
        using IMessageReader reader = server.OpenReader(new ReadOptions());
        Assert.Equal(["x"], (await reader.AllAsync()).Select(message => ((SocketMessage)message).Text));
    }

    [Fact]
    public async Task Who_subscribes_again_is_told_what_nobody_has_taken()
    {
        bool isFull = true;
        ConcurrentQueue<string> told = new();
        using UdpServer server = UdpServer.Start(new UdpServerOptions
        {
            Socket = s_onLoopback,
            TryRaiseEvent = (subscriber, sender, args) =>
            {
                if (!Volatile.Read(ref isFull))
                {
                    subscriber(sender, args);
                    return true;
                }

                return false;
            },
        });
        using UdpSocket client = UdpSocket.Open(new UdpSocketOptions { RemoteEndPoint = (IPEndPoint)server.LocalEndPoint });
        EventHandler<ServerEventArgs> subscribed = (_, args) => told.Enqueue(args.Message!.Text);
        server.MessageReceived += subscribed;
        client.Send("one");
        client.Send("two");
        await Limit.UntilAsync(() => server.QueuedMessages == 1, "the first is being raised");
        server.MessageReceived -= subscribed;
        await Limit.UntilAsync(() => server.QueuedMessages == 2, "it is back");
        Volatile.Write(ref isFull, false);
        server.MessageReceived += subscribed;
        await Limit.UntilAsync(() => told.Count == 2, "both are told");
        Assert.Equal(["one", "two"], told);
    }

    private sealed class CallingHandler(Action<string> call) : IMessageHandler
    {
        public bool IsLoopBroken => false;

        public bool Run(Func<bool> runLoop) => runLoop();

        public HandlerVerdict OnConnected(IMessagePeer connection) => HandlerVerdict.Continue;

        public HandlerVerdict OnMessage(IMessagePeer connection, object message)
        {
            call((string)message);
            connection.Append((string)message);
            return HandlerVerdict.Continue;
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

    private sealed class BlockingHandler(ManualResetEventSlim go, ConcurrentQueue<string> handled) : IMessageHandler
    {
        public bool IsLoopBroken => false;

        public bool Run(Func<bool> runLoop) => runLoop();

        public HandlerVerdict OnConnected(IMessagePeer connection) => HandlerVerdict.Continue;

        public HandlerVerdict OnMessage(IMessagePeer connection, object message)
        {
            go.Wait(Limit.Default);
            handled.Enqueue((string)message);
            return HandlerVerdict.Continue;
        }

        public void OnDisconnected(IMessagePeer connection)
        {
        }

        public void Interrupt() => go.Set();

        public void Dispose()
        {
        }
    }
}
