using System;
using System.Collections.Generic;
using System.Linq;
using PSSockets.Engine.Errors;

namespace PSSockets.Engine.Chat;

/// <content>Rooms: entering, leaving, what they are about, what was said in them.</content>
internal sealed partial class ChatState
{
    /// <summary>The most messages of the past in one answer; on entering several rooms, in all of them.</summary>
    public const int MaxReplayed = 10_000;

    /// <summary>The most messages of the past that a person is shown who enters a room.</summary>
    public const int MaxShown = 1000;

    /// <summary>The most characters of messages of the past in one answer.</summary>
    private const int MaxReplayedCharacters = 1024 * 1024;

    /// <summary>Lets a member into a room, which becomes its current one; opens the room where there is none.</summary>
    /// <param name="member">Who.</param>
    /// <param name="name">The room.</param>
    /// <param name="room">The room that it is in now.</param>
    /// <param name="isNew">True where it was not in it before.</param>
    public ChatFault? Join(Participant member, string name, out RoomState? room, out bool isNew)
    {
        isNew = false;
        if (!ChatText.TryGetRoom(name, _limits.MaxNickLength, out string clean))
        {
            room = null;
            return new ChatFault(
                SocketErrorId.RoomInvalid,
                $"A room's name has 1 to {_limits.MaxNickLength} letters, digits, '-', '_' or '.', and begins with a letter or digit.");
        }

        if (_rooms.TryGetValue(clean, out room) && member.Rooms.Contains(room))
        {
            member.CurrentRoom = room;
            return null;
        }

        if (member.Rooms.Count >= _limits.MaxRoomsPerMember)
        {
            return new ChatFault(SocketErrorId.LimitReached, $"You are in {member.Rooms.Count} rooms, which is the limit.");
        }

        if (room is null)
        {
            if (_rooms.Count >= _limits.MaxRooms)
            {
                return new ChatFault(SocketErrorId.LimitReached, $"There are {_rooms.Count} rooms, which is the limit.");
            }

            room = OpenRoom(clean);
        }

        EnterRoom(member, room);
        isNew = true;
        Share(member);
        return null;
    }

    /// <summary>Lets a member out of a room.</summary>
    /// <param name="member">Who.</param>
    /// <param name="name">The room; null is the current one.</param>
    /// <param name="room">The room that was left.</param>
    public ChatFault? Leave(Participant member, string? name, out RoomState? room)
    {
        if (FindOwnRoom(member, name, out room) is { } fault)
        {
            return fault;
        }

        LeaveRoom(member, room!, string.Empty);
        Share(member);
        return null;
    }

    /// <summary>Says what a room is about.</summary>
    /// <param name="member">Who, and in that room.</param>
    /// <param name="name">The room; null is the current one.</param>
    /// <param name="topic">The topic; null only asks.</param>
    /// <param name="room">The room.</param>
    public ChatFault? SetTopic(Participant member, string? name, string? topic, out RoomState? room)
    {
        if (FindOwnRoom(member, name, out room) is { } fault)
        {
            return fault;
        }

        if (topic is null)
        {
            return null;
        }

        if (topic.Length > _limits.MaxMessageLength)
        {
            return TooLong();
        }

        room!.Topic = topic;
        Tell(Create(ChatMessageKind.Topic, room.Name, member.Nick, null, topic), room.Recipients, member);
        Nodes?.SetTopic(room.Name, topic, member.Nick, Now);
        return null;
    }

    /// <summary>Finds one of a member's rooms; null is the current one.</summary>
    public ChatFault? FindOwnRoom(Participant member, string? name, out RoomState? room)
    {
        room = name is null ? member.CurrentRoom : FindRoom(name);
        if (room is null)
        {
            return name is null
                ? new ChatFault(SocketErrorId.NotInRoom, "You are in no room: join one first.")
                : new ChatFault(SocketErrorId.NoSuchRoom, $"There is no room '{ChatText.Clean(name)}'.");
        }

        return member.Rooms.Contains(room) ? null : new ChatFault(SocketErrorId.NotInRoom, $"You are not in the room '{room.Name}'.");
    }

    /// <summary>What was said in a room, oldest first, and no more of it than one answer bears.</summary>
    /// <param name="room">The room.</param>
    /// <param name="count">At most so many of the last messages.</param>
    /// <param name="since">Only those behind the message of this id, where it is still known; else as if it were not given.</param>
    public static List<ChatMessage> GetHistory(RoomState room, int count, string? since = null)
    {
        IEnumerable<ChatMessage> history = room.History;
        if (since is not null && room.History.Any(message => message.Id == since))
        {
            history = history.SkipWhile(message => message.Id != since).Skip(1);
        }

        List<ChatMessage> last = [.. history.TakeLast(Math.Min(count, MaxReplayed))];
        int length = 0;
        int first = last.Count;
        while (first > 0 && (length += last[first - 1].Text.Length) <= MaxReplayedCharacters)
        {
            first--;
        }

        last.RemoveRange(0, first);
        return last;
    }

    private RoomState OpenRoom(string name)
    {
        if (!_rooms.TryGetValue(name, out RoomState? room))
        {
            _rooms.Add(name, room = new RoomState(name, isPermanent: false) { Topic = Nodes?.GetTopic(name) ?? string.Empty });
        }

        return room;
    }

    private void EnterRoom(Participant member, RoomState room)
    {
        room.Add(member);
        member.Rooms.Add(room);
        member.CurrentRoom = room;
        if (member.IsAnnounced)
        {
            Tell(Create(ChatMessageKind.Join, room.Name, member.Nick, null, string.Empty), room.Recipients, member);
        }
    }

    private void LeaveRoom(Participant member, RoomState room, string text)
    {
        room.Remove(member);
        member.Rooms.Remove(room);
        if (member.CurrentRoom == room)
        {
            member.CurrentRoom = member.Rooms.LastOrDefault();
        }

        if (member.IsAnnounced && !IsEnding)
        {
            Tell(Create(ChatMessageKind.Leave, room.Name, member.Nick, null, text), room.Recipients, member);
        }

        if (room.Members.Count == 0 && !room.IsPermanent)
        {
            _rooms.Remove(room.Name);
            if (member.IsLocal)
            {
                Nodes?.SetTopic(room.Name, string.Empty, member.Nick, Now);
            }
        }
    }
}
