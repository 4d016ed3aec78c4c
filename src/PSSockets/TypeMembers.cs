using System;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Net;
using PSSockets.Engine.Chat;
using PSSockets.Engine.Datagrams;
using PSSockets.Engine.EndPoints;
using PSSockets.Engine.Servers;
using PSSockets.Engine.Transport;

namespace PSSockets;

/// <summary>
/// The members that module/PSSockets.Types.ps1xml adds to the engine's objects: as text what is more than a plain value.
/// </summary>
public static class TypeMembers
{
    /// <summary>The type data of the module, for runspaces that do not import it.</summary>
    internal static string TypesFile { get; } = Path.GetFullPath(
        Path.Combine(Path.GetDirectoryName(typeof(TypeMembers).Assembly.Location)!, "..", "PSSockets.Types.ps1xml"));

    /// <summary>This side, as text with the properties Address and Port.</summary>
    public static object? LocalEndPoint(PSObject target) => ToText(target?.BaseObject switch
    {
        SocketConnection connection => connection.LocalEndPoint,
        SocketServer server => server.LocalEndPoint,
        UdpSocket socket => socket.LocalEndPoint,
        UdpPeer peer => peer.LocalEndPoint,
        _ => null,
    });

    /// <summary>The peer, as text with the properties Address and Port.</summary>
    public static object? RemoteEndPoint(PSObject target) => ToText(target?.BaseObject switch
    {
        IMessagePeer peer => peer.RemoteEndPoint,
        UdpSocket socket => socket.RemoteEndPoint,
        SocketMessage message => message.RemoteEndPoint,
        ChatMember member => member.RemoteEndPoint,
        ChatSession session => session.RemoteEndPoint,
        _ => null,
    });

    /// <summary>The framing as -Framing takes it.</summary>
    public static string? Framing(PSObject target) => target?.BaseObject switch
    {
        SocketConnection connection => connection.Framing.ToString(),
        TcpServer server => server.Framing.ToString(),
        _ => null,
    };

    /// <summary>The encoding as -Encoding takes it.</summary>
    public static string? Encoding(PSObject target) => target?.BaseObject switch
    {
        IMessagePeer peer => peer.Encoding.WebName,
        UdpSocket socket => socket.Encoding.WebName,
        _ => null,
    };

    /// <summary>The multicast groups as text.</summary>
    public static string[]? MulticastGroups(PSObject target)
        => (target?.BaseObject as UdpSocket)?.MulticastGroups.Select(group => group.ToString()).ToArray();

    /// <summary>How long ago the last bytes came or went; in the type data because copies in other processes keep it.</summary>
    public static TimeSpan IdleTime(PSObject target) => target?.BaseObject switch
    {
        SocketConnection connection => connection.IdleTime,
        UdpPeer peer => peer.IdleTime,
        ChatMember member => member.IdleTime,
        _ => default,
    };

    /// <summary>The bytes of a message, for the same reason.</summary>
    public static object? Bytes(PSObject target) => (target?.BaseObject as SocketMessage)?.Bytes;

    private static PSObject? ToText(EndPoint? endPoint)
    {
        if (endPoint is null)
        {
            return null;
        }

        PSObject text = new(EndPointText.Format(endPoint));
        if (endPoint is IPEndPoint ip)
        {
            text.Properties.Add(new PSNoteProperty(nameof(IPEndPoint.Address), ip.Address.IsIPv4MappedToIPv6 ? ip.Address.MapToIPv4() : ip.Address));
            text.Properties.Add(new PSNoteProperty(nameof(IPEndPoint.Port), ip.Port));
            text.Properties.Add(new PSNoteProperty(nameof(IPEndPoint.AddressFamily), ip.AddressFamily));
        }

        return text;
    }
}
