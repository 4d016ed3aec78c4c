using System;
using System.Linq;
using System.Threading;

namespace PSSockets.Engine.Chat;

/// <content>What comes from the server.</content>
public sealed partial class ChatSession
{
    /// <summary>Takes a message; called by one thread at a time.</summary>
    private void Receive(ChatMessage message)
    {
        lock (_gate)
        {
            if (!_marks.Add(message) || (_isGreeting && message.IsReplayed && _status == ChatSessionStatus.Connecting && _options.HistoryCount == 0))
            {
                return;
            }

            if (message.Kind == ChatMessageKind.Nick && IsMe(message.From))
            {
                _wantedNick = Nick = message.Text;
            }
        }

        Interlocked.Increment(ref _messagesReceived);
        NoticeMessage(message);
        _feed.Add(message);
    }

    /// <summary>True for this session's own nick.</summary>
    public bool IsMe(string nick) => string.Equals(nick, Nick, StringComparison.OrdinalIgnoreCase);

    /// <summary>Takes note of a room; under the lock.</summary>
    /// <returns>True where it was not among the session's rooms.</returns>
    private bool EnterRoom(string room, bool isCurrent)
    {
        string? known = _rooms.FirstOrDefault(other => string.Equals(other, room, StringComparison.OrdinalIgnoreCase));
        if (known is null)
        {
            _rooms.Add(room);
        }

        _marks.Enter(room);
        if (isCurrent)
        {
            _currentRoom = known ?? room;
        }

        return known is null;
    }

    private void LeaveRoom(string room)
    {
        _rooms.RemoveAll(other => string.Equals(other, room, StringComparison.OrdinalIgnoreCase));
        _marks.Leave(room);
        if (string.Equals(_currentRoom, room, StringComparison.OrdinalIgnoreCase))
        {
            _currentRoom = _rooms.LastOrDefault();
        }
    }
}
