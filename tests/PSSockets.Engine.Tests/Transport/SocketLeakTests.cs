using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.Tests.Support;
using PSSockets.Engine.Transport;
using Xunit;

namespace PSSockets.Engine.Tests.Transport;

[Collection(Alone.Name)]
public sealed class SocketLeakTests
{
    [Fact]
    public async Task Connects_that_were_cancelled_timed_out_or_refused_leave_no_socket()
    {
        if (!ProcessSockets.AreCountable)
        {
            return;
        }

        await using FullListener listener = await FullListener.CreateAsync();
        int before = ProcessSockets.Count();
        using CancellationTokenSource cancel = new();
        Task[] connects = [.. Enumerable.Range(0, 60).Select(i => SocketConnector.ConnectAsync(
            new ConnectOptions
            {
                Host = i % 2 == 0 ? "127.0.0.1" : "localhost",
                Port = i % 3 == 0 ? Loopback.ClosedPort() : listener.Port,
                Timeout = i % 3 == 1 ? TimeSpan.FromMilliseconds(100) : TimeSpan.FromSeconds(20),
            },
            cancel.Token))];
        Assert.True(ProcessSockets.Count() > before);
        await Task.WhenAny(Task.WhenAll(connects.Where((_, i) => i % 3 == 1))).Within();
        await cancel.CancelAsync();
        await Task.WhenAny(Task.WhenAll(connects)).Within();
        Assert.All(connects, connect => Assert.False(connect.IsCompletedSuccessfully));
        await ProcessSockets.NoMoreThanAsync(before);
    }

    [Fact]
    public async Task Closed_and_aborted_connections_leave_no_socket()
    {
        if (!ProcessSockets.AreCountable)
        {
            return;
        }

        int before = ProcessSockets.Count();
        for (int i = 0; i < 50; i++)
        {
            (SocketConnection one, SocketConnection other) = await Loopback.PairAsync();
            Task read = other.ReceiveAsync();
            if (i % 2 == 0)
            {
                one.Abort();
                await Assert.ThrowsAnyAsync<Exception>(() => read.Within());
            }
            else
            {
                await one.CloseAsync(Limit.Default).Within();
                await read.Within();
            }

            other.Dispose();
        }

        await ProcessSockets.NoMoreThanAsync(before);
    }
}
