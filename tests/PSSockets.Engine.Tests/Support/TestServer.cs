using System;
using System.Linq;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.Servers;
using PSSockets.Engine.Transport;

namespace PSSockets.Engine.Tests.Support;

/// <summary>A server on a loopback port that the system chooses; stopped at once when the test ends.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private TestServer(TcpServer server)
    {
        Server = server;
    }

    public TcpServer Server { get; }

    public static TcpServerOptions Options { get; } = new() { EndPoint = new IPEndPoint(IPAddress.Loopback, 0) };

    /// <summary>A server without a handler, or as the options say.</summary>
    public static TestServer Start(Func<TcpServerOptions, TcpServerOptions>? configure = null)
        => new(TcpServer.Start(configure is null ? Options : configure(Options)));

    public static TestServer Start(TestHandler handler, Func<TcpServerOptions, TcpServerOptions>? configure = null)
        => Start(options => (configure is null ? options : configure(options)) with { CreateHandler = _ => handler });

    public static TestServer StartEcho() => Start(options => options with { Echo = true });

    public Task<SocketConnection> ConnectAsync(ConnectionOptions? options = null) => Loopback.ConnectAsync(Server.Port, options);

    public async Task<SocketConnection[]> ConnectAsync(int count)
        => await Task.WhenAll(Enumerable.Range(0, count).Select(_ => ConnectAsync()));

    /// <summary>Sends a line and waits for the answer.</summary>
    public static async Task<string?> AskAsync(SocketConnection connection, string line)
    {
        await connection.SendAsync(line, Limit.Token());
        return (string?)await connection.ReceiveAsync();
    }

    public async ValueTask DisposeAsync() => await Server.StopAsync(TimeSpan.Zero, CancellationToken.None).Within();
}
