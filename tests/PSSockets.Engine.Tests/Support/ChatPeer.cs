using System;
using System.Collections.Generic;
using System.Net;
using System.Threading.Tasks;
using PSSockets.Engine.Chat;
using PSSockets.Engine.Framing;
using PSSockets.Engine.Transport;

namespace PSSockets.Engine.Tests.Support;

/// <summary>A client of a chat server that knows nothing but lines.</summary>
internal sealed class ChatPeer : IDisposable
{
    private ChatPeer(SocketConnection connection)
    {
        Connection = connection;
    }

    public static ChatServerOptions Options { get; } = new() { EndPoint = new IPEndPoint(IPAddress.Loopback, 0), Name = "test" };

    public SocketConnection Connection { get; }

    /// <summary>A client that has not said anything.</summary>
    public static async Task<ChatPeer> ConnectAsync(ChatServer server)
        => new(await Loopback.ConnectAsync(server.Port, new ConnectionOptions { Framing = server.IsRaw ? FramingScheme.Raw : FramingScheme.Line }));

    /// <summary>A member in plain text.</summary>
    public static async Task<ChatPeer> JoinAsync(ChatServer server, string nick)
    {
        ChatPeer peer = await ConnectAsync(server);
        await peer.SendAsync($"/nick {nick}");
        await peer.ReadToAsync($"You are now {nick}.");
        return peer;
    }

    /// <summary>A member in JSON.</summary>
    public static async Task<ChatPeer> HelloAsync(ChatServer server, string nick, string more = "")
    {
        ChatPeer peer = await ConnectAsync(server);
        await peer.SendAsync($$"""{"type":"hello","protocol":1,"nick":"{{nick}}"{{more}}}""");
        await peer.ReadToAsync("\"type\":\"welcome\"");
        return peer;
    }

    public Task SendAsync(params string[] lines) => Connection.SendAsync(string.Join('\n', lines), Limit.Token()).Within();

    /// <summary>Reads up to a line that contains a text.</summary>
    /// <returns>All lines, that one the last.</returns>
    public async Task<string[]> ReadToAsync(string text)
    {
        List<string> lines = [];
        while (true)
        {
            if (await Connection.ReceiveAsync() is not string line)
            {
                throw new InvalidOperationException($"The connection ended before '{text}' came, after: {string.Join('\n', lines)}");
            }

            lines.Add(line);
            if (line.Contains(text, StringComparison.Ordinal))
            {
                return [.. lines];
            }
        }
    }

    /// <summary>Reads up to a line that contains a text, and gives that line.</summary>
    public async Task<string> LineAsync(string text) => (await ReadToAsync(text))[^1];

    /// <summary>Reads to the end of the stream.</summary>
    public async Task<string[]> ReadToEndAsync()
    {
        List<string> lines = [];
        while (await Connection.ReceiveAsync() is string line)
        {
            lines.Add(line);
        }

        return [.. lines];
    }

    public void Dispose() => Connection.Dispose();
}
