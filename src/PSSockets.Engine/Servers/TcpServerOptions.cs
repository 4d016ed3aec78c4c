using System;
using System.Net;
using PSSockets.Engine.EndPoints;
using PSSockets.Engine.Transport;

namespace PSSockets.Engine.Servers;

/// <summary>What a server is made with. Immutable.</summary>
public sealed record TcpServerOptions
{
    /// <summary>Where to listen; port 0 lets the system choose, <see cref="IPAddress.IPv6Any"/> takes IPv4 too.</summary>
    public required EndPoint EndPoint { get; init; }

    /// <summary>A name for people. Default: made from the id.</summary>
    public string? Name { get; init; }

    /// <summary>How many connections the system keeps until they are accepted. Default 512.</summary>
    public int Backlog { get; init; } = 512;

    /// <summary>The most connections at a time; a further client is reset at once. Default 10,000.</summary>
    public int MaxConnections { get; init; } = 10_000;

    /// <summary>Who may connect. Default: everybody.</summary>
    public AddressFilter Filter { get; init; } = AddressFilter.None;

    /// <summary>A connection without traffic for this long is aborted. Default: infinite, never.</summary>
    public TimeSpan IdleTimeout { get; init; } = System.Threading.Timeout.InfiniteTimeSpan;

    /// <summary>Serves one client to its end before the next is accepted. Default false.</summary>
    public bool Sequential { get; init; }

    /// <summary>Sends back every byte as it came. Default false.</summary>
    public bool Echo { get; init; }

    /// <summary>Makes the handler of a worker, on that worker's thread. Default: none, connections and messages wait to be consumed.</summary>
    public Func<TcpServer, IMessageHandler>? CreateHandler { get; init; }

    /// <summary>How many workers run handlers at a time. Default: one for each processor.</summary>
    public int ThrottleLimit { get; init; } = Environment.ProcessorCount;

    /// <summary>What connections are made with; their socket options also go to the listener.</summary>
    public ConnectionOptions Connection { get; init; } = new();

    /// <summary>How many errors <see cref="TcpServer.Errors"/> keeps. Default 256.</summary>
    public int MaxErrors { get; init; } = 256;

    /// <summary>How many events wait for slow subscribers before new ones are dropped and counted. Default 1,024.</summary>
    public int MaxQueuedEvents { get; init; } = 1024;

    /// <summary>
    /// Calls a subscriber of an event, or gives false where it, queueing events itself, can take no more for now. Default: calls it.
    /// </summary>
    public Func<EventHandler<ServerEventArgs>, object, ServerEventArgs, bool> TryRaiseEvent { get; init; } = static (subscriber, sender, args) =>
    {
        subscriber(sender, args);
        return true;
    };

    /// <summary>Turns an error of a connection into what <see cref="TcpServer.Errors"/> keeps. Default: the exception itself.</summary>
    public Func<Exception, SocketConnection?, object>? DescribeError { get; init; }
}
