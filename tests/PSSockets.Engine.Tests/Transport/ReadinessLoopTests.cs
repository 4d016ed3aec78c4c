using System;
using System.Linq;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.Servers;
using PSSockets.Engine.Tests.Support;
using PSSockets.Engine.Transport;
using Xunit;

namespace PSSockets.Engine.Tests.Transport;

public sealed class ReadinessLoopTests : IDisposable
{
    private readonly ReadinessLoop? _loop = ReadinessLoop.TryStart("test", () => { });

    public void Dispose() => _loop?.Dispose();

    [Fact]
    public void Is_there_on_Linux_and_nowhere_else() => Assert.Equal(OperatingSystem.IsLinux(), _loop is not null);

    [LinuxFact]
    public async Task A_wait_ends_when_there_is_something_to_be_read_and_at_once_where_it_is_there_already()
    {
        (SocketTransport transport, Socket peer) = await ConnectAsync();
        using (peer)
        {
            for (int i = 0; i < 100; i++)
            {
                Task wait = transport.WaitToReadAsync(inline: i % 2 == 0, CancellationToken.None).AsTask();
                Assert.False(wait.IsCompleted);
                peer.Send([1, 2]);
                await wait.Within();
                Assert.Equal(1, transport.Read(new byte[1]));

                // The second byte is still there: nothing new has to arrive.
                await transport.WaitToReadAsync(inline: false, CancellationToken.None).Within();
                Assert.Equal(1, transport.Read(new byte[10]));
                Assert.Equal(-1, transport.Read(new byte[10]));
            }
        }
    }

    [LinuxFact]
    public async Task The_end_of_the_stream_ends_a_wait_though_it_came_together_with_the_last_bytes()
    {
        (SocketTransport transport, Socket peer) = await ConnectAsync();
        using (peer)
        {
            peer.Send([1]);
            peer.Shutdown(SocketShutdown.Send);
            await transport.WaitToReadAsync(inline: false, CancellationToken.None).Within();
            Assert.Equal(1, transport.Read(new byte[10]));
            await transport.WaitToReadAsync(inline: false, CancellationToken.None).Within();
            Assert.Equal(0, transport.Read(new byte[10]));
        }
    }

    [LinuxFact]
    public async Task A_reset_ends_a_wait()
    {
        (SocketTransport transport, Socket peer) = await ConnectAsync();
        ValueTask wait = transport.WaitToReadAsync(inline: false, CancellationToken.None);
        peer.Close(timeout: 0);
        await wait.Within();
        Assert.Throws<SocketException>(() => transport.Read(new byte[10]));
    }

    [LinuxFact]
    public async Task Closing_here_ends_a_wait_and_the_next_one_says_that_it_is_closed()
    {
        foreach (bool abort in (bool[])[true, false])
        {
            await CloseAsync(abort);
        }
    }

    [LinuxFact]
    public async Task A_cancelled_wait_loses_nothing_and_leaves_the_next_one_alone()
    {
        (SocketTransport transport, Socket peer) = await ConnectAsync();
        using (peer)
        {
            using CancellationTokenSource cancel = new();
            ValueTask wait = transport.WaitToReadAsync(inline: false, cancel.Token);
            await cancel.CancelAsync();
            await Assert.ThrowsAsync<OperationCanceledException>(() => wait.Within());

            Task next = transport.WaitToReadAsync(inline: false, CancellationToken.None).AsTask();
            Assert.False(next.IsCompleted);
            peer.Send([1]);
            await next.Within();
            Assert.Equal(1, transport.Read(new byte[10]));
            await Assert.ThrowsAsync<OperationCanceledException>(() => transport.WaitToReadAsync(inline: false, new CancellationToken(true)).Within());
        }
    }

    [LinuxFact]
    public async Task Bytes_cancels_and_closes_that_meet_end_every_wait()
    {
        for (int i = 0; i < 500; i++)
        {
            (SocketTransport transport, Socket peer) = await ConnectAsync();
            using (peer)
            {
                using CancellationTokenSource cancel = new();
                ValueTask wait = transport.WaitToReadAsync(inline: false, cancel.Token);
                Task[] ends = [Task.Run(() => peer.Send([1], SocketFlags.None, out _)), Task.Run(cancel.Cancel), Task.Run(transport.Abort)];
                Exception? end = await Record.ExceptionAsync(() => wait.Within());
                Assert.True(end is null or OperationCanceledException, $"{end}");
                await Task.WhenAll(ends).Within();
            }
        }
    }

    [LinuxFact]
    public async Task A_wait_after_the_loops_end_says_so()
    {
        (SocketTransport transport, Socket peer) = await ConnectAsync();
        using (peer)
        {
            peer.Send([1]);
            await transport.WaitToReadAsync(inline: false, CancellationToken.None).Within();
            _loop!.Dispose();
            await Limit.UntilAsync(() => transport.WaitToReadAsync(inline: false, CancellationToken.None).AsTask().IsFaulted, "the loop has ended");
        }
    }

    [LinuxFact]
    public async Task A_worker_that_is_held_up_holds_up_no_connection_that_it_has_waited_for()
    {
        using SemaphoreSlim go = new(0);
        TestHandler handler = new()
        {
            Message = (connection, message) =>
            {
                if ((string?)message == "slow")
                {
                    Assert.True(go.Wait(Limit.Default));
                }

                connection.Append(message);
                return HandlerVerdict.Continue;
            },
        };
        await using TestServer server = TestServer.Start(handler, options => options with { ThrottleLimit = 2 });
        SocketConnection[] clients = await server.ConnectAsync(8);

        // Until workers wait themselves.
        for (int i = 0; i < 50; i++)
        {
            await Task.WhenAll(clients.Select(client => TestServer.AskAsync(client, "fast"))).Within();
        }

        Task<string?> slow = TestServer.AskAsync(clients[0], "slow");
        for (int i = 0; i < 50; i++)
        {
            await Task.WhenAll(clients.Skip(1).Select(client => TestServer.AskAsync(client, "fast"))).Within();
        }

        Assert.False(slow.IsCompleted);
        go.Release();
        Assert.Equal("slow", await slow.Within());
        Array.ForEach(clients, client => client.Dispose());
    }

    private async Task CloseAsync(bool abort)
    {
        (SocketTransport transport, Socket peer) = await ConnectAsync();
        using (peer)
        {
            ValueTask wait = transport.WaitToReadAsync(inline: false, CancellationToken.None);
            (abort ? (Action)transport.Abort : transport.Close)();
            await wait.Within();
            Assert.Throws<ObjectDisposedException>(() => transport.Read(new byte[10]));
            await Assert.ThrowsAsync<ObjectDisposedException>(() => transport.WaitToReadAsync(inline: false, CancellationToken.None).Within());
        }
    }

    private async Task<(SocketTransport Transport, Socket Peer)> ConnectAsync()
    {
        using Socket listener = Loopback.Listen();
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(listener.LocalEndPoint!).Within();
        return (new SocketTransport(socket, _loop), await listener.AcceptAsync().Within());
    }
}
