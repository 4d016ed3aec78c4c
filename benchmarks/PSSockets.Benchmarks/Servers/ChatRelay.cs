using System;
using System.Net.Sockets;
using System.Threading.Tasks;

namespace PSSockets.Benchmarks.Servers;

/// <summary>A plain .NET fan-out: what one client sends goes to all others as it came. No nicks, no rooms, no bounds.</summary>
internal static class ChatRelay
{
    private static readonly object s_gate = new();
    private static Socket[] s_clients = [];

    public static async Task AcceptAsync(TcpListener listener)
    {
        while (true)
        {
            Socket socket = await listener.AcceptSocketAsync();
            socket.NoDelay = true;
            lock (s_gate)
            {
                s_clients = [.. s_clients, socket];
            }

            _ = ServeAsync(socket);
        }
    }

    private static async Task ServeAsync(Socket socket)
    {
        try
        {
            byte[] buffer = new byte[64 * 1024];
            while (await socket.ReceiveAsync(buffer) is > 0 and int count)
            {
                foreach (Socket other in s_clients)
                {
                    if (other != socket)
                    {
                        await other.SendAsync(buffer.AsMemory(0, count));
                    }
                }
            }
        }
        catch (SocketException)
        {
            // The peer has gone.
        }
        finally
        {
            lock (s_gate)
            {
                s_clients = Array.FindAll(s_clients, other => other != socket);
            }

            socket.Dispose();
        }
    }
}
