using System;
using System.Diagnostics;
using System.Linq;
using System.Threading.Tasks;
using PSSockets.Engine.Errors;
using PSSockets.Engine.Tests.Support;
using PSSockets.Engine.Transport;
using Xunit;

namespace PSSockets.Engine.Tests.Servers;

/// <summary>Alone, because a machine that is busy with other tests makes every connection idle.</summary>
[Collection(Alone.Name)]
public sealed class IdleTests
{
    [Fact]
    public async Task An_idle_connection_is_aborted_and_a_busy_one_is_not()
    {
        await using TestServer server = TestServer.Start(
            new TestHandler(), options => options with { IdleTimeout = TimeSpan.FromSeconds(2) });
        using SocketConnection busy = await server.ConnectAsync();
        using SocketConnection idle = await server.ConnectAsync();
        Assert.Equal("Echo: x", await TestServer.AskAsync(idle, "x"));
        SocketConnection served = server.Server.Connections.Single(c => c.DisplayName == idle.LocalEndPoint!.ToString());
        Task<object?> read = idle.ReceiveAsync();
        long start = Stopwatch.GetTimestamp();
        while (!read.IsCompleted && Stopwatch.GetElapsedTime(start) < Limit.Default)
        {
            Assert.Equal("Echo: x", await TestServer.AskAsync(busy, "x"));
            await Task.WhenAny(read, Task.Delay(50));
        }

        SocketFailureException failure = await Assert.ThrowsAsync<SocketFailureException>(() => read.Within());
        Assert.Equal(SocketErrorId.ConnectionReset, failure.ErrorId);
        Assert.Equal(CloseReason.IdleTimeout, served.CloseReason);
        Assert.Equal("Echo: y", await TestServer.AskAsync(busy, "y"));
    }
}
