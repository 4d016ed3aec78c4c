using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation.Runspaces;
using System.Threading.Tasks;
using PSSockets.Engine.Chat;
using PSSockets.Engine.Datagrams;
using PSSockets.Engine.Servers;
using PSSockets.Engine.Transport;

namespace PSSockets;

/// <summary>What this process has opened through the module and not closed, with the runspace that did. Safe for use by many threads.</summary>
internal static class SocketRegistry
{
    private static readonly ConcurrentDictionary<SocketConnection, Guid> s_connections = new();
    private static readonly ConcurrentDictionary<SocketServer, Guid> s_servers = new();
    private static readonly ConcurrentDictionary<UdpSocket, Guid> s_udpSockets = new();
    private static readonly ConcurrentDictionary<ChatSession, Guid> s_chatSessions = new();

    /// <summary>All servers that have not stopped, oldest first.</summary>
    public static IReadOnlyList<SocketServer> Servers
        => [.. s_servers.Keys.Where(server => server.Status != ServerStatus.Stopped).OrderBy(server => server.Id)];

    /// <summary>All connections that are open, those of clients and those of servers, oldest first.</summary>
    public static IReadOnlyList<SocketConnection> Connections
        => [.. s_connections.Keys.Concat(s_servers.Keys.OfType<IConnectionServer>().SelectMany(server => server.GetConnections()))
            .Where(connection => connection.Status != ConnectionStatus.Closed)
            .OrderBy(connection => connection.Id)];

    /// <summary>All UDP sockets that are open, those of servers not among them, oldest first.</summary>
    public static IReadOnlyList<UdpSocket> UdpSockets
        => [.. s_udpSockets.Keys.Where(socket => socket.Status != ConnectionStatus.Closed).OrderBy(socket => socket.Id)];

    /// <summary>All chat sessions that have not ended, oldest first.</summary>
    public static IReadOnlyList<ChatSession> ChatSessions
        => [.. s_chatSessions.Keys.Where(session => session.Status != ChatSessionStatus.Closed).OrderBy(session => session.Id)];

    /// <summary>Takes note of a client's connection until it ends.</summary>
    public static void Add(SocketConnection connection)
    {
        s_connections[connection] = Runspace.DefaultRunspace.InstanceId;
        _ = connection.WhenEnded().ContinueWith(_ => s_connections.TryRemove(connection, out Guid _), TaskScheduler.Default);
    }

    /// <summary>Takes note of a UDP socket until it is closed.</summary>
    public static void Add(UdpSocket socket)
    {
        s_udpSockets[socket] = Runspace.DefaultRunspace.InstanceId;
        _ = socket.WhenEnded().ContinueWith(_ => s_udpSockets.TryRemove(socket, out Guid _), TaskScheduler.Default);
    }

    /// <summary>Takes note of a chat session until it ends.</summary>
    public static void Add(ChatSession session)
    {
        s_chatSessions[session] = Runspace.DefaultRunspace.InstanceId;
        _ = session.WhenEnded().ContinueWith(_ => s_chatSessions.TryRemove(session, out Guid _), TaskScheduler.Default);
    }

    /// <summary>Takes note of a server until it stops.</summary>
    public static void Add(SocketServer server)
    {
        s_servers[server] = Runspace.DefaultRunspace.InstanceId;
        _ = server.WhenEnded().ContinueWith(_ => s_servers.TryRemove(server, out Guid _), TaskScheduler.Default);
    }

    /// <summary>Closes all that a runspace has opened.</summary>
    public static void CloseAll(Guid runspaceId)
    {
        foreach (SocketServer server in s_servers.Where(entry => entry.Value == runspaceId).Select(entry => entry.Key))
        {
            server.Dispose();
        }

        foreach (ChatSession session in s_chatSessions.Where(entry => entry.Value == runspaceId).Select(entry => entry.Key))
        {
            session.Dispose();
        }

        foreach (SocketConnection connection in s_connections.Where(entry => entry.Value == runspaceId).Select(entry => entry.Key))
        {
            connection.Dispose();
        }

        foreach (UdpSocket socket in s_udpSockets.Where(entry => entry.Value == runspaceId).Select(entry => entry.Key))
        {
            socket.Dispose();
        }
    }
}
