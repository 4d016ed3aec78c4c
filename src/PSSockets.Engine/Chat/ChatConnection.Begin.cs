using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.Errors;

namespace PSSockets.Engine.Chat;

/// <content>How a client begins: the password, the greeting, the first line that tells how it speaks.</content>
internal sealed partial class ChatConnection
{
    private TextReplies Text => (TextReplies)Replies;

    /// <summary>What a new connection is told, under the server's lock.</summary>
    private void Greet()
    {
        if (_refusal is not null)
        {
            _phase = Phase.First;
        }
        else if (_phase == Phase.Password)
        {
            Text.Notice("This chat has a password. Send it as your first line.");
        }
        else
        {
            _refusal = Enter();
        }
    }

    /// <summary>Makes it a member with a nick that the server gives.</summary>
    /// <returns>Why it cannot be one.</returns>
    private ChatFault? Enter()
    {
        foreach (string line in ChatText.GetLines(_options.Banner ?? string.Empty))
        {
            Text.Line(line);
        }

        if (_server.Chat.Add(null, ChatMode.Text, Connection.RemoteEndPoint, this, out Participant? member) is { } fault)
        {
            return fault;
        }

        Member = member;
        RoomState room = _server.Chat.FirstRoom;
        _server.Chat.Join(member!, room.Name, out _, out _);
        Text.Welcome(_server.Name, member!.Nick, room);
        return null;
    }

    private void Announce()
    {
        if (Member is { IsAnnounced: false, IsGone: false } member)
        {
            _server.Chat.Announce(member);
            _server.NoticeMember(member, hasJoined: true);
        }
    }

    /// <summary>Takes it out of the chat, where it is in, under the server's lock.</summary>
    private void Leave(string text)
    {
        if (Member is { IsGone: false } member)
        {
            _server.Chat.Remove(member, text);
            if (member.IsAnnounced)
            {
                _server.NoticeMember(member, hasJoined: false);
            }
        }

        Member = null;
    }

    /// <summary>Takes a line of a client that does not take part yet.</summary>
    private async Task BeginAsync(string line, CancellationToken stopping)
    {
        Volatile.Write(ref _lastHeard, Environment.TickCount64);
        ChatRequest? hello = !_options.IsRaw && line.StartsWith('{') && ChatJson.TryParse(line) is { Verb: ChatVerb.Hello } request ? request : null;
        if (_phase == Phase.Password)
        {
            await CheckPasswordAsync(hello is null ? line : hello.Password, hello is not null, stopping).ConfigureAwait(false);
            if (_phase == Phase.Password)
            {
                return;
            }

            if (hello is null)
            {
                _phase = Phase.Member;
                _server.Change(this, () =>
                {
                    if (Enter() is { } fault)
                    {
                        Refuse(fault);
                    }

                    Announce();
                });
                CloseWhereAsked();
                return;
            }
        }

        _phase = Phase.Member;
        _server.Change(this, () =>
        {
            if (IsOut)
            {
                return;
            }

            if (_refusal is { } refusal)
            {
                Replies = hello is null ? Replies : new JsonReplies();
                Refuse(refusal);
            }
            else if (hello is not null)
            {
                Hello(hello);
            }
            else if (Member is null)
            {
                Refuse(new ChatFault(SocketErrorId.BadRequest, "Say hello first."));
            }
            else
            {
                Announce();
                Execute(Parse(line), _options.Clock.GetUtcNow(), Environment.TickCount64);
            }
        });
        AnswerHistory();
        CloseWhereAsked();
    }

    private async Task CheckPasswordAsync(string? given, bool isJson, CancellationToken stopping)
    {
        // The wait comes first, for right and wrong ones alike, so that it tells nothing.
        TimeSpan wait = _server.Guard.TakeTurn(Connection.RemoteEndPoint);
        if (wait > TimeSpan.FromSeconds(_options.Limits.LoginSeconds))
        {
            Disconnect("PasswordWrong", "Too many wrong passwords came from your address; try again later.");
            return;
        }

        await Task.Delay(wait, stopping).ConfigureAwait(false);
        if (given is not null && PasswordGuard.AreEqual(_options.Password!, given))
        {
            _server.Guard.Succeed(Connection.RemoteEndPoint);
            _phase = Phase.First;
            return;
        }

        if (given is not null)
        {
            _server.Guard.Fail(Connection.RemoteEndPoint);
            _wrongPasswords++;
        }

        ChatFault fault = given is null
            ? new ChatFault(SocketErrorId.PasswordRequired, "This chat has a password.")
            : new ChatFault(SocketErrorId.PasswordWrong, "The password is wrong.");
        _server.Change(this, () =>
        {
            Replies = isJson ? new JsonReplies() : Replies;
            Replies.Fail(null, fault);
        });
        if (isJson || _wrongPasswords >= PasswordAttempts)
        {
            Disconnect("PasswordWrong", fault.Text);
        }
    }

    /// <summary>Begins anew in JSON, under the nick that the client wants.</summary>
    private void Hello(ChatRequest hello)
    {
        if (Member is not null)
        {
            Leave(string.Empty);
        }

        JsonReplies replies = Replies as JsonReplies ?? new JsonReplies();
        Replies = replies;
        if (hello.Fault.Text is not null)
        {
            Refuse(hello.Fault);
            return;
        }

        if (_server.Chat.Add(hello.Nick, ChatMode.Json, Connection.RemoteEndPoint, this, out Participant? member) is { } fault)
        {
            if (fault.Id is SocketErrorId.NickInUse or SocketErrorId.NickInvalid)
            {
                if (IsInTime(hello, Environment.TickCount64))
                {
                    replies.Fail(hello.Ref, fault);
                }

                _phase = Phase.First;
            }
            else
            {
                Refuse(fault);
            }

            return;
        }

        Member = member!;
        List<RoomState> rooms = [];
        foreach (string name in hello.Rooms ?? [_server.Chat.FirstRoom.Name])
        {
            if (_server.Chat.Join(Member, name, out RoomState? room, out bool isNew) is { } refusal)
            {
                Leave(string.Empty);
                Refuse(refusal);
                return;
            }

            if (isNew)
            {
                rooms.Add(room!);
            }
        }

        replies.Welcome(Member.Nick, _server.Name, _server.Node, rooms, _options.Limits);
        int share = ChatState.MaxReplayed / Math.Max(1, rooms.Count);
        foreach (RoomState room in rooms)
        {
            string? since = hello.SinceByRoom?.GetValueOrDefault(room.Name);
            replies.Replay(ChatState.GetHistory(room, since is null ? Math.Min(hello.Count ?? 0, share) : share, since));
        }

        Announce();
    }

    private void Refuse(ChatFault fault)
    {
        Replies.Fail(null, fault);
        string reason = fault.Id == SocketErrorId.Banned ? "Banned" : "Refused";
        _closeWith = (reason, fault.Text);
    }
}
