using System;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Threading.Tasks;
using PSSockets.Engine.Chat;
using PSSockets.Engine.Transport;
using Xunit;

namespace PSSockets.Engine.Tests.Support;

/// <summary>A chat server that does just what a test says, right or wrong.</summary>
internal sealed class FakeChatServer : IDisposable
{
    private readonly Socket _listener = Loopback.Listen();

    public int Port => _listener.Port();

    public ChatSessionOptions Options => new()
    {
        Connect = new ConnectOptions { Host = "127.0.0.1", Port = Port },
        Nick = "ann",
        ReconnectInterval = TimeSpan.FromMilliseconds(10),
    };

    public async Task<Peer> AcceptAsync() => new(await _listener.AcceptAsync().Within());

    /// <summary>A session that the server has let in, and its connection there.</summary>
    public async Task<(ChatSession Session, Peer Peer)> ConnectAsync(ChatSessionOptions? options = null)
    {
        Task<ChatSession> connecting = ChatSession.ConnectAsync(options ?? Options, Limit.Token());
        Peer peer = await AcceptAsync();
        await peer.LetInAsync();
        return (await connecting.Within(), peer);
    }

    public void Dispose() => _listener.Dispose();

    /// <summary>The server's side of one connection.</summary>
    public sealed class Peer : IDisposable
    {
        private readonly Socket _socket;
        private readonly StreamReader _reader;

        public Peer(Socket socket)
        {
            _socket = socket;
            _reader = new StreamReader(new NetworkStream(socket, ownsSocket: true), Encoding.UTF8);
        }

        /// <summary>The next line; null at the end of the stream.</summary>
        public async Task<string?> ReadLineAsync() => await _reader.ReadLineAsync(Limit.Token());

        /// <summary>The next line as JSON, which must be of that type.</summary>
        public async Task<JsonElement> ReadAsync(string type)
        {
            string line = await ReadLineAsync() ?? throw new EndOfStreamException($"No '{type}' came.");
            JsonElement request = JsonDocument.Parse(line).RootElement;
            Assert.Equal(type, request.GetProperty("type").GetString());
            return request;
        }

        public async Task SendAsync(string text) => await _socket.SendAsync(Encoding.UTF8.GetBytes(text), SocketFlags.None).Within();

        public Task SendLineAsync(string line) => SendAsync(line + "\n");

        /// <summary>Answers the next request, which must be of that type, with an <c>ok</c>.</summary>
        public async Task<JsonElement> AnswerAsync(string type, string fields = "")
        {
            JsonElement request = await ReadAsync(type);
            await SendLineAsync($"{{\"type\":\"ok\",\"ref\":{request.GetProperty("ref")}{fields}}}");
            return request;
        }

        public async Task<JsonElement> RefuseAsync(string type, string error)
        {
            JsonElement request = await ReadAsync(type);
            string reference = request.TryGetProperty("ref", out JsonElement number) ? $",\"ref\":{number}" : string.Empty;
            await SendLineAsync($"{{\"type\":\"error\"{reference},\"error\":\"{error}\",\"text\":\"refused\"}}");
            return request;
        }

        /// <summary>Welcomes who says hello, replays messages, and answers the request that asks for the end of them.</summary>
        public async Task<JsonElement> LetInAsync(params string[] replayed)
        {
            JsonElement hello = await ReadAsync("hello");
            string[] rooms = hello.TryGetProperty("rooms", out JsonElement asked) ? [.. asked.EnumerateArray().Select(room => room.GetString()!)] : ["lobby"];
            string list = string.Join(',', rooms.Select(room => $"{{\"name\":\"{room}\",\"topic\":\"\",\"members\":1}}"));
            await SendLineAsync($"{{\"type\":\"welcome\",\"protocol\":1,\"nick\":{hello.GetProperty("nick").GetRawText()},\"server\":\"fake\",\"node\":\"f1\",\"rooms\":[{list}]}}");
            foreach (string message in replayed)
            {
                await SendLineAsync(message);
            }

            await AnswerAsync("ping");
            return hello;
        }

        public void Dispose() => _reader.Dispose();

        /// <summary>Ends the connection as a machine that dies does.</summary>
        public void Reset()
        {
            _socket.LingerState = new LingerOption(true, 0);
            _socket.Dispose();
        }
    }

    /// <summary>A message as the server sends it.</summary>
    public static string Message(int number, string text, bool replayed = false, string room = "lobby", string from = "bob")
        => $"{{\"type\":\"message\",\"id\":\"f1-{number}\",\"time\":\"2026-11-22T14:02:11.123Z\",\"kind\":\"message\",\"room\":\"{room}\",\"from\":\"{from}\",\"text\":\"{text}\"{(replayed ? ",\"replayed\":true" : "")}}}";
}
