using System;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.Transport;

namespace PSSockets.Engine.Servers;

/// <summary>What a server of connections is made with. Immutable.</summary>
public sealed record TcpServerOptions : ServerOptions
{
    /// <summary>Where to listen; port 0 lets the system choose, <see cref="IPAddress.IPv6Any"/> takes IPv4 too.</summary>
    public required EndPoint EndPoint { get; init; }

    /// <summary>How many connections the system keeps until they are accepted. Default 512.</summary>
    public int Backlog { get; init; } = 512;

    /// <summary>The most connections at a time; a further client is reset at once. Default 10,000.</summary>
    public int MaxConnections { get; init; } = 10_000;

    /// <summary>A connection without traffic for this long is aborted. Default: infinite, never.</summary>
    public TimeSpan IdleTimeout { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>Serves one client to its end before the next is accepted. Default false.</summary>
    public bool Sequential { get; init; }

    /// <summary>Sends back every byte as it came. Default false.</summary>
    public bool Echo { get; init; }

    /// <summary>Makes the handler of a worker, on that worker's thread. Default: none, connections and messages wait to be consumed.</summary>
    public Func<TcpServer, IMessageHandler>? CreateHandler { get; init; }

    /// <summary>Serves a connection to its end, in place of a handler: for what speaks a protocol of its own. Default: none.</summary>
    internal Func<SocketConnection, CancellationToken, Task>? Serve { get; init; }

    /// <summary>Workers wait for their connections themselves where the system lets them (Linux). Default true; false for tests of the other way.</summary>
    internal bool WorkersWait { get; init; } = true;

    /// <summary>What connections are made with; their socket options also go to the listener.</summary>
    public ConnectionOptions Connection { get; init; } = new();
}
