using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.Errors;
using PSSockets.Engine.Framing;
using PSSockets.Engine.Transport;

namespace PSSockets.Engine.Chat;

/// <content>Getting in, and coming back.</content>
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

    /// <summary>Keeps the session in the chat until it is closed, sent away, or cannot come back.</summary>
    private async Task RunAsync(ChatLink? link)
    {
        TimeSpan pause = TimeSpan.Zero;
        while (link is not null)
        {
            long start = Stopwatch.GetTimestamp();
            ChatLink current = link;
            using CancellationTokenRegistration close = _closing.Token.Register(current.Connection.Dispose);
            Task nick = TakeBackNickAsync(link);
            ChatLinkEnd end = await link.Reading.ConfigureAwait(false);
            await nick.ConfigureAwait(false);
            await link.DisposeAsync().ConfigureAwait(false);
            if (Stopwatch.GetElapsedTime(start) > _options.MaxReconnectInterval)
            {
                pause = TimeSpan.Zero;
            }

            (link, pause) = await ReconnectAsync(end, pause).ConfigureAwait(false);
        }
    }

    private async Task<(ChatLink? Link, TimeSpan Pause)> ReconnectAsync(ChatLinkEnd end, TimeSpan pause)
    {
        lock (_gate)
        {
            _link = null;
        }

        if (end.IsFinal || _options.ReconnectLimit == TimeSpan.Zero)
        {
            Finish(end.Text);
        }

        string text = end.Text;
        for (long start = Stopwatch.GetTimestamp(); !_closing.IsCancellationRequested;)
        {
            // Spread, so that not all clients of a server that has died come at once.
            TimeSpan wait = pause == TimeSpan.Zero ? _options.ReconnectInterval * Random.Shared.NextDouble() : pause * (0.75 + (Random.Shared.NextDouble() / 2));
            if (_options.ReconnectLimit != Timeout.InfiniteTimeSpan && Stopwatch.GetElapsedTime(start) + wait > _options.ReconnectLimit)
            {
                Finish($"{text} The session has given up after {_options.ReconnectLimit.TotalSeconds:0.#} s.");
                break;
            }

            SetStatus(ChatSessionStatus.Reconnecting, $"{text} Trying again in {wait.TotalSeconds:0.0} s.");
            pause = pause == TimeSpan.Zero ? _options.ReconnectInterval : pause * 2 > _options.MaxReconnectInterval ? _options.MaxReconnectInterval : pause * 2;
            await Task.Delay(wait, _closing.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                ChatLink link = await EnterAsync(_closing.Token).ConfigureAwait(false);
                ReconnectCount++;
                SetStatus(ChatSessionStatus.Open, string.Empty);
                return (link, pause);
            }
            catch (OperationCanceledException) when (_closing.IsCancellationRequested)
            {
                break;
            }
            catch (Exception exception) when (exception is ISocketFailure failure)
            {
                text = exception.Message;
                if (failure.ErrorId is SocketErrorId.Banned or SocketErrorId.PasswordWrong or SocketErrorId.PasswordRequired or SocketErrorId.NickInvalid)
                {
                    Finish(text);
                }
            }
        }

        return (null, pause);
    }

    /// <summary>Asks for the nick that the session was made with as long as another one has it.</summary>
    private async Task TakeBackNickAsync(ChatLink link)
    {
        TimeSpan pause = _options.ReconnectInterval * 2;
        while (link is JsonChatLink json && _options.Nick is not null && !string.Equals(Nick, _wantedNick, StringComparison.OrdinalIgnoreCase))
        {
            await Task.WhenAny(link.Reading, Task.Delay(pause)).ConfigureAwait(false);
            pause = pause * 2 > _options.MaxReconnectInterval ? _options.MaxReconnectInterval : pause * 2;
            try
            {
                await RequestNickAsync(json, _wantedNick, CancellationToken.None).ConfigureAwait(false);
            }
            catch (SocketFailureException failure) when (failure.ErrorId is SocketErrorId.NickInUse or SocketErrorId.RateLimited)
            {
                // Later.
            }
            catch (SocketFailureException)
            {
                return;
            }
        }
    }

    private void Finish(string text)
    {
        SetStatus(ChatSessionStatus.Closed, text);
        _closing.Cancel();
        _ = Task.Run(CompleteAsync);
    }

    private void SetStatus(ChatSessionStatus status, string text)
    {
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
        }

        changed.TrySetResult();
        StatusChanged?.Invoke(this, new ChatStatusEventArgs(status, text));
    }
}
