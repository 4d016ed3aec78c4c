using System;
using System.Diagnostics;
using System.Linq;
using System.Threading.Tasks;
using PSSockets.Engine.Tests.Support;
using PSSockets.Engine.Transport;
using Xunit;

namespace PSSockets.Engine.Tests.Servers;

[Collection(Alone.Name)]
public sealed class ScaleTests
{
    [Fact]
    public async Task Three_thousand_clients_are_answered_by_two_workers_and_a_handful_of_threads()
    {
        await using TestServer server = TestServer.Start(new TestHandler(), options => options with { ThrottleLimit = 2, Backlog = 4096 });
        int threads = Process.GetCurrentProcess().Threads.Count;
        SocketConnection[] clients = new SocketConnection[3000];
        await Parallel.ForEachAsync(
            Enumerable.Range(0, clients.Length),
            new ParallelOptions { MaxDegreeOfParallelism = 50 },
            async (i, _) => clients[i] = await server.ConnectAsync());
        string?[] answers = await Task.WhenAll(clients.Select((client, i) => TestServer.AskAsync(client, $"{i}"))).Within(TimeSpan.FromSeconds(40));
        Assert.Equal(Enumerable.Range(0, clients.Length).Select(i => $"Echo: {i}"), answers);
        Assert.Equal(clients.Length, server.Server.ConnectionCount);
        Assert.InRange(Process.GetCurrentProcess().Threads.Count - threads, int.MinValue, 20);
        await Limit.UntilAsync(
            () => server.Server.Connections.All(connection => !connection.Buffer.HoldsArray), "no connection holds a buffer any more");

        await server.Server.StopAsync(Limit.Default).Within(TimeSpan.FromSeconds(40));
        Assert.Equal(0, server.Server.ConnectionCount);
        Array.ForEach(clients, client => client.Dispose());
    }

    [Fact]
    public async Task Two_hundred_starts_and_stops_leave_no_socket_and_no_thread()
    {
        if (!ProcessSockets.AreCountable)
        {
            return;
        }

        int sockets = ProcessSockets.Count();
        int threads = Process.GetCurrentProcess().Threads.Count;
        for (int i = 0; i < 200; i++)
        {
            await using TestServer server = (i % 3) switch
            {
                0 => TestServer.Start(new TestHandler()),
                1 => TestServer.StartEcho(),
                _ => TestServer.Start(),
            };
            using SocketConnection client = await server.ConnectAsync();
            if (i % 3 < 2)
            {
                Assert.EndsWith("x", await TestServer.AskAsync(client, "x"), StringComparison.Ordinal);
            }

            await server.Server.StopAsync(i % 2 == 0 ? TimeSpan.Zero : Limit.Default).Within();
        }

        await ProcessSockets.NoMoreThanAsync(sockets);
        await Limit.UntilAsync(() => Process.GetCurrentProcess().Threads.Count <= threads + 15, "the workers have ended");
    }
}
