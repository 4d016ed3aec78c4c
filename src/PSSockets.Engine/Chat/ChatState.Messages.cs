using System;
using PSSockets.Engine.Errors;

namespace PSSockets.Engine.Chat;

/// <content>What members, and the server itself, say.</content>
internal sealed partial class ChatState
{
    private static readonly Participant[] s_nobody = [];

    /// <summary>A member says something in one of its rooms.</summary>
    /// <param name="member">Who.</param>
    /// <param name="roomName">The room; null is the current one.</param>
    /// <param name="text">What.</param>
    /// <param name="isAction">True where it tells what it does.</param>
    /// <param name="message">The message.</param>
    public ChatFault? Say(Participant member, string? roomName, string text, bool isAction, out ChatMessage? message)
    {
        message = null;
        if (text.Length > _limits.MaxMessageLength)
        {
            return TooLong();
        }

        if (FindOwnRoom(member, roomName, out RoomState? room) is { } fault)
        {
            return fault;
        }

        member.MessagesSent++;
        message = Create(isAction ? ChatMessageKind.Action : ChatMessageKind.Message, room!.Name, member.Nick, null, text);
        room.Keep(message, _limits.HistoryCount);
        Tell(message, room.Recipients, member);
        Nodes?.Say(message);
        return null;
    }

    /// <summary>A member says something to another one only; to itself too, if it likes.</summary>
    public ChatFault? Whisper(Participant member, string nick, string text, out ChatMessage? message)
    {
        message = null;
        if (text.Length > _limits.MaxMessageLength)
        {
            return TooLong();
        }

        Participant? recipient = FindMember(nick);
        bool isService = recipient is null && string.Equals(nick, ServiceNick, StringComparison.OrdinalIgnoreCase);
        if (recipient is null && !isService)
        {
            return NoSuchMember(nick);
        }

        member.MessagesSent++;
        message = Create(ChatMessageKind.Private, null, member.Nick, recipient?.Nick ?? ServiceNick, text);
        TellOne(message, recipient);
        return null;
    }

    /// <summary>The server, or its handler, says something.</summary>
    /// <param name="from">The name under which.</param>
    /// <param name="roomName">The room; null is the first one.</param>
    /// <param name="recipientNick">The member that it is for; null for a room.</param>
    /// <param name="text">What.</param>
    /// <param name="kind">Message, action or notice; to a member, always private unless a notice.</param>
    public ChatFault? SayAsServer(string from, string? roomName, string? recipientNick, string text, ChatMessageKind kind)
    {
        if (text.Length > _limits.MaxMessageLength)
        {
            return TooLong();
        }

        if (recipientNick is not null)
        {
            if (FindMember(recipientNick) is not { } recipient)
            {
                return NoSuchMember(recipientNick);
            }

            ChatMessageKind told = kind == ChatMessageKind.Notice ? kind : ChatMessageKind.Private;
            TellOne(Create(told, null, from, recipient.Nick, text), recipient);
            return null;
        }

        RoomState? room = roomName is null ? FirstRoom : FindRoom(roomName);
        if (room is null)
        {
            return new ChatFault(SocketErrorId.NoSuchRoom, $"There is no room '{ChatText.Clean(roomName!)}'.");
        }

        ChatMessage message = Create(kind, room.Name, from, null, text);
        room.Keep(message, _limits.HistoryCount);
        Tell(message, room.Recipients, null);
        Nodes?.Say(message);
        return null;
    }

    /// <summary>The fault for a nick that nobody has.</summary>
    public static ChatFault NoSuchMember(string nick) => new(SocketErrorId.NoSuchMember, $"Nobody here is called '{ChatText.Clean(nick)}'.");

    /// <summary>Tells one member something, on whichever node it is; null is the handler, which hears of it by the effect.</summary>
    private void TellOne(ChatMessage message, Participant? recipient)
    {
        Tell(message, recipient is { IsLocal: true } ? recipient.Self : s_nobody, null);
        if (recipient is { IsLocal: false })
        {
            Nodes?.Say(message);
        }
    }

    private ChatFault TooLong() => new(SocketErrorId.MessageTooLong, $"The message is longer than {_limits.MaxMessageLength} characters; it was not sent.");
}
