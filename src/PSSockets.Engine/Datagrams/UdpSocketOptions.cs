using System.Collections.Generic;
using System.Net;
using System.Text;
using PSSockets.Engine.EndPoints;
using PSSockets.Engine.Transport;

namespace PSSockets.Engine.Datagrams;

/// <summary>What a datagram socket is made with. Immutable.</summary>
public sealed record UdpSocketOptions
{
    /// <summary>
    /// Where to bind; port 0 lets the system choose, <see cref="IPAddress.IPv6Any"/> takes IPv4 too. Default: any address and port, of the
    /// family of the peer or the multicast groups where there are any.
    /// </summary>
    public IPEndPoint? LocalEndPoint { get; init; }

    /// <summary>The one peer: datagrams go to it by default and come from it only. Default: none, an unconnected socket.</summary>
    public IPEndPoint? RemoteEndPoint { get; init; }

    /// <summary>A name for people. Default: made from the id.</summary>
    public string? Name { get; init; }

    /// <summary>The encoding of text. Default: UTF-8.</summary>
    public Encoding Encoding { get; init; } = ConnectionOptions.DefaultEncoding;

    /// <summary>What is received comes as byte arrays, not as messages with their sender. Default false.</summary>
    public bool AsByteStream { get; init; }

    /// <summary>The multicast groups to join. Where there are any, other sockets may share the port. Default: none.</summary>
    public IReadOnlyList<IPAddress> MulticastGroups { get; init; } = [];

    /// <summary>The only sender whose datagrams to the groups are wanted (source-specific multicast, RFC 4607). Default: every sender.</summary>
    public IPAddress? MulticastSource { get; init; }

    /// <summary>The interface over which groups are joined and multicast is sent. Default: the system chooses.</summary>
    public InterfaceSelector? Interface { get; init; }

    /// <summary>Options of the socket; null leaves the defaults.</summary>
    public SocketOptionSet? SocketOptions { get; init; }

    /// <summary>How many received datagrams wait to be taken; further ones are dropped and counted. Default 65,536.</summary>
    public int MaxQueuedDatagrams { get; init; } = 64 * 1024;

    /// <summary>How many bytes of them wait. Default 64 MiB.</summary>
    public long MaxQueuedBytes { get; init; } = 64 * 1024 * 1024;

    internal object? Server { get; init; }
}
