using System;
using System.Collections.Generic;

namespace PSSockets.Engine.Chat;

/// <summary>
/// How far a session has read in each of its rooms: the mark that it asks the server to go on from, and the latest ids, by which it knows
/// again what comes twice. Pure; not thread-safe.
/// </summary>
internal sealed class RoomMarks
{
    /// <summary>How many ids of a room are remembered: more than a server is likely to keep of it.</summary>
    private const int Remembered = 1024;

    private readonly Dictionary<string, Room> _rooms = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The last message of each room, as the protocol's <c>since</c>; empty text where nothing was said in it yet.</summary>
    public Dictionary<string, string> Since
    {
        get
        {
            Dictionary<string, string> since = [];
            foreach ((string name, Room room) in _rooms)
            {
                since.Add(name, room.Last);
            }

            return since;
        }
    }

    /// <summary>Begins with a room; knows nothing of it yet.</summary>
    public void Enter(string room) => _rooms.TryAdd(room, new Room());

    /// <summary>Forgets a room.</summary>
    public void Leave(string room) => _rooms.Remove(room);

    /// <summary>Takes note of a message.</summary>
    /// <returns>False for one that was seen before.</returns>
    public bool Add(ChatMessage message)
    {
        // Only what is said in a room stands in its history.
        if (message.Kind is not (ChatMessageKind.Message or ChatMessageKind.Action) || message.Room is null
            || !_rooms.TryGetValue(message.Room, out Room? room))
        {
            return true;
        }

        return room.Add(message.Id);
    }

    /// <summary>Takes note of what this session has said itself: nobody gets his own message back, but the history has it.</summary>
    public void AddOwn(string roomName, string id)
    {
        if (id.Length > 0 && _rooms.TryGetValue(roomName, out Room? room))
        {
            room.Add(id);
        }
    }

    private sealed class Room
    {
        private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
        private readonly Queue<string> _order = new();

        public string Last { get; private set; } = string.Empty;

        public bool Add(string id)
        {
            if (id.Length == 0 || !_seen.Add(id))
            {
                return id.Length == 0;
            }

            Last = id;
            _order.Enqueue(id);
            if (_order.Count > Remembered)
            {
                _seen.Remove(_order.Dequeue());
            }

            return true;
        }
    }
}
