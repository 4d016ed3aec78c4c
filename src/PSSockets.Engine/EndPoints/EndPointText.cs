using System.Net;
using System.Net.Sockets;

namespace PSSockets.Engine.EndPoints;

/// <summary>Endpoints as text, and IPv4 addresses freed of their IPv6 coat.</summary>
public static class EndPointText
{
    /// <summary>
    /// Formats an endpoint: <c>192.0.2.1:80</c>, <c>[2001:db8::1]:80</c>, or the path of a Unix domain socket. A Unix socket that is
    /// not bound to a path, as a client's, reads <c>unix</c>.
    /// </summary>
    public static string Format(EndPoint? endPoint) => endPoint switch
    {
        null => "unix",
        IPEndPoint ip => Normalize(ip).ToString(),
        UnixDomainSocketEndPoint unix when unix.ToString() is { Length: > 0 } path => path,
        UnixDomainSocketEndPoint => "unix",
        DnsEndPoint dns => FormatHost(dns.Host, dns.Port),
        _ => endPoint.ToString() ?? string.Empty,
    };

    /// <summary>Formats a name or address with a port; IPv6 addresses get their brackets.</summary>
    public static string FormatHost(string host, int port) => host.Contains(':') ? $"[{host}]:{port}" : $"{host}:{port}";

    /// <summary>Gives an IPv4 peer of a dual-mode socket its IPv4 address back (<c>::ffff:192.0.2.1</c> is <c>192.0.2.1</c>).</summary>
    internal static IPEndPoint Normalize(IPEndPoint endPoint) => endPoint.Address.IsIPv4MappedToIPv6
        ? new IPEndPoint(endPoint.Address.MapToIPv4(), endPoint.Port)
        : endPoint;

    /// <inheritdoc cref="Normalize(IPEndPoint)"/>
    internal static EndPoint? Normalize(EndPoint? endPoint) => endPoint is IPEndPoint ip ? Normalize(ip) : endPoint;
}
