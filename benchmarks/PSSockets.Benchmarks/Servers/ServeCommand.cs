using System;
using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks;
using PSSockets.Engine.Chat;
using PSSockets.Engine.Servers;
using PSSockets.Engine.Transport;

namespace PSSockets.Benchmarks.Servers;

/// <summary>Servers that this program itself is, in a process of their own. They end when standard input does.</summary>
internal static class ServeCommand
{
    /// <summary>Serves: <c>engine</c> is the engine with a compiled handler, <c>net</c> plain .NET sockets; <c>udp</c> is the same over UDP;
    /// <c>chat:</c> with a policy is a chat, <c>fanout</c> plain .NET sockets that send on what comes, <c>fanout-lines</c> with a name before each line.</summary>
    public static int Run(string kind)
    {
        switch (kind)
        {
            case "engine":
                using (TcpServer server = TcpServer.Start(new TcpServerOptions
                {
                    EndPoint = new IPEndPoint(IPAddress.Loopback, 0),
                    CreateHandler = static _ => new EchoHandler(),
                }))
                {
                    WaitForEnd(server.Port);
                }

                return 0;
            case "net":
                using (TcpListener listener = new(IPAddress.Loopback, 0))
                {
                    listener.Start(512);
                    _ = AcceptAsync(listener);
                    WaitForEnd(((IPEndPoint)listener.LocalEndpoint).Port);
                }

                return 0;
            case string chat when chat.StartsWith("chat:", StringComparison.Ordinal):
                using (ChatServer server = ChatServer.Start(new ChatServerOptions
                {
                    EndPoint = new IPEndPoint(IPAddress.Loopback, 0),
                    SlowConsumer = Enum.Parse<SlowConsumerPolicy>(chat["chat:".Length..]),
                    Limits = new ChatLimits { RateLimit = 0 },
                }))
                {
                    WaitForEnd(server.Port);
                }

                return 0;
            case "fanout" or "fanout-lines":
                using (TcpListener listener = new(IPAddress.Loopback, 0))
                {
                    listener.Start(512);
                    _ = new ChatRelay(namesLines: kind == "fanout-lines").AcceptAsync(listener);
                    WaitForEnd(((IPEndPoint)listener.LocalEndpoint).Port);
                }

                return 0;
            case "udp":
                ServeDatagrams.EchoByEngine();
                return 0;
            case "udp-count":
                ServeDatagrams.CountByEngineAsync().GetAwaiter().GetResult();
                return 0;
            case "udp-net":
                ServeDatagrams.EchoByNetAsync().GetAwaiter().GetResult();
                return 0;
            case "udp-net-count":
                ServeDatagrams.CountByNetAsync().GetAwaiter().GetResult();
                return 0;
            case "udp-net-count-default":
                ServeDatagrams.CountByNetAsync(receiveBuffer: null).GetAwaiter().GetResult();
                return 0;
            default:
                Console.Error.WriteLine($"There is no server '{kind}'.");
                return 2;
        }
    }

    public static void WaitForEnd(int port)
    {
        Console.Out.WriteLine(port);
        _ = Console.In.ReadLine();
    }

    private static async Task AcceptAsync(TcpListener listener)
    {
        while (true)
        {
            Socket socket = await listener.AcceptSocketAsync();
            socket.NoDelay = true;
            _ = EchoAsync(socket);
        }
    }

    /// <summary>What everybody writes: a loop that awaits, with a buffer for each connection.</summary>
    private static async Task EchoAsync(Socket socket)
    {
        using (socket)
        {
            try
            {
                byte[] buffer = new byte[16 * 1024];
                while (await socket.ReceiveAsync(buffer) is > 0 and int count)
                {
                    await socket.SendAsync(buffer.AsMemory(0, count));
                }
            }
            catch (SocketException)
            {
                // The peer has gone.
            }
        }
    }
}
