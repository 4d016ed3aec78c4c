using System;
using System.Net;
using System.Net.Sockets;

namespace PSSockets.Engine.EndPoints;

/// <summary>What stands for a host where hosts are counted or slowed down.</summary>
internal static class AddressKey
{
    /// <summary>The same for all that one host can connect from; empty for peers without an address, as on Unix domain sockets.</summary>
    public static string Of(EndPoint? peer)
    {
        if (peer is not IPEndPoint { Address: { } address })
        {
            return string.Empty;
        }

        // Of IPv6 a subscriber has at least the last 64 bits to himself.
        return address.AddressFamily == AddressFamily.InterNetworkV6 && !address.IsIPv4MappedToIPv6
            ? Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8))
            : address.ToString();
    }
}
