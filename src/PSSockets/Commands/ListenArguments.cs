using System;
using System.Collections.Generic;
using System.Management.Automation;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.EndPoints;
using PSSockets.Engine.Framing;
using PSSockets.Errors;

namespace PSSockets.Commands;

/// <summary>What cmdlets that listen or connect have in common when they read their parameters.</summary>
internal static class ListenArguments
{
    /// <summary>The address for a name that -Address takes: the words for all or loopback addresses, an address, or a local name.</summary>
    public static async Task<IPAddress> ResolveAddressAsync(string text, CancellationToken cancellationToken) => text.ToLowerInvariant() switch
    {
        "loopback" => IPAddress.Loopback,
        "ipv6loopback" => IPAddress.IPv6Loopback,
        "any" or "*" => Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any,
        "ipv4any" => IPAddress.Any,
        "ipv6any" => IPAddress.IPv6Any,
        _ => await ResolveAsync(text, cancellationToken).ConfigureAwait(false),
    };

    /// <summary>The full path for a Unix domain socket, where the system can take one so long.</summary>
    public static string GetUnixSocketPath(PSCmdlet cmdlet, string path)
    {
        string fullPath = cmdlet.GetUnresolvedProviderPathFromPSPath(path);
        try
        {
            _ = new UnixDomainSocketEndPoint(fullPath);
        }
        catch (ArgumentOutOfRangeException exception)
        {
            cmdlet.ThrowTerminatingError(ErrorRecords.InvalidArgument(
                ErrorRecords.InvalidParameterValue,
                $"'{fullPath}' is too long for a Unix domain socket, for which systems take about 100 bytes. Choose a shorter path.",
                fullPath,
                exception));
            throw;
        }

        return fullPath;
    }

    /// <summary>The framing with the limit that was asked for.</summary>
    public static FramingScheme WithLimit(PSCmdlet cmdlet, FramingScheme framing, int maxFrameLength)
    {
        if (!cmdlet.MyInvocation.BoundParameters.ContainsKey(nameof(FramingScheme.MaxFrameLength)))
        {
            return framing;
        }

        try
        {
            return framing.WithMaxFrameLength(maxFrameLength);
        }
        catch (ArgumentOutOfRangeException exception)
        {
            cmdlet.ThrowTerminatingError(
                ErrorRecords.InvalidArgument(ErrorRecords.InvalidParameterCombination, exception.Message, maxFrameLength));
            throw;
        }
    }

    // 0.0.0.0 and :: mean what they mean everywhere; a name is looked up, and IPv4 preferred as clients of a name would find it.
    private static async Task<IPAddress> ResolveAsync(string text, CancellationToken cancellationToken)
    {
        IReadOnlyList<IPAddress> addresses = await HostResolver.ResolveAsync(text, cancellationToken).ConfigureAwait(false);
        foreach (IPAddress address in addresses)
        {
            if (address.AddressFamily == AddressFamily.InterNetwork)
            {
                return address;
            }
        }

        return addresses[0];
    }
}
