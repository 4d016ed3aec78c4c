using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.Errors;

namespace PSSockets.Engine.Chat;

/// <content>What a session asks of its server. While the connection is lost, requests wait for the session to come back.</content>
public sealed partial class ChatSession
{
    private static readonly TimeSpan s_firstPatience = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_mostPatience = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Says something, in a room or to one member; completes when the server has it. Where the server finds it too fast it is said again a
    /// little later.
    /// </summary>
    /// <exception cref="SocketFailureException">
    /// Refused, or the session is closed. <see cref="SocketErrorId.NotConfirmed"/>: the connection was lost on the way; it may have been
    /// said, and is not said again by itself.
    /// </exception>
    public async ValueTask SendAsync(string text, string? room, string? recipient, ChatMessageKind kind, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (IsPlain)
        {
            await SendPlainAsync(text, room ?? recipient, kind, cancellationToken).ConfigureAwait(false);
        }
        else if (recipient is not null)
        {
            await RequestAsync("private", cancellationToken, ("to", recipient), ("text", text)).ConfigureAwait(false);
        }
        else
        {
            string where = room ?? CurrentRoom ?? throw new SocketFailureException(
                SocketErrorId.NotInRoom, "The session is in no room: join one, or say which.", DisplayName);
            string type = kind == ChatMessageKind.Action ? "action" : "say";
            JsonElement ok = await RequestAsync(type, cancellationToken, ("room", where), ("text", text)).ConfigureAwait(false);
            lock (_gate)
            {
                _marks.AddOwn(where, ChatClientJson.GetText(ok, "id"));
            }
        }

        Interlocked.Increment(ref _messagesSent);
    }

    /// <summary>Enters a room, which becomes the current one.</summary>
    /// <returns>The room.</returns>
    public async Task<ChatRoom> JoinAsync(string room, CancellationToken cancellationToken)
    {
        string name = GetRoomName(room);
        JsonElement ok = await RequestAsync("join", cancellationToken, ("room", name)).ConfigureAwait(false);
        bool isNew;
        lock (_gate)
        {
            isNew = EnterRoom(name, isCurrent: true);
        }

        if (isNew)
        {
            foreach (ChatMessage message in await GetHistoryAsync(name, 1, cancellationToken).ConfigureAwait(false))
            {
                lock (_gate)
                {
                    _marks.Add(message);
                }
            }
        }

        return new ChatRoom { Name = name, Topic = ChatClientJson.GetText(ok, "topic"), MemberCount = ChatClientJson.GetItems(ok, "members").Count() };
    }

    /// <summary>Leaves a room; the one joined before becomes the current one.</summary>
    public async Task LeaveAsync(string room, CancellationToken cancellationToken)
    {
        string name = GetRoomName(room);
        await RequestAsync("leave", cancellationToken, ("room", name)).ConfigureAwait(false);
        lock (_gate)
        {
            LeaveRoom(name);
        }
    }

    /// <summary>Takes another nick.</summary>
    public async Task SetNickAsync(string nick, CancellationToken cancellationToken)
    {
        JsonElement ok = await RequestAsync("nick", cancellationToken, ("nick", nick)).ConfigureAwait(false);
        _wantedNick = Nick = ChatClientJson.GetText(ok, "nick");
    }

    /// <summary>Gives a room's topic, having set it where a text is given.</summary>
    public async Task<string> SetTopicAsync(string room, string? topic, CancellationToken cancellationToken)
        => ChatClientJson.GetText(
            await RequestAsync("topic", cancellationToken, ("room", GetRoomName(room)), ("text", topic)).ConfigureAwait(false), "topic");

    /// <summary>The rooms of the chat. A true array.</summary>
    public async Task<IReadOnlyList<ChatRoom>> GetRoomsAsync(CancellationToken cancellationToken)
    {
        JsonElement ok = await RequestAsync("rooms", cancellationToken).ConfigureAwait(false);
        return [.. ChatClientJson.GetItems(ok, "rooms").Select(room => new ChatRoom
        {
            Name = ChatClientJson.GetText(room, "name"),
            Topic = ChatClientJson.GetText(room, "topic"),
            MemberCount = (int)ChatClientJson.GetNumber(room, "members"),
        })];
    }

    /// <summary>The last messages of a room, oldest first. A true array.</summary>
    public async Task<IReadOnlyList<ChatMessage>> GetHistoryAsync(string room, int count, CancellationToken cancellationToken)
    {
        JsonChatLink link = await GetJsonLinkAsync(cancellationToken).ConfigureAwait(false);
        return await link.GetHistoryAsync(GetRoomName(room), count, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<ChatMember>> GetMembersAsync(string? room, CancellationToken cancellationToken)
    {
        JsonElement ok = await RequestAsync("who", cancellationToken, ("room", room is null ? null : GetRoomName(room))).ConfigureAwait(false);
        return [.. ChatClientJson.GetItems(ok, "members").Select(member => new ChatMember
        {
            Nick = ChatClientJson.GetText(member, "nick"),
            Rooms = [.. ChatClientJson.GetItems(member, "rooms").Select(item => ChatText.Clean(item.ToString()))],
            Node = ChatClientJson.GetText(member, "node"),
            IsLocal = ChatClientJson.GetText(member, "node") == Node,
            IsOperator = ChatClientJson.IsTrue(member, "operator"),
            ConnectedAt = ChatClientJson.GetTime(member, "connectedAt"),
            IdleTime = TimeSpan.FromSeconds(ChatClientJson.GetNumber(member, "idleSeconds")),
            Mode = ChatMode.Json,
            Chat = this,
        })];
    }

    /// <inheritdoc/>
    public async ValueTask RemoveMemberAsync(string nick, string? reason, TimeSpan banTime, CancellationToken cancellationToken)
        => await RequestAsync(
            "kick", cancellationToken, ("nick", nick), ("reason", reason), ("banSeconds", banTime > TimeSpan.Zero ? (long)banTime.TotalSeconds : null))
            .ConfigureAwait(false);

    /// <summary>Becomes an operator, where the server has a password for them.</summary>
    public async Task BecomeOperatorAsync(string password, CancellationToken cancellationToken)
        => await RequestAsync("oper", cancellationToken, ("password", password)).ConfigureAwait(false);

    private static string GetRoomName(string room) => room.StartsWith('#') ? room[1..] : room;

    /// <summary>Sends a request as soon as there is a connection, later again where the server is asked too much; never twice what may have been done.</summary>
    private async Task<JsonElement> RequestAsync(string type, CancellationToken cancellationToken, params (string Name, object? Value)[] fields)
    {
        for (TimeSpan patience = s_firstPatience; ;)
        {
            JsonChatLink link = await GetJsonLinkAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                return await link.RequestAsync(type, cancellationToken, fields).ConfigureAwait(false);
            }
            catch (SocketFailureException failure) when (failure.ErrorId is SocketErrorId.RateLimited or SocketErrorId.NotConnected)
            {
                // Neither has reached the chat.
                await Task.Delay(patience, cancellationToken).ConfigureAwait(false);
                patience = patience * 2 > s_mostPatience ? s_mostPatience : patience * 2;
            }
        }
    }

    private async Task RequestNickAsync(JsonChatLink link, string nick, CancellationToken cancellationToken)
    {
        JsonElement ok = await link.RequestAsync("nick", cancellationToken, ("nick", nick)).ConfigureAwait(false);
        Nick = ChatClientJson.GetText(ok, "nick");
    }

    private async Task SendPlainAsync(string text, string? recipient, ChatMessageKind kind, CancellationToken cancellationToken)
    {
        if (recipient is not null || kind != ChatMessageKind.Message)
        {
            throw NotInPlainText();
        }

        ChatLink link = await GetLinkAsync(cancellationToken).ConfigureAwait(false);
        await link.Connection.SendAsync(text, cancellationToken).ConfigureAwait(false);
    }

    private async Task<JsonChatLink> GetJsonLinkAsync(CancellationToken cancellationToken)
        => await GetLinkAsync(cancellationToken).ConfigureAwait(false) as JsonChatLink ?? throw NotInPlainText();

    /// <summary>The connection, as soon as there is one.</summary>
    private async Task<ChatLink> GetLinkAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task change;
            lock (_gate)
            {
                if (_status == ChatSessionStatus.Open && _link is not null)
                {
                    return _link;
                }

                if (_status == ChatSessionStatus.Closed)
                {
                    string message = StatusText.Length > 0 ? $"The chat session with {DisplayName} has ended: {StatusText}" : $"The chat session with {DisplayName} is closed.";
                    throw new SocketFailureException(SocketErrorId.ObjectClosed, message, DisplayName);
                }

                change = _statusChange.Task;
            }

            await change.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private ChatLink? GetOpenLink()
    {
        lock (_gate)
        {
            return _status == ChatSessionStatus.Open ? _link : null;
        }
    }

    private SocketFailureException NotInPlainText() => new(
        SocketErrorId.UnknownCommand, $"The session with {DisplayName} speaks plain text only: it can say something to all, and no more.", DisplayName);
}
