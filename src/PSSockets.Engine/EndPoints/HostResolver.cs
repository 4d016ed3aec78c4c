using System.Collections.Generic;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.Errors;

namespace PSSockets.Engine.EndPoints;

/// <summary>Names to addresses, in the order in which they should be tried.</summary>
public static class HostResolver
{
    /// <summary>Resolves a name, or takes an address as it is. An address is never looked up.</summary>
    /// <returns>At least one address, families interleaved with the system's first choice in front (RFC 8305, section 4).</returns>
    /// <exception cref="SocketFailureException">The name has no address (<see cref="SocketErrorId.NameNotResolved"/>).</exception>
    public static async Task<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        if (IPAddress.TryParse(host, out IPAddress? literal))
        {
            return [literal];
        }

        IPAddress[] addresses;
        try
        {
            // The wait is given up at once; the system's look-up cannot be stopped and ends by itself.
            addresses = await Dns.GetHostAddressesAsync(host, cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (SocketException exception)
        {
            throw NotResolved(host, exception);
        }
        catch (System.ArgumentException exception)
        {
            // Too long a name, or one that no resolver would take.
            throw NotResolved(host, exception);
        }

        return addresses.Length == 0 ? throw NotResolved(host, null) : Interleave(addresses);
    }

    /// <summary>Alternates between the families and keeps the order within each.</summary>
    internal static IReadOnlyList<IPAddress> Interleave(IReadOnlyList<IPAddress> addresses)
    {
        Queue<IPAddress> first = new();
        Queue<IPAddress> second = new();
        foreach (IPAddress address in addresses)
        {
            (address.AddressFamily == addresses[0].AddressFamily ? first : second).Enqueue(address);
        }

        List<IPAddress> ordered = new(addresses.Count);
        while (first.Count + second.Count > 0)
        {
            if (first.TryDequeue(out IPAddress? next))
            {
                ordered.Add(next);
            }

            if (second.TryDequeue(out next))
            {
                ordered.Add(next);
            }
        }

        return ordered;
    }

    private static SocketFailureException NotResolved(string host, System.Exception? inner) => new(
        SocketErrorId.NameNotResolved, $"The name '{host}' could not be resolved to an address.", host, inner);
}
