using System;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.Errors;

namespace PSSockets.Engine.Chat;

/// <content>Staying in, and coming back.</content>
public sealed partial class ChatSession
{
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
}
