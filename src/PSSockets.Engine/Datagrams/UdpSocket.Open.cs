using System;
using System.Net;
using System.Net.Sockets;
using PSSockets.Engine.EndPoints;
using PSSockets.Engine.Errors;
using PSSockets.Engine.Transport;

namespace PSSockets.Engine.Datagrams;

/// <content>How a socket comes to be: its options, its address, its peer.</content>
public sealed partial class UdpSocket
{
    /// <summary>What is asked for where nothing else is; systems give what they allow at the most.</summary>
    private const int WantedReceiveBuffer = 1024 * 1024;

    /// <summary>WSAIoctl code of Windows: whether "port unreachable" ends in an error of the next receive.</summary>
    private const int ReportRefusals = unchecked((int)0x9800000C);

    /// <summary>Opens a socket: binds, connects where there is a peer, and joins groups.</summary>
    /// <exception cref="SocketFailureException">The endpoint is in use, not this machine's, or forbidden; or the system refuses an option.</exception>
    public static UdpSocket Open(UdpSocketOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        AddressFamily family = options.LocalEndPoint?.AddressFamily ?? options.RemoteEndPoint?.AddressFamily
            ?? (options.MulticastGroups.Count > 0 ? options.MulticastGroups[0].AddressFamily
                : Socket.OSSupportsIPv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork);
        IPEndPoint local = options.LocalEndPoint ?? new IPEndPoint(family == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, 0);
        Socket socket = new(family, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            Prepare(socket, local, options);
            Bind(socket, local);
            if (options.RemoteEndPoint is { } remote)
            {
                Connect(socket, remote);
            }

            UdpSocket opened = new(socket, options);
            foreach (IPAddress group in options.MulticastGroups)
            {
                opened.JoinGroup(group, options.MulticastSource);
            }

            return opened;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static void Prepare(Socket socket, IPEndPoint local, UdpSocketOptions options)
    {
        bool isShared = options.MulticastGroups.Count > 0;
        if (local.Address.Equals(IPAddress.IPv6Any))
        {
            socket.DualMode = true;
        }

        if (OperatingSystem.IsWindows())
        {
            if (!isShared && options.SocketOptions?.ReuseAddress != true)
            {
                // Windows lets another process take a port over unless it is claimed exclusively.
                socket.ExclusiveAddressUse = true;
            }

            if (options.RemoteEndPoint is null)
            {
                // Windows would report a "port unreachable" for what was sent to one peer as an error of the next receive from any peer
                // (10054). A connected socket has one peer only, and there it is news.
                socket.IOControl(ReportRefusals, [0, 0, 0, 0], null);
            }
        }

        try
        {
            socket.ReceiveBufferSize = WantedReceiveBuffer;
        }
        catch (SocketException)
        {
            // Linux and Windows give what they allow; macOS refuses what is more, and keeps its default.
        }

        SocketOptionSet set = options.SocketOptions ?? new SocketOptionSet();
        if (isShared && set.ReuseAddress is null)
        {
            // Every receiver of a group binds to the group's port.
            new SocketOptionSet { ReuseAddress = true }.Apply(socket, EndPointText.Format(local));
        }

        set.Apply(socket, EndPointText.Format(local));
        if (options.Interface is { } card)
        {
            SetOutgoingInterface(socket, card);
        }
    }

    private static void Bind(Socket socket, IPEndPoint local)
    {
        try
        {
            socket.Bind(local);
        }
        catch (SocketException exception)
        {
            throw SocketErrorClassifier.FromBind(exception, EndPointText.Format(local), isUnixSocket: false);
        }
    }

    private static void Connect(Socket socket, IPEndPoint remote)
    {
        string target = EndPointText.Format(remote);
        try
        {
            socket.Connect(
                remote.AddressFamily == AddressFamily.InterNetwork && socket.AddressFamily == AddressFamily.InterNetworkV6 && socket.DualMode
                    ? new IPEndPoint(remote.Address.MapToIPv6(), remote.Port)
                    : remote);
        }
        catch (SocketException exception)
        {
            // No datagram has been sent: the system knows no way there.
            throw SocketErrorClassifier.FromDatagram(exception, target, 0, socket.EnableBroadcast);
        }
        catch (NotSupportedException exception)
        {
            throw new SocketFailureException(
                SocketErrorId.AddressNotAvailable, $"{target} is not of the address family of {EndPointText.Format(socket.LocalEndPoint)}.", target, exception);
        }
    }
}
