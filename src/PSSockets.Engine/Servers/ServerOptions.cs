using System;
using PSSockets.Engine.EndPoints;
using PSSockets.Engine.Transport;

namespace PSSockets.Engine.Servers;

/// <summary>What servers of every kind are made with. Immutable.</summary>
public abstract record ServerOptions
{
    /// <summary>A name for people. Default: made from the id.</summary>
    public string? Name { get; init; }

    /// <summary>Who may connect or send. Default: everybody.</summary>
    public AddressFilter Filter { get; init; } = AddressFilter.None;

    /// <summary>How many workers run handlers at a time. Default: one for each processor.</summary>
    public int ThrottleLimit { get; init; } = Environment.ProcessorCount;

    /// <summary>How many errors <see cref="SocketServer.Errors"/> keeps. Default 256.</summary>
    public int MaxErrors { get; init; } = 256;

    /// <summary>How many events wait for slow subscribers before new ones are dropped and counted. Default 1,024.</summary>
    public int MaxQueuedEvents { get; init; } = 1024;

    /// <summary>
    /// Calls a subscriber of an event, or gives false where it, queueing events itself, can take no more for now. Default: calls it.
    /// </summary>
    public Func<EventHandler<ServerEventArgs>, object, ServerEventArgs, bool> TryRaiseEvent { get; init; } = EventQueue.Call;

    /// <summary>Turns an error into what <see cref="SocketServer.Errors"/> keeps. Default: the exception itself.</summary>
    public Func<Exception, IMessagePeer?, object>? DescribeError { get; init; }
}
