using System;
using System.Collections.Generic;
using System.Net;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.Transport;

namespace PSSockets.Engine.Chat;

/// <summary>Where a handler's output goes: back to the room, or to the member, whose message it handles. Used by one thread.</summary>
internal sealed class ChatBotPeer : IMessagePeer
{
    private readonly List<string> _output = [];
    private readonly ChatServer _server;
    private readonly string _nick;
    private readonly ChatMessage _message;
    private SharedState? _state;

    public ChatBotPeer(ChatServer server, string nick, ChatMessage message)
    {
        _server = server;
        _nick = nick;
        _message = message;
    }

    public string DisplayName => _message.Room ?? _message.From;

    public EndPoint? RemoteEndPoint => null;

    public Encoding Encoding => ConnectionOptions.DefaultEncoding;

    public SharedState State => _state ??= new SharedState();

    public void Append(ReadOnlySpan<byte> message) => Append(Encoding.GetString(message));

    public void Append(string message) => _output.Add(message);

    /// <summary>Says what the handler has output.</summary>
    public void Flush()
    {
        string[] output = [.. _output];
        _output.Clear();
        foreach (string text in output)
        {
            _server.Say(_nick, text, _message.Room, _message.Room is null ? _message.From : null, ChatMessageKind.Message);
        }
    }

    public bool TryPost(ReadOnlySpan<byte> message, bool omitTrailer) => TryPost(Encoding.GetString(message), omitTrailer);

    public bool TryPost(string message, bool omitTrailer)
    {
        Append(message);
        return true;
    }

    public ValueTask PostAsync(ReadOnlyMemory<byte> message, bool omitTrailer, CancellationToken cancellationToken)
        => PostAsync(Encoding.GetString(message.Span), omitTrailer, cancellationToken);

    public ValueTask PostAsync(string message, bool omitTrailer, CancellationToken cancellationToken)
    {
        Append(message);
        return ValueTask.CompletedTask;
    }

    public Task FlushAsync(CancellationToken cancellationToken)
    {
        Flush();
        return Task.CompletedTask;
    }
}
