using System;
using System.Collections.Generic;
using System.Net;

namespace PSSockets.Engine.Transport;

/// <summary>A step on the way to a connection. Immutable.</summary>
public abstract record ConnectStep
{
    private ConnectStep()
    {
    }

    /// <summary>A name was resolved.</summary>
    /// <param name="Host">The name.</param>
    /// <param name="Addresses">Its addresses, in the order in which they are tried.</param>
    public sealed record Resolved(string Host, IReadOnlyList<IPAddress> Addresses) : ConnectStep;

    /// <summary>An address is being tried.</summary>
    /// <param name="EndPoint">The address and port, or the path.</param>
    /// <param name="IsBeside">True where an earlier address is slow and still being waited for.</param>
    public sealed record Trying(EndPoint EndPoint, bool IsBeside) : ConnectStep;

    /// <summary>An address did not take the connection.</summary>
    /// <param name="EndPoint">The address and port, or the path.</param>
    /// <param name="Error">Why not.</param>
    public sealed record Failed(EndPoint EndPoint, Exception Error) : ConnectStep;
}
