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
/// The members that module/PSSockets.Types.ps1xml adds to the engine's objects. What it calls hidden works by its name, but nothing that lists
/// all properties, such as ConvertTo-Json, follows it to other objects.
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

    /// <summary>The server that a connection or socket belongs to.</summary>
    public static object? Server(PSObject target) => target?.BaseObject switch
    {
        SocketConnection connection => connection.Server,
        UdpSocket socket => socket.Server,
        UdpPeer peer => peer.Server,
        _ => null,
    };

    /// <summary>The table that handlers share.</summary>
    public static SharedState? State(PSObject target) => target?.BaseObject switch
    {
        SocketServer server => server.State,
        SocketConnection connection => connection.State,
        UdpPeer peer => peer.State,
        ChatSession session => session.State,
        _ => null,
    };

    /// <summary>How long ago the last bytes came or went.</summary>
    public static TimeSpan IdleTime(PSObject target) => target?.BaseObject switch
    {
        SocketConnection connection => connection.IdleTime,
        UdpPeer peer => peer.IdleTime,
        ChatMember member => member.IdleTime,
        _ => default,
    };

    /// <summary>The error behind the end of a connection.</summary>
    public static object? CloseError(PSObject target) => (target?.BaseObject as SocketConnection)?.CloseError;

    /// <summary>The latest errors of a server or a chat session.</summary>
    public static object? Errors(PSObject target) => target?.BaseObject switch
    {
        SocketServer server => server.Errors,
        ChatSession session => session.Errors,
        _ => null,
    };

    /// <summary>A server's connections.</summary>
    public static object? Connections(PSObject target) => (target?.BaseObject as IConnectionServer)?.GetConnections();

    /// <summary>A chat's members.</summary>
    public static object? Members(PSObject target) => (target?.BaseObject as ChatServer)?.Members;

    /// <summary>A chat's rooms.</summary>
    public static object? Rooms(PSObject target) => (target?.BaseObject as ChatServer)?.Rooms;

    /// <summary>The nodes of a server's chat.</summary>
    public static object? Nodes(PSObject target) => (target?.BaseObject as ChatServer)?.Nodes;

    /// <summary>Who a chat does not let in.</summary>
    public static object? Bans(PSObject target) => (target?.BaseObject as ChatServer)?.Bans;

    /// <summary>The chat that a member was asked of.</summary>
    public static object? Chat(PSObject target) => (target?.BaseObject as ChatMember)?.Chat;

    /// <summary>The senders that a UDP server knows.</summary>
    public static object? Peers(PSObject target) => (target?.BaseObject as UdpServer)?.Peers;

    /// <summary>The UDP socket of a server or sender.</summary>
    public static object? Socket(PSObject target) => target?.BaseObject switch
    {
        UdpServer server => server.Socket,
        UdpPeer peer => peer.Socket,
        _ => null,
    };

    /// <summary>The bytes of a message.</summary>
    public static object? Bytes(PSObject target) => (target?.BaseObject as SocketMessage)?.Bytes;

    /// <summary>The connection or sender of a message.</summary>
    public static object? Connection(PSObject target) => (target?.BaseObject as SocketMessage)?.Connection;

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
