using System;
using System.Collections.Generic;
using System.Net;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.Transport;

namespace PSSockets.Engine.Chat;

/// <summary>Gathers what a session's handler answers to a message; it is said when the handler returns. Used by one thread at a time.</summary>
internal sealed class ChatReply : IMessagePeer
{
    private readonly ChatSession _session;
    private readonly List<string> _lines = [];

    public ChatReply(ChatSession session)
    {
        _session = session;
    }

    /// <inheritdoc/>
    public EndPoint? RemoteEndPoint => _session.RemoteEndPoint;

    /// <inheritdoc/>
    public Encoding Encoding => ConnectionOptions.DefaultEncoding;

    /// <inheritdoc/>
    public SharedState State => _session.State;

    /// <inheritdoc/>
    public string DisplayName => _session.DisplayName;

    /// <summary>Takes what was gathered.</summary>
    public string[] Take()
    {
        string[] lines = [.. _lines];
        _lines.Clear();
        return lines;
    }

    /// <inheritdoc/>
    public void Append(ReadOnlySpan<byte> message) => Append(Encoding.GetString(message));

    /// <inheritdoc/>
    public void Append(string message)
    {
        // A message of a chat is one line.
        foreach (string line in message.Split('\n'))
        {
            if (!string.IsNullOrWhiteSpace(line))
            {
                _lines.Add(line);
            }
        }
    }

    /// <inheritdoc/>
    public bool TryPost(ReadOnlySpan<byte> message, bool omitTrailer)
    {
        Append(message);
        return true;
    }

    /// <inheritdoc/>
    public bool TryPost(string message, bool omitTrailer)
    {
        Append(message);
        return true;
    }

    /// <inheritdoc/>
    public ValueTask PostAsync(ReadOnlyMemory<byte> message, bool omitTrailer, CancellationToken cancellationToken)
    {
        Append(message.Span);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask PostAsync(string message, bool omitTrailer, CancellationToken cancellationToken)
    {
        Append(message);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
