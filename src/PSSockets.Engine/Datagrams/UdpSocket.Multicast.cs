using System;
using System.Collections.Generic;
using System.Net;
using System.Net.Sockets;
using PSSockets.Engine.EndPoints;
using PSSockets.Engine.Errors;
using PSSockets.Engine.Transport;

namespace PSSockets.Engine.Datagrams;

/// <content>Multicast: groups, from every sender or from one.</content>
public sealed partial class UdpSocket
{
    /// <summary>ENODEV of Linux: no interface leads to multicast.</summary>
    private const int NoDevice = 19;

    private readonly List<IPAddress> _groups = [];

    /// <summary>The groups joined.</summary>
    [Linked]
    internal IReadOnlyList<IPAddress> MulticastGroups
    {
        get
        {
            lock (_groups)
            {
                return _groups.ToArray();
            }
        }
    }

    /// <summary>True for 224.0.0.0 to 239.255.255.255 (RFC 5771) and ff00::/8 (RFC 4291).</summary>
    public static bool IsMulticast(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return address.IsIPv6Multicast || (address.AddressFamily == AddressFamily.InterNetwork && address.GetAddressBytes()[0] is >= 224 and <= 239);
    }

    /// <summary>Joins a group on the socket's interface.</summary>
    /// <param name="group">The group.</param>
    /// <param name="source">The only sender wanted; null for every sender.</param>
    /// <exception cref="SocketFailureException">The system refuses, for instance because the interface has no multicast.</exception>
    public void JoinGroup(IPAddress group, IPAddress? source = null)
    {
        Change(group, source, join: true);
        lock (_groups)
        {
            _groups.Add(group);
        }
    }

    /// <summary>Leaves a group; closing leaves all.</summary>
    /// <inheritdoc cref="JoinGroup(IPAddress, IPAddress?)"/>
    public void LeaveGroup(IPAddress group, IPAddress? source = null)
    {
        Change(group, source, join: false);
        lock (_groups)
        {
            _groups.Remove(group);
        }
    }

    private static void SetOutgoingInterface(Socket socket, InterfaceSelector card)
    {
        bool isIPv6 = socket.AddressFamily == AddressFamily.InterNetworkV6;
        try
        {
            if (isIPv6)
            {
                socket.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.MulticastInterface, card.GetIndex(AddressFamily.InterNetworkV6));
            }

            if (!isIPv6 || (socket.DualMode && !OperatingSystem.IsMacOS()))
            {
                // The systems tell an interface's number from an address by its first byte, so it goes in network order.
                socket.SetSocketOption(
                    SocketOptionLevel.IP, SocketOptionName.MulticastInterface, IPAddress.HostToNetworkOrder(card.GetIndex(AddressFamily.InterNetwork)));
            }
        }
        catch (SocketException exception)
        {
            throw new SocketFailureException(
                SocketErrorId.SocketFailed, $"Multicast cannot be sent over {card}: {exception.Message}", card.Name, exception);
        }
    }

    private void Change(IPAddress group, IPAddress? source, bool join)
    {
        if (!IsMulticast(group))
        {
            throw new ArgumentException($"{group} is no multicast group: those are 224.0.0.0 to 239.255.255.255, and ff00::/8.", nameof(group));
        }

        if (Status == Transport.ConnectionStatus.Closed)
        {
            throw Closed();
        }

        try
        {
            RefuseGroupsOfOthers();
            int index = _options.Interface?.GetIndex(group.AddressFamily) ?? 0;
            if (source is not null)
            {
                ChangeSource(group, source, index, join);
            }
            else if (group.AddressFamily == AddressFamily.InterNetworkV6)
            {
                _socket.SetSocketOption(
                    SocketOptionLevel.IPv6, join ? SocketOptionName.AddMembership : SocketOptionName.DropMembership, new IPv6MulticastOption(group, index));
            }
            else
            {
                _socket.SetSocketOption(
                    SocketOptionLevel.IP, join ? SocketOptionName.AddMembership : SocketOptionName.DropMembership, new MulticastOption(group, index));
            }
        }
        catch (Exception exception) when (exception is SocketException or PlatformNotSupportedException)
        {
            string where = _options.Interface is { } card ? $" on {card}" : string.Empty;
            throw new SocketFailureException(
                exception is SocketException { SocketErrorCode: SocketError.NetworkDown or SocketError.NetworkUnreachable } or SocketException { NativeErrorCode: NoDevice }
                    ? SocketErrorId.HostUnreachable : SocketErrorId.SocketFailed,
                $"The group {group}{(source is null ? string.Empty : $" from {source}")} cannot be {(join ? "joined" : "left")}{where}: {exception.Message}",
                group.ToString(),
                exception);
        }
    }

    /// <summary>
    /// Linux gives a socket that is bound to any address the datagrams of every group that somebody on the machine has joined, unless told
    /// not to (IP_MULTICAST_ALL, IPV6_MULTICAST_ALL); other systems only those of its own groups.
    /// </summary>
    private void RefuseGroupsOfOthers()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        Span<byte> no = stackalloc byte[sizeof(int)];
        no.Clear();
        try
        {
            _socket.SetRawSocketOption((int)SocketOptionLevel.IP, 49, no);
            if (_isIPv6)
            {
                _socket.SetRawSocketOption((int)SocketOptionLevel.IPv6, 29, no);
            }
        }
        catch (SocketException)
        {
            // IPv6 has it since Linux 4.20.
        }
    }

    /// <summary>
    /// Joins or leaves a group for one sender, for which .NET has no call: struct group_source_req (RFC 3678, section 5.1), an interface's
    /// number and two socket addresses of 128 bytes each, which Linux and Windows lay out alike.
    /// </summary>
    private void ChangeSource(IPAddress group, IPAddress source, int index, bool join)
    {
        const int AddressSize = 128;
        const int GroupOffset = 8;
        int option = OperatingSystem.IsLinux() ? (join ? 46 : 47)
            : OperatingSystem.IsWindows() ? (join ? 45 : 46)
            : throw new PlatformNotSupportedException("source-specific multicast is supported on Linux and Windows.");
        Span<byte> request = stackalloc byte[GroupOffset + (2 * AddressSize)];
        request.Clear();
        BitConverter.TryWriteBytes(request, index);
        Write(group, request[GroupOffset..]);
        Write(source, request[(GroupOffset + AddressSize)..]);
        _socket.SetRawSocketOption((int)(group.AddressFamily == AddressFamily.InterNetworkV6 ? SocketOptionLevel.IPv6 : SocketOptionLevel.IP), option, request);

        static void Write(IPAddress address, Span<byte> target)
        {
            SocketAddress native = new IPEndPoint(address, 0).Serialize();
            native.Buffer.Span[..native.Size].CopyTo(target);
        }
    }
}
