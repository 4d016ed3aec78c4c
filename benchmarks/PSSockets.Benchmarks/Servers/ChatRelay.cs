using System;
using System.Buffers;
using System.Net.Sockets;
using System.Text;
using System.Threading.Tasks;

namespace PSSockets.Benchmarks.Servers;

/// <summary>
/// A plain .NET fan-out: what one client sends goes to all others as it came, or with a name before each line, as a chat has it. No rooms,
/// no history, no bounds, and text is not looked at.
/// </summary>
internal sealed class ChatRelay(bool namesLines)
{
    private readonly object _gate = new();
    private Socket[] _clients = [];
    private int _lastClient;

    public async Task AcceptAsync(TcpListener listener)
    {
        while (true)
        {
            Socket socket = await listener.AcceptSocketAsync();
            socket.NoDelay = true;
            lock (_gate)
            {
                _clients = [.. _clients, socket];
            }

            _ = namesLines ? ServeLinesAsync(socket, Encoding.UTF8.GetBytes($"[lobby] guest{++_lastClient}: ")) : ServeAsync(socket);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        try
        {
            byte[] buffer = new byte[64 * 1024];
            while (await socket.ReceiveAsync(buffer) is > 0 and int count)
            {
                await SendToOthersAsync(socket, buffer.AsMemory(0, count));
            }
        }
        catch (SocketException)
        {
            // The peer has gone.
        }
        finally
        {
            Remove(socket);
        }
    }

    private async Task ServeLinesAsync(Socket socket, byte[] head)
    {
        try
        {
            byte[] buffer = new byte[64 * 1024];
            ArrayBufferWriter<byte> lines = new();
            int length = 0;
            while (await socket.ReceiveAsync(buffer.AsMemory(length)) is > 0 and int count)
            {
                length += count;
                int used = 0;
                int end;
                while ((end = buffer.AsSpan(used, length - used).IndexOf((byte)'\n') + 1) > 0)
                {
                    lines.Write(head);
                    lines.Write(buffer.AsSpan(used, end));
                    used += end;
                }

                buffer.AsSpan(used, length - used).CopyTo(buffer);
                length -= used;
                await SendToOthersAsync(socket, lines.WrittenMemory);
                lines.ResetWrittenCount();
            }
        }
        catch (SocketException)
        {
            // The peer has gone.
        }
        finally
        {
            Remove(socket);
        }
    }

    private async ValueTask SendToOthersAsync(Socket socket, ReadOnlyMemory<byte> bytes)
    {
        foreach (Socket other in _clients)
        {
            if (other != socket)
            {
                await other.SendAsync(bytes);
            }
        }
    }

    private void Remove(Socket socket)
    {
        lock (_gate)
        {
            _clients = Array.FindAll(_clients, other => other != socket);
        }

        socket.Dispose();
    }
}
