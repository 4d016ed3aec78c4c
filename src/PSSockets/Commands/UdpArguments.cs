using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.Datagrams;
using PSSockets.Engine.EndPoints;
using PSSockets.Engine.Errors;
using PSSockets.Engine.Transport;
using PSSockets.Errors;

namespace PSSockets.Commands;

/// <summary>What the cmdlets of UDP have in common when they read their parameters.</summary>
internal static class UdpArguments
{
    /// <summary>
    /// The one address of a name. Nothing tells whether a datagram has found its receiver, so that addresses cannot be tried in turn: IPv4
    /// comes first, unless the socket has IPv6 only.
    /// </summary>
    public static async Task<IPEndPoint> ResolveAsync(string host, int port, AddressFamily? family, CancellationToken cancellationToken)
    {
        IReadOnlyList<IPAddress> addresses = await HostResolver.ResolveAsync(host, cancellationToken).ConfigureAwait(false);
        IPAddress? address = addresses.OrderBy(candidate => candidate.AddressFamily != AddressFamily.InterNetwork)
            .FirstOrDefault(candidate => family is null || candidate.AddressFamily == family);
        return address is not null ? new IPEndPoint(address, port) : throw new SocketFailureException(
            SocketErrorId.AddressNotAvailable,
            $"{EndPointText.FormatHost(host, port)} has no address of the family of the local one.",
            EndPointText.FormatHost(host, port));
    }

    /// <summary>Ends the command where a group is none, or a source is given without a group.</summary>
    public static void CheckGroups(PSCmdlet cmdlet, IPAddress[] groups, IPAddress? source)
    {
        if (groups.FirstOrDefault(group => !UdpSocket.IsMulticast(group)) is { } wrong)
        {
            cmdlet.ThrowTerminatingError(ErrorRecords.InvalidArgument(
                ErrorRecords.InvalidParameterValue, $"{wrong} is no multicast group: those are 224.0.0.0 to 239.255.255.255, and ff00::/8.", wrong));
        }

        if (groups.Length == 0 && source is not null)
        {
            cmdlet.ThrowTerminatingError(ErrorRecords.InvalidArgument(
                ErrorRecords.InvalidParameterCombination, "-MulticastSource says whose datagrams to a group are wanted: give -MulticastGroup too.", source));
        }
    }

    /// <summary>The options given as a table, with those that have parameters of their own.</summary>
    public static SocketOptionSet GetOptions(SocketOptionSet? given, bool broadcast, int ttl, bool noLoopback, int receiveBufferSize)
    {
        SocketOptionSet options = given?.Copy() ?? new SocketOptionSet();
        options.Broadcast = broadcast ? true : options.Broadcast;
        options.Ttl = ttl > 0 ? ttl : options.Ttl;
        options.MulticastTtl = ttl > 0 ? ttl : options.MulticastTtl;
        options.MulticastLoopback = noLoopback ? false : options.MulticastLoopback;
        options.ReceiveBufferSize = receiveBufferSize > 0 ? receiveBufferSize : options.ReceiveBufferSize;
        return options;
    }

    /// <summary>All addresses of the family of the groups: who is bound to loopback alone receives no multicast.</summary>
    public static IPAddress GetAnyAddress(IPAddress[] groups)
        => groups[0].AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any;
}
