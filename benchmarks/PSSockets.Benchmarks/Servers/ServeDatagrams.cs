using System;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.Datagrams;
using PSSockets.Engine.Servers;
using PSSockets.Engine.Transport;

namespace PSSockets.Benchmarks.Servers;

/// <summary>Programs over UDP that this program itself is: they answer each datagram with itself, or count and say the number when asked.</summary>
internal static class ServeDatagrams
{
    /// <summary>The length of the datagram that asks for the number.</summary>
    public const int QuestionLength = 5;

    /// <summary>What the engine asks for, and its peers too, so that it is the loops that are compared.</summary>
    private const int ReceiveBuffer = 1024 * 1024;

    private static readonly IPEndPoint s_loopback = new(IPAddress.Loopback, 0);

    /// <summary>The engine's server with a compiled handler.</summary>
    public static void EchoByEngine()
    {
        using UdpServer server = UdpServer.Start(new UdpServerOptions
        {
            Socket = new UdpSocketOptions { LocalEndPoint = s_loopback },
            CreateHandler = static _ => new EchoHandler(),
        });
        ServeCommand.WaitForEnd(server.Port);
    }

    /// <summary>The engine's socket, and a loop that takes what it has received.</summary>
    public static async Task CountByEngineAsync()
    {
        using UdpSocket socket = UdpSocket.Open(new UdpSocketOptions { LocalEndPoint = s_loopback });
        using IMessageReader reader = socket.OpenReader(new ReadOptions());
        Console.Out.WriteLine(socket.Port);
        long count = 0;
        while (await reader.WaitAsync(CancellationToken.None))
        {
            while (reader.TryRead(out object? message))
            {
                Count(((SocketMessage)message).Bytes.Length, ref count);
            }
        }
    }

    /// <summary>What everybody writes: a loop that awaits.</summary>
    public static async Task EchoByNetAsync()
    {
        using Socket socket = Open();
        byte[] buffer = new byte[65_536];
        while (true)
        {
            SocketReceiveFromResult received = await socket.ReceiveFromAsync(buffer, SocketFlags.None, s_loopback);
            await socket.SendToAsync(buffer.AsMemory(0, received.ReceivedBytes), SocketFlags.None, received.RemoteEndPoint);
        }
    }

    /// <inheritdoc cref="EchoByNetAsync"/>
    /// <param name="receiveBuffer">What it asks the system for; null for nothing.</param>
    public static async Task CountByNetAsync(int? receiveBuffer = ReceiveBuffer)
    {
        using Socket socket = Open(receiveBuffer);
        byte[] buffer = new byte[65_536];
        long count = 0;
        while (true)
        {
            SocketReceiveFromResult received = await socket.ReceiveFromAsync(buffer, SocketFlags.None, s_loopback);
            Count(received.ReceivedBytes, ref count);
        }
    }

    private static Socket Open(int? receiveBuffer = ReceiveBuffer)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        if (receiveBuffer is { } size)
        {
            socket.ReceiveBufferSize = size;
        }

        socket.Bind(s_loopback);
        Console.Out.WriteLine(((IPEndPoint)socket.LocalEndPoint!).Port);
        return socket;
    }

    private static void Count(int length, ref long count)
    {
        if (length == QuestionLength)
        {
            Console.Out.WriteLine(count);
        }
        else
        {
            count++;
        }
    }
}
