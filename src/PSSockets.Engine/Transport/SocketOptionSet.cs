using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Net.Sockets;
using System.Reflection;

namespace PSSockets.Engine.Transport;

/// <summary>
/// Options of a socket. As input, null leaves an option as it is; as a reading, null means that the system or this kind of socket does
/// not have it. Not thread-safe.
/// </summary>
public sealed class SocketOptionSet
{
    private static readonly PropertyInfo[] s_properties = typeof(SocketOptionSet).GetProperties(BindingFlags.Public | BindingFlags.Instance);

    /// <summary>Small writes leave at once instead of being joined (TCP_NODELAY). Default true.</summary>
    public bool? NoDelay { get; set; }

    /// <summary>Probes an idle connection to notice a dead peer (SO_KEEPALIVE). Default false.</summary>
    public bool? KeepAlive { get; set; }

    /// <summary>Seconds without traffic before the first probe. The system's default is often 7200.</summary>
    public int? KeepAliveTimeSeconds { get; set; }

    /// <summary>Seconds between probes. The system's default is often 75.</summary>
    public int? KeepAliveIntervalSeconds { get; set; }

    /// <summary>Unanswered probes before the connection counts as reset. The system's default is often 9.</summary>
    public int? KeepAliveRetryCount { get; set; }

    /// <summary>How long a close waits for unsent data, in seconds; 0 makes every close a reset (RST), -1 leaves it to the system.</summary>
    public int? LingerSeconds { get; set; }

    /// <summary>The system's send buffer in bytes (SO_SNDBUF). Linux reports twice what was set.</summary>
    public int? SendBufferSize { get; set; }

    /// <summary>The system's receive buffer in bytes (SO_RCVBUF). Linux reports twice what was set.</summary>
    public int? ReceiveBufferSize { get; set; }

    /// <summary>How many routers a packet may pass (IP_TTL, IPV6_UNICAST_HOPS).</summary>
    public int? Ttl { get; set; }

    /// <summary>The type-of-service byte: DSCP in the upper six bits (RFC 2474). IPv4 only.</summary>
    public int? TypeOfService { get; set; }

    /// <summary>
    /// Lets several sockets bind to the same address (SO_REUSEADDR). Listeners need it on Windows only, and there it lets another process
    /// steal the port; on Unix they can always take a port whose old connections are in TIME_WAIT, and the option is not applied to them.
    /// </summary>
    public bool? ReuseAddress { get; set; }

    /// <summary>Lets a datagram socket send to broadcast addresses (SO_BROADCAST). Default false.</summary>
    public bool? Broadcast { get; set; }

    /// <summary>How many routers a multicast datagram may pass (IP_MULTICAST_TTL, IPV6_MULTICAST_HOPS). Default 1, the own network.</summary>
    public int? MulticastTtl { get; set; }

    /// <summary>Multicast datagrams also come to receivers on this machine (IP_MULTICAST_LOOP). Default true.</summary>
    public bool? MulticastLoopback { get; set; }

    /// <summary>The names of all options.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. s_properties.Select(property => property.Name)];

    /// <summary>Makes a set from names and values, as a hashtable has them. Names are not case-sensitive.</summary>
    /// <exception cref="ArgumentException">A name is unknown, or a value does not fit; the message lists what is known.</exception>
    public static SocketOptionSet FromDictionary(IDictionary values)
    {
        ArgumentNullException.ThrowIfNull(values);
        SocketOptionSet options = new();
        foreach (DictionaryEntry entry in values)
        {
            string name = Convert.ToString(entry.Key, CultureInfo.InvariantCulture) ?? string.Empty;
            PropertyInfo property = s_properties.FirstOrDefault(p => p.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                ?? throw new ArgumentException($"'{name}' is not a socket option. Known: {string.Join(", ", Names)}.");
            property.SetValue(options, ConvertValue(property, entry.Value));
        }

        return options;
    }

    /// <summary>Reads all options of a connection or datagram socket.</summary>
    /// <exception cref="Errors.SocketFailureException">It is closed.</exception>
    public static SocketOptionSet Read(ISocketOwner connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        Socket? socket = connection.GetOpenSocket();
        return socket is null ? new SocketOptionSet() : Read(socket);
    }

    /// <summary>Sets the options that are not null on a connection or datagram socket.</summary>
    /// <exception cref="Errors.SocketFailureException">It is closed, or the system refuses an option.</exception>
    public void Apply(ISocketOwner connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        if (connection.GetOpenSocket() is { } socket)
        {
            Apply(socket, connection.DisplayName);
        }
    }

    /// <summary>The same options in a set of their own.</summary>
    public SocketOptionSet Copy() => (SocketOptionSet)MemberwiseClone();

    internal static SocketOptionSet Read(Socket socket) => new()
    {
        NoDelay = TryGet(socket, SocketOptionLevel.Tcp, SocketOptionName.NoDelay) is { } noDelay ? noDelay != 0 : null,
        KeepAlive = TryGet(socket, SocketOptionLevel.Socket, SocketOptionName.KeepAlive) is { } keepAlive ? keepAlive != 0 : null,
        KeepAliveTimeSeconds = TryGet(socket, SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime),
        KeepAliveIntervalSeconds = TryGet(socket, SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval),
        KeepAliveRetryCount = TryGet(socket, SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount),
        LingerSeconds = TryGetLinger(socket),
        SendBufferSize = TryGet(socket, SocketOptionLevel.Socket, SocketOptionName.SendBuffer),
        ReceiveBufferSize = TryGet(socket, SocketOptionLevel.Socket, SocketOptionName.ReceiveBuffer),
        Ttl = socket.AddressFamily switch
        {
            AddressFamily.InterNetwork => TryGet(socket, SocketOptionLevel.IP, SocketOptionName.IpTimeToLive),
            AddressFamily.InterNetworkV6 => TryGet(socket, SocketOptionLevel.IPv6, SocketOptionName.IpTimeToLive),
            _ => null,
        },
        TypeOfService = socket.AddressFamily == AddressFamily.InterNetwork
            ? TryGet(socket, SocketOptionLevel.IP, SocketOptionName.TypeOfService)
            : null,
        ReuseAddress = TryGet(socket, SocketOptionLevel.Socket, SocketOptionName.ReuseAddress) is { } reuse ? reuse != 0 : null,
        Broadcast = TryGetDatagram(socket, SocketOptionLevel.Socket, SocketOptionName.Broadcast) is { } broadcast ? broadcast != 0 : null,
        MulticastTtl = TryGetDatagram(socket, GetIpLevel(socket), SocketOptionName.MulticastTimeToLive),
        MulticastLoopback = TryGetDatagram(socket, GetIpLevel(socket), SocketOptionName.MulticastLoopback) is { } loopback ? loopback != 0 : null,
    };

    internal void Apply(Socket socket, string target, bool isListener = false)
    {
        // .NET sets SO_REUSEPORT with it on Unix, which would let two listeners share a port.
        if (!isListener || OperatingSystem.IsWindows())
        {
            Set(socket, target, nameof(ReuseAddress), SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, ToInt(ReuseAddress));
        }

        Set(socket, target, nameof(NoDelay), SocketOptionLevel.Tcp, SocketOptionName.NoDelay, ToInt(NoDelay));
        Set(socket, target, nameof(KeepAlive), SocketOptionLevel.Socket, SocketOptionName.KeepAlive, ToInt(KeepAlive));
        Set(socket, target, nameof(KeepAliveTimeSeconds), SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, KeepAliveTimeSeconds);
        Set(socket, target, nameof(KeepAliveIntervalSeconds), SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, KeepAliveIntervalSeconds);
        Set(socket, target, nameof(KeepAliveRetryCount), SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, KeepAliveRetryCount);
        Set(socket, target, nameof(SendBufferSize), SocketOptionLevel.Socket, SocketOptionName.SendBuffer, SendBufferSize);
        Set(socket, target, nameof(ReceiveBufferSize), SocketOptionLevel.Socket, SocketOptionName.ReceiveBuffer, ReceiveBufferSize);
        SetOnBoth(socket, target, nameof(Ttl), SocketOptionName.IpTimeToLive, Ttl);
        SetOnBoth(socket, target, nameof(MulticastTtl), SocketOptionName.MulticastTimeToLive, MulticastTtl);
        SetOnBoth(socket, target, nameof(MulticastLoopback), SocketOptionName.MulticastLoopback, ToInt(MulticastLoopback));
        Set(socket, target, nameof(Broadcast), SocketOptionLevel.Socket, SocketOptionName.Broadcast, ToInt(Broadcast));
        Set(socket, target, nameof(TypeOfService), SocketOptionLevel.IP, SocketOptionName.TypeOfService, TypeOfService);
        if (LingerSeconds is { } linger)
        {
            Try(target, nameof(LingerSeconds), () => socket.LingerState = new LingerOption(linger >= 0, Math.Max(linger, 0)));
        }
    }

    private static int? ToInt(bool? value) => value is { } flag ? (flag ? 1 : 0) : null;

    private static SocketOptionLevel GetIpLevel(Socket socket)
        => socket.AddressFamily == AddressFamily.InterNetworkV6 ? SocketOptionLevel.IPv6 : SocketOptionLevel.IP;

    /// <summary>Sets what IPv4 and IPv6 each have of their own; on a dual-mode socket for both, where the system lets us.</summary>
    private static void SetOnBoth(Socket socket, string target, string name, SocketOptionName option, int? value)
    {
        Set(socket, target, name, GetIpLevel(socket), option, value);
        if (value is { } number && socket is { AddressFamily: AddressFamily.InterNetworkV6, DualMode: true })
        {
            try
            {
                socket.SetSocketOption(SocketOptionLevel.IP, option, number);
            }
            catch (SocketException)
            {
                // macOS has IPv4's options on IPv4 sockets only.
            }
        }
    }

    private static void Set(Socket socket, string target, string name, SocketOptionLevel level, SocketOptionName option, int? value)
    {
        if (value is { } number)
        {
            Try(target, name, () => socket.SetSocketOption(level, option, number));
        }
    }

    private static void Try(string target, string name, Action set)
    {
        try
        {
            set();
        }
        catch (Exception exception) when (exception is SocketException or ArgumentException)
        {
            // The runtime itself checks some values before the system does.
            throw new Errors.SocketFailureException(
                Errors.SocketErrorId.SocketFailed, $"The system refuses to set {name} on {target}: {exception.Message}", target, exception);
        }
    }

    // Not every system and family knows every option.
    private static int? TryGet(Socket socket, SocketOptionLevel level, SocketOptionName name)
    {
        try
        {
            return socket.GetSocketOption(level, name) as int?;
        }
        catch (SocketException)
        {
            return null;
        }
    }

    private static int? TryGetDatagram(Socket socket, SocketOptionLevel level, SocketOptionName name)
        => socket.SocketType == SocketType.Dgram ? TryGet(socket, level, name) : null;

    private static int? TryGetLinger(Socket socket)
    {
        try
        {
            return socket.LingerState is { Enabled: true } linger ? linger.LingerTime : -1;
        }
        catch (SocketException)
        {
            return null;
        }
    }

    private static object? ConvertValue(PropertyInfo property, object? value)
    {
        Type type = Nullable.GetUnderlyingType(property.PropertyType)!;
        try
        {
            return value is null ? null : Convert.ChangeType(value, type, CultureInfo.InvariantCulture);
        }
        catch (Exception exception) when (exception is FormatException or InvalidCastException or OverflowException)
        {
            throw new ArgumentException(
                $"'{value}' does not fit the socket option {property.Name}: it takes {(type == typeof(bool) ? "true or false" : "a whole number")}.",
                exception);
        }
    }
}
