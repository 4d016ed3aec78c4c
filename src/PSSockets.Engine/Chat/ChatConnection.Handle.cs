using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.Errors;
using PSSockets.Engine.Transport;

namespace PSSockets.Engine.Chat;

/// <content>Its lines: taken as they were read, and done many at a time under the server's lock.</content>
internal sealed partial class ChatConnection
{
    /// <summary>How many requests are done in one go, and their messages sent together.</summary>
    private const int BatchSize = 512;

    /// <summary>So many bytes of answers go out before the next request is done.</summary>
    private const int LongAnswer = 64 * 1024;

    private readonly List<ChatRequest> _requests = [];
    private TokenBucket _bucket;
    private (ChatRequest Request, List<ChatMessage> Messages)? _past;
    private int _done;
    private bool _wasRefused;
    private (string Reason, string Text)? _closeWith;

    private async Task HandleAsync(ConnectionReader reader, CancellationToken stopping)
    {
        while (!IsEnding)
        {
            _requests.Clear();
            while (_requests.Count < BatchSize && reader.TryRead(out object? line))
            {
                if (_phase == Phase.Member)
                {
                    _requests.Add(Parse((string)line));
                }
                else
                {
                    await BeginAsync((string)line, stopping).ConfigureAwait(false);
                    await WaitWhileFullAsync(stopping).ConfigureAwait(false);
                    if (IsEnding)
                    {
                        return;
                    }
                }
            }

            if (_requests.Count == 0)
            {
                return;
            }

            Volatile.Write(ref _lastHeard, Environment.TickCount64);
            IsPinged = false;
            for (_done = 0; _done < _requests.Count && !IsEnding;)
            {
                _server.Change(this, ExecuteSome);
                AnswerHistory();
                CloseWhereAsked();
                await WaitWhileFullAsync(stopping).ConfigureAwait(false);

                // A client that never stops sending must not keep a thread to itself.
                await Task.Yield();
            }
        }
    }

    /// <summary>Who does not read what it asks for is not read from either.</summary>
    private Task WaitWhileFullAsync(CancellationToken stopping) => Outbox.IsFull ? Outbox.WhenEmptyAsync().WaitAsync(stopping) : Task.CompletedTask;

    private ChatRequest Parse(string line) => Replies is TextReplies
        ? ChatCommand.Parse(line)
        : ChatJson.TryParse(line)
            ?? new ChatRequest(ChatVerb.Invalid) { Fault = new ChatFault(SocketErrorId.BadRequest, "A request is a JSON object with a type.") };

    /// <summary>
    /// True where it has been removed, or is being closed: under the server's lock, what it had sent before must not bring it back.
    /// </summary>
    private bool IsOut => IsEnding || Member is { IsGone: true };

    /// <summary>Does what was asked for, and leaves the rest for later where the answers are long: others wait for the lock.</summary>
    private void ExecuteSome()
    {
        // One look at the clocks for all: it can cost as much as the request.
        DateTimeOffset now = _options.Clock.GetUtcNow();
        long milliseconds = Environment.TickCount64;
        while (_done < _requests.Count)
        {
            if (_closeWith is not null || IsOut || Member is null)
            {
                _done = _requests.Count;
                return;
            }

            ChatRequest request = _requests[_done++];
            Execute(request, now, milliseconds);
            if (!request.IsSaid && (_past is not null || Replies.Length >= LongAnswer))
            {
                return;
            }
        }
    }

    /// <summary>Answers who asked for the past, outside of the lock: to write it takes milliseconds.</summary>
    private void AnswerHistory()
    {
        if (_past is not { } past)
        {
            return;
        }

        _past = null;
        ChatReplies replies = CreateReplies();
        replies.History(past.Request, past.Messages);
        if (Outbox.Add(replies.Take()!))
        {
            Outbox.Flush();
        }
    }

    /// <summary>Closes, outside of the lock, where that was found necessary within.</summary>
    private void CloseWhereAsked()
    {
        if (_closeWith is { } close)
        {
            Disconnect(close.Reason, close.Text);
        }
    }

    private void Execute(ChatRequest request, DateTimeOffset now, long milliseconds)
    {
        if (request.Verb is ChatVerb.None or ChatVerb.Pong || !IsInTime(request, milliseconds))
        {
            return;
        }

        Participant member = Member!;
        if (request.Verb is not ChatVerb.Ping)
        {
            member.LastActive = now;
        }

        ChatFault? refusal = request.IsSaid ? Say(request, member) : Do(request, member);
        if (refusal is { } fault)
        {
            Replies.Fail(request.Ref, fault);
        }
    }

    private bool IsInTime(ChatRequest request, long milliseconds)
    {
        if (_bucket.TryTake(milliseconds))
        {
            _wasRefused = false;
            return true;
        }

        if (_bucket.IsFlood)
        {
            _closeWith = ("RateLimited", "You did not stop sending too much.");
        }
        else if (!_wasRefused || request.Ref is not null)
        {
            Replies.Fail(request.Ref, new ChatFault(SocketErrorId.RateLimited, "You send too much; what you sent now was ignored. Wait a little."));
        }

        _wasRefused = true;
        return false;
    }
}
