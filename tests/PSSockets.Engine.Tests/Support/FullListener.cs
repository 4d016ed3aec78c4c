using System;
using System.Collections.Generic;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;

namespace PSSockets.Engine.Tests.Support;

/// <summary>A listener whose backlog is full: who connects to it gets no answer.</summary>
internal sealed class FullListener : IAsyncDisposable
{
    private readonly Socket _listener = Loopback.Listen(backlog: 0);
    private readonly List<Socket> _clients = [];

    public int Port => _listener.Port();

    public static async Task<FullListener> CreateAsync()
    {
        FullListener full = new();
        while (true)
        {
            Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            full._clients.Add(client);
            using CancellationTokenSource limit = new(TimeSpan.FromMilliseconds(300));
            try
            {
                await client.ConnectAsync(new IPEndPoint(IPAddress.Loopback, full.Port), limit.Token);
            }
            catch (OperationCanceledException)
            {
                return full;
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        _clients.ForEach(client => client.Dispose());
        _listener.Dispose();
        return ValueTask.CompletedTask;
    }
}
