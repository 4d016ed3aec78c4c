using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.Errors;
using PSSockets.Engine.Framing;
using PSSockets.Engine.Transport;

namespace PSSockets.Engine.Chat;

/// <content>Getting in.</content>
public sealed partial class ChatSession
{
    /// <summary>How many nicks are tried where the one wanted is taken.</summary>
    private const int NickTries = 9;

    private bool _isGreeting;

    /// <summary>Connects and enters the chat once.</summary>
    private async Task<ChatLink> EnterAsync(CancellationToken cancellationToken)
    {
        ConnectOptions options = _options.Connect with
        {
            Connection = _options.Connect.Connection with { Framing = _options.PlainFraming ?? FramingScheme.Line, AsByteStream = false },
        };
        SocketConnection connection = await SocketConnector.ConnectAsync(options, cancellationToken).ConfigureAwait(false);
        ChatLink link = IsPlain
            ? new PlainChatLink(connection, _options.PingInterval, Receive)
            : new JsonChatLink(connection, _options.PingInterval, TakeWelcome, Receive);
        RemoteEndPoint = connection.RemoteEndPoint;
        _isGreeting = true;
        link.Start();
        try
        {
            if (link is JsonChatLink json)
            {
                await GreetWithinLimitAsync(json, cancellationToken).ConfigureAwait(false);
            }

            _isGreeting = false;
            lock (_gate)
            {
                _link = link;
            }

            return link;
        }
        catch
        {
            await link.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task GreetWithinLimitAsync(JsonChatLink link, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_options.Connect.Timeout);
        try
        {
            await GreetAsync(link, limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new SocketTimeoutException(
                SocketErrorId.ConnectTimedOut,
                $"{DisplayName} was reached, but gave no answer that a chat server would within {_options.Connect.Timeout.TotalSeconds:0.###} s.",
                DisplayName);
        }
    }

    private async Task GreetAsync(JsonChatLink link, CancellationToken cancellationToken)
    {
        bool isBack = Status != ChatSessionStatus.Connecting;
        bool mayDiffer = isBack || _options.Nick is null;
        for (int number = 1; ; number++)
        {
            try
            {
                await link.HelloAsync(WriteHello(number, isBack), cancellationToken).ConfigureAwait(false);
                break;
            }
            catch (SocketFailureException failure) when (failure.ErrorId == SocketErrorId.NickInUse && mayDiffer && number < NickTries)
            {
                // After a broken connection it is often this session's own: the server has not noticed the end of the old one.
            }
        }

        // What the server replays of the past comes before its answer to this.
        await link.RequestAsync("ping", cancellationToken).ConfigureAwait(false);
    }

    private byte[] WriteHello(int number, bool isBack)
    {
        string suffix = number == 1 ? string.Empty : string.Create(CultureInfo.InvariantCulture, $"-{number}");
        string nick = _wantedNick.Length + suffix.Length > 32 ? _wantedNick[..(32 - suffix.Length)] + suffix : _wantedNick + suffix;
        lock (_gate)
        {
            IReadOnlyList<string> rooms = isBack ? [.. _rooms] : _options.Rooms;

            // At least one message of each room is asked for: coming back, the session must be able to say what it has seen.
            return ChatClientJson.Write(
                "hello",
                ("protocol", 1),
                ("nick", nick),
                ("rooms", rooms.Count > 0 ? rooms : null),
                ("password", _options.Password),
                ("since", isBack ? _marks.Since : null),
                ("history", isBack ? null : Math.Max(_options.HistoryCount, 1)));
        }
    }

    private void TakeWelcome(JsonElement welcome)
    {
        lock (_gate)
        {
            Nick = ChatClientJson.GetText(welcome, "nick");
            ServerName = ChatClientJson.GetText(welcome, "server");
            Node = ChatClientJson.GetText(welcome, "node");
            string[] rooms = [.. ChatClientJson.GetItems(welcome, "rooms").Select(room => ChatClientJson.GetText(room, "name"))];
            foreach (string lost in _rooms.Except(rooms, StringComparer.OrdinalIgnoreCase).ToArray())
            {
                _marks.Leave(lost);
            }

            _rooms.Clear();
            foreach (string room in rooms)
            {
                EnterRoom(room, isCurrent: false);
            }

            if (_currentRoom is null || !_rooms.Contains(_currentRoom, StringComparer.OrdinalIgnoreCase))
            {
                _currentRoom = _rooms.LastOrDefault();
            }
        }
    }

    private void SetStatus(ChatSessionStatus status, string text)
    {
        ChatStatusEventArgs args = new(status, text);
        TaskCompletionSource changed;
        lock (_gate)
        {
            if (_status == ChatSessionStatus.Closed)
            {
                return;
            }

            _status = status;
            StatusText = text;
            changed = _statusChange;
            _statusChange = NewSource();
            _events.Add(() => StatusChanged, args);
        }

        changed.TrySetResult();
        StatusWatched?.Invoke(args);
    }
}
