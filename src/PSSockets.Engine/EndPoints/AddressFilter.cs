using System.Collections.Generic;
using System.Net;

namespace PSSockets.Engine.EndPoints;

/// <summary>Who may connect: a denied address never, and where an allow list is given only who stands on it. Immutable.</summary>
public sealed class AddressFilter
{
    private readonly AddressRange[] _allow;
    private readonly AddressRange[] _deny;

    /// <summary>Creates a filter; an empty allow list allows everybody.</summary>
    public AddressFilter(IEnumerable<AddressRange> allow, IEnumerable<AddressRange> deny)
    {
        _allow = [.. allow];
        _deny = [.. deny];
    }

    /// <summary>Lets everybody in.</summary>
    public static AddressFilter None { get; } = new([], []);

    /// <summary>True where somebody is on the allow list.</summary>
    public bool HasAllowList => _allow.Length > 0;

    /// <summary>True where the peer may connect. Peers without an IP address, as on Unix domain sockets, always may.</summary>
    public bool Permits(EndPoint? peer) => peer is not IPEndPoint ip
        || (!Matches(_deny, ip.Address) && (_allow.Length == 0 || Matches(_allow, ip.Address)));

    private static bool Matches(AddressRange[] ranges, IPAddress address)
    {
        foreach (AddressRange range in ranges)
        {
            if (range.Contains(address))
            {
                return true;
            }
        }

        return false;
    }
}
