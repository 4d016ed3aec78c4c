using System;
using PSSockets.Engine.Datagrams;

namespace PSSockets.Engine.Servers;

/// <summary>What a server of datagrams is made with. Immutable.</summary>
public sealed record UdpServerOptions : ServerOptions
{
    /// <summary>What its socket is made with; the limits of the queue are those of what waits for handlers too.</summary>
    public UdpSocketOptions Socket { get; init; } = new();

    /// <summary>Makes the handler of a worker, on that worker's thread. Default: none, messages wait to be consumed.</summary>
    public Func<UdpServer, IMessageHandler>? CreateHandler { get; init; }

    /// <summary>Each datagram goes back to its sender as it came. Not together with a handler. Default false.</summary>
    public bool Echo { get; init; }

    /// <summary>
    /// How many senders are known at a time, with their state. Where more come, those that are silent are forgotten. Default 10,000.
    /// </summary>
    public int MaxPeers { get; init; } = 10_000;

    /// <summary>A sender that is silent for so long is forgotten, with its state. Default 1 minute.</summary>
    public TimeSpan PeerIdleTimeout { get; init; } = TimeSpan.FromMinutes(1);
}
