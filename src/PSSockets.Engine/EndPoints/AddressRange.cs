using System;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace PSSockets.Engine.EndPoints;

/// <summary>An address or a block of addresses in CIDR notation (RFC 4632, RFC 4291). Immutable, safe for use by many threads.</summary>
public sealed class AddressRange
{
    private readonly byte[] _prefix;

    private AddressRange(IPAddress address, int prefixLength)
    {
        Address = address;
        PrefixLength = prefixLength;
        _prefix = address.GetAddressBytes();
    }

    /// <summary>The address before the slash, as it was given.</summary>
    public IPAddress Address { get; }

    /// <summary>How many leading bits must agree; all of them for a single address.</summary>
    public int PrefixLength { get; }

    /// <summary>Parses <c>192.0.2.1</c>, <c>10.0.0.0/8</c> or <c>2001:db8::/32</c>. Bits behind the prefix are ignored, as routers do.</summary>
    /// <exception cref="FormatException">The text is neither an address nor a block.</exception>
    public static AddressRange Parse(string text) => TryParse(text, out AddressRange? range)
        ? range
        : throw new FormatException($"'{text}' is not an IP address or a CIDR block such as 192.0.2.0/24.");

    /// <summary>As <see cref="Parse"/>, without the exception.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out AddressRange? range)
    {
        range = null;
        ReadOnlySpan<char> rest = text.AsSpan().Trim();
        int slash = rest.IndexOf('/');
        ReadOnlySpan<char> before = slash < 0 ? rest : rest[..slash];
        if (!IPAddress.TryParse(before, out IPAddress? address))
        {
            return false;
        }

        if (address.AddressFamily == AddressFamily.InterNetwork && !before.SequenceEqual(address.ToString()))
        {
            // The short, octal and hexadecimal forms of old: 10/8 would be 0.0.0.10/8, which nobody means who writes an allow list.
            return false;
        }

        int bits = address.GetAddressBytes().Length * 8;
        int length = bits;
        if (slash >= 0 && (!int.TryParse(rest[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out length) || length > bits))
        {
            return false;
        }

        if (address.IsIPv4MappedToIPv6 && length >= 96)
        {
            address = address.MapToIPv4();
            length -= 96;
        }

        range = new AddressRange(address, length);
        return true;
    }

    /// <summary>True where the address lies in the block; an IPv4 address in IPv6 notation counts as the IPv4 address it is.</summary>
    public bool Contains(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        Span<byte> bytes = stackalloc byte[16];
        IPAddress candidate = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        if (!candidate.TryWriteBytes(bytes, out int written) || written != _prefix.Length)
        {
            return false;
        }

        int whole = PrefixLength / 8;
        if (!bytes[..whole].SequenceEqual(_prefix.AsSpan(0, whole)))
        {
            return false;
        }

        int rest = PrefixLength % 8;
        return rest == 0 || (bytes[whole] ^ _prefix[whole]) >> (8 - rest) == 0;
    }

    /// <inheritdoc/>
    public override string ToString() => PrefixLength == _prefix.Length * 8 ? Address.ToString() : $"{Address}/{PrefixLength}";
}
