using System;
using System.Collections.Generic;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.Errors;
using PSSockets.Engine.Transport;

namespace PSSockets.Engine.Chat;

/// <summary>A connection that speaks the chat's JSON lines: requests with their answers, and messages. Safe for use by many threads.</summary>
internal sealed class JsonChatLink : ChatLink
{
    private readonly object _gate = new();
    private readonly Dictionary<long, TaskCompletionSource<JsonElement>> _waiting = [];
    private readonly SemaphoreSlim _oneHistory = new(1, 1);
    private readonly Action<JsonElement> _welcomed;
    private readonly Action<ChatMessage> _received;
    private TaskCompletionSource<JsonElement>? _welcome;
    private List<ChatMessage>? _history;
    private ChatLinkEnd? _ended;
    private bool _isWelcome;
    private bool _isAsked;
    private long _lastReference;

    /// <summary>Creates a link; both callbacks are called in the order of what the server sends.</summary>
    public JsonChatLink(SocketConnection connection, TimeSpan pingInterval, Action<JsonElement> welcomed, Action<ChatMessage> received)
        : base(connection, pingInterval)
    {
        _welcomed = welcomed;
        _received = received;
    }

    /// <summary>Asks to be let in; can be repeated with another nick.</summary>
    /// <returns>The server's welcome.</returns>
    /// <exception cref="SocketFailureException">It refuses, its id says why; or it is no chat server.</exception>
    public async Task<JsonElement> HelloAsync(byte[] hello, CancellationToken cancellationToken)
    {
        TaskCompletionSource<JsonElement> welcome = NewSource();
        lock (_gate)
        {
            ThrowIfEnded();
            _welcome = welcome;
        }

        await Connection.SendAsync(hello.AsMemory(), cancellationToken).ConfigureAwait(false);
        return await welcome.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sends a request and gives the server's <c>ok</c>.</summary>
    /// <exception cref="SocketFailureException">
    /// The server refuses, its id says why; the connection had ended before (<see cref="SocketErrorId.NotConnected"/>); or it was lost
    /// on the way (<see cref="SocketErrorId.NotConfirmed"/>).
    /// </exception>
    public async Task<JsonElement> RequestAsync(string type, CancellationToken cancellationToken, params (string Name, object? Value)[] fields)
    {
        TaskCompletionSource<JsonElement> answer = NewSource();
        long reference;
        lock (_gate)
        {
            ThrowIfEnded();
            reference = ++_lastReference;
            _waiting.Add(reference, answer);
        }

        try
        {
            Append(ChatClientJson.Write(type, [("ref", reference), .. fields]));
            await Connection.FlushAsync(cancellationToken).ConfigureAwait(false);
            return await answer.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (SocketFailureException failure) when (failure.ErrorId is SocketErrorId.ObjectClosed or SocketErrorId.ConnectionReset)
        {
            // The connection broke under the write: part of it may have gone.
            throw NotConfirmed(failure);
        }
        finally
        {
            lock (_gate)
            {
                _waiting.Remove(reference);
            }
        }
    }

    /// <summary>Asks for messages of the past: the last ones of a room.</summary>
    public async Task<IReadOnlyList<ChatMessage>> GetHistoryAsync(string room, int count, CancellationToken cancellationToken)
    {
        // What is replayed does not say for whom: one request at a time.
        await _oneHistory.WaitAsync(cancellationToken).ConfigureAwait(false);
        List<ChatMessage> history = [];
        try
        {
            lock (_gate)
            {
                _history = history;
            }

            await RequestAsync("history", cancellationToken, ("room", room), ("count", count)).ConfigureAwait(false);
            return [.. history];
        }
        finally
        {
            lock (_gate)
            {
                _history = null;
            }

            _oneHistory.Release();
        }
    }

    /// <inheritdoc/>
    protected override ChatLinkEnd? Take(object message)
    {
        string text = (string)message;
        if (!text.StartsWith('{'))
        {
            // Banner and greeting come before the server knows that it has to do with a program.
            return _isWelcome && text.AsSpan().Trim().Length > 0 ? throw NotProtocol(null) : null;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            return Take(document.RootElement);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The latter: a string with half of a surrogate pair.
            throw NotProtocol(exception);
        }
    }

    /// <inheritdoc/>
    protected override bool OnSilence()
    {
        bool isFirst = !_isAsked;
        _isAsked = true;
        if (isFirst && _isWelcome)
        {
            Post(ChatClientJson.Write("ping", ("ref", 0L)));
        }

        return isFirst;
    }

    /// <inheritdoc/>
    protected override void OnEnded(ChatLinkEnd end)
    {
        List<TaskCompletionSource<JsonElement>> lost;
        lock (_gate)
        {
            _ended = end;
            lost = [.. _waiting.Values];
        }

        _welcome?.TrySetException(end.Failure ?? new SocketFailureException(GetRefusal(end), end.Text, Connection.DisplayName));
        foreach (TaskCompletionSource<JsonElement> request in lost)
        {
            request.TrySetException(NotConfirmed(end.Failure, end.Reason is null ? string.Empty : $" ({end.Text.TrimEnd('.')})"));
        }
    }

    private static SocketErrorId GetRefusal(ChatLinkEnd end) => Enum.TryParse(end.Reason, out SocketErrorId id) ? id : SocketErrorId.ConnectionReset;

    private static TaskCompletionSource<JsonElement> NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ChatLinkEnd? Take(JsonElement line)
    {
        _isAsked = false;
        switch (ChatClientJson.GetText(line, "type"))
        {
            case "message":
                TakeMessage(line);
                break;
            case "ok":
                Find(line)?.TrySetResult(line.Clone());
                break;
            case "error":
                (Find(line) ?? TakeWelcome())?.TrySetException(ToException(line));
                break;
            case "welcome":
                _isWelcome = true;
                _welcomed(line);
                TakeWelcome()?.TrySetResult(line.Clone());
                break;
            case "ping":
                Post(ChatClientJson.Write("pong"));
                break;
            case "goodbye":
                string reason = ChatClientJson.GetText(line, "reason");
                string text = ChatClientJson.GetText(line, "text");
                return new ChatLinkEnd(reason, text.Length > 0 ? text : $"{Connection.DisplayName} said goodbye: {reason}.", null);
        }

        return null;
    }

    private void TakeMessage(JsonElement line)
    {
        if (ChatClientJson.ReadMessage(line) is not { } message)
        {
            return;
        }

        lock (_gate)
        {
            if (message.IsReplayed && _history is not null)
            {
                _history.Add(message);
                return;
            }
        }

        _received(message);
    }

    private TaskCompletionSource<JsonElement>? TakeWelcome()
    {
        lock (_gate)
        {
            TaskCompletionSource<JsonElement>? welcome = _welcome;
            _welcome = null;
            return welcome;
        }
    }

    private TaskCompletionSource<JsonElement>? Find(JsonElement line)
    {
        lock (_gate)
        {
            return _waiting.GetValueOrDefault(ChatClientJson.GetNumber(line, "ref"));
        }
    }

    private SocketFailureException ToException(JsonElement line)
    {
        string error = ChatClientJson.GetText(line, "error");
        string text = ChatClientJson.GetText(line, "text");
        SocketErrorId id = error.Length > 0 && char.IsLetter(error[0]) && Enum.TryParse(error, out SocketErrorId known) ? known : SocketErrorId.SocketFailed;
        return new SocketFailureException(id, text.Length > 0 ? text : $"{Connection.DisplayName} refuses: {error}.", Connection.DisplayName);
    }

    private SocketFailureException NotSent(string message, Exception? cause) => new(SocketErrorId.NotConnected, message, Connection.DisplayName, cause);

    private SocketFailureException NotConfirmed(Exception? cause, string why = "") => new(
        SocketErrorId.NotConfirmed,
        $"The connection to {Connection.DisplayName} was lost before the server had answered{why}; what was asked of it may have been done.",
        Connection.DisplayName,
        cause);

    private SocketFailureException NotProtocol(Exception? cause) => new(
        SocketErrorId.InvalidFrame, $"{Connection.DisplayName} sent what is no line of the chat's protocol.", Connection.DisplayName, cause);

    /// <summary>Adds a request to what is sent.</summary>
    /// <exception cref="SocketFailureException">The connection has ended before: nothing was sent (<see cref="SocketErrorId.NotConnected"/>).</exception>
    private void Append(byte[] line)
    {
        try
        {
            Connection.Append(line);
        }
        catch (SocketFailureException failure)
        {
            throw NotSent(failure.Message, failure);
        }
    }

    /// <summary>Sends without waiting. A server that does not read is noticed by who waits for an answer.</summary>
    private void Post(byte[] line)
    {
        if (Connection.TryPost(line, omitTrailer: false))
        {
            Connection.StartSending();
        }
    }

    private void ThrowIfEnded()
    {
        if (_ended is { } end)
        {
            throw NotSent(end.Text, end.Failure);
        }
    }
}
