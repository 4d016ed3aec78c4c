using System;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.Transport;

namespace PSSockets.Engine.Tests.Support;

/// <summary>Real sockets on the loopback interface.</summary>
internal static class Loopback
{
    /// <summary>A plain listening socket of the system, without the engine.</summary>
    public static Socket Listen(IPAddress? address = null, int backlog = 16)
    {
        Socket listener = new(address?.AddressFamily ?? AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(address ?? IPAddress.Loopback, 0));
        listener.Listen(backlog);
        return listener;
    }

    public static int Port(this Socket socket) => ((IPEndPoint)socket.LocalEndPoint!).Port;

    /// <summary>A port on which nothing listens: one that was just given back.</summary>
    public static int ClosedPort()
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket.Port();
    }

    /// <summary>A connection of the engine and the plain socket at its other end.</summary>
    public static async Task<(SocketConnection Connection, Socket Peer)> ConnectAsync(ConnectionOptions? options = null)
    {
        using Socket listener = Listen();
        SocketConnection connection = await ConnectAsync(listener.Port(), options);
        return (connection, await listener.AcceptAsync().Within());
    }

    /// <summary>Two connections of the engine, joined.</summary>
    public static async Task<(SocketConnection One, SocketConnection Other)> PairAsync(ConnectionOptions? options = null)
    {
        (SocketConnection connection, Socket peer) = await ConnectAsync(options);
        return (connection, new SocketConnection(new SocketTransport(peer), options ?? new ConnectionOptions()));
    }

    public static Task<SocketConnection> ConnectAsync(int port, ConnectionOptions? options = null)
        => SocketConnector.ConnectAsync(
            new ConnectOptions { Host = "127.0.0.1", Port = port, Connection = options ?? new ConnectionOptions() }, CancellationToken.None).Within();

    /// <summary>A path for a Unix domain socket, short enough for every system.</summary>
    public static string UnixPath() => Path.Combine(Path.GetTempPath(), $"pss-{Guid.NewGuid():N}"[..16]);
}
