using System;
using System.Globalization;
using System.Linq;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using PSSockets.Engine.Errors;

namespace PSSockets.Engine.EndPoints;

/// <summary>A network interface of this machine, by its name, number or one of its addresses. Immutable.</summary>
public sealed class InterfaceSelector
{
    private readonly int _ipv4Index;
    private readonly int _ipv6Index;
    private readonly IPAddress[] _addresses;

    private InterfaceSelector(NetworkInterface found, IPAddress? preferred)
    {
        Name = found.Name;
        _ipv4Index = GetIndex(found, AddressFamily.InterNetwork);
        _ipv6Index = GetIndex(found, AddressFamily.InterNetworkV6);
        _addresses = [.. found.GetIPProperties().UnicastAddresses.Select(unicast => unicast.Address)
            .OrderByDescending(address => preferred is not null && IsSame(address, preferred))];
    }

    /// <summary>The system's name for it.</summary>
    public string Name { get; }

    /// <summary>Finds an interface such as <c>eth0</c>, <c>2</c>, <c>192.0.2.1</c> or <c>fe80::1</c>.</summary>
    /// <exception cref="SocketFailureException">There is none (<see cref="SocketErrorId.InterfaceNotFound"/>); the message lists those that there are.</exception>
    public static InterfaceSelector Find(string text)
    {
        NetworkInterface[] all = NetworkInterface.GetAllNetworkInterfaces();
        IPAddress? address = null;
        NetworkInterface? found = all.FirstOrDefault(candidate => candidate.Name.Equals(text, StringComparison.OrdinalIgnoreCase));
        if (found is null && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int index))
        {
            found = all.FirstOrDefault(candidate => GetIndex(candidate, AddressFamily.InterNetwork) == index)
                ?? all.FirstOrDefault(candidate => GetIndex(candidate, AddressFamily.InterNetworkV6) == index);
        }
        else if (found is null && IPAddress.TryParse(text, out address))
        {
            found = all.FirstOrDefault(candidate => candidate.GetIPProperties().UnicastAddresses.Any(unicast => IsSame(unicast.Address, address)));
        }

        return found is not null
            ? new InterfaceSelector(found, address)
            : throw new SocketFailureException(
                SocketErrorId.InterfaceNotFound,
                $"'{text}' is no network interface of this machine. There are: {string.Join(", ", all.Select(candidate => candidate.Name))}.",
                text);
    }

    /// <summary>
    /// Its address to send to a destination from: of the same family, and link-local where the destination is; the one it was found by
    /// before others.
    /// </summary>
    /// <exception cref="SocketFailureException">It has none (<see cref="SocketErrorId.AddressNotAvailable"/>).</exception>
    public IPAddress GetSourceFor(IPAddress destination)
        => _addresses.FirstOrDefault(address => address.AddressFamily == destination.AddressFamily && address.IsIPv6LinkLocal == destination.IsIPv6LinkLocal)
            ?? throw new SocketFailureException(
                SocketErrorId.AddressNotAvailable, $"The interface {Name} has no address from which {destination} can be sent to.", Name);

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>The system's number for it in an address family.</summary>
    internal int GetIndex(AddressFamily family) => family == AddressFamily.InterNetworkV6 ? _ipv6Index : _ipv4Index;

    // The number behind the % of a link-local address names an interface already; the rest must agree.
    private static bool IsSame(IPAddress one, IPAddress other)
        => one.GetAddressBytes().AsSpan().SequenceEqual(other.GetAddressBytes()) && (other.AddressFamily != AddressFamily.InterNetworkV6
            || other.ScopeId == 0 || other.ScopeId == one.ScopeId);

    private static int GetIndex(NetworkInterface candidate, AddressFamily family)
    {
        try
        {
            IPInterfaceProperties properties = candidate.GetIPProperties();
            return family == AddressFamily.InterNetworkV6 ? properties.GetIPv6Properties().Index : properties.GetIPv4Properties().Index;
        }
        catch (NetworkInformationException)
        {
            // It does not speak that family.
            return 0;
        }
    }
}
