using System.Collections.Generic;
using System.Linq;

namespace PSSockets.Engine.Chat;

/// <summary>A room as the state knows it; guarded by whatever guards the state.</summary>
internal sealed class RoomState
{
    private readonly List<Participant> _members = [];
    private readonly Queue<ChatMessage> _history = new();
    private Participant[]? _recipients;

    public RoomState(string name, bool isPermanent)
    {
        Name = name;
        IsPermanent = isPermanent;
    }

    /// <summary>The name as whoever opened the room wrote it.</summary>
    public string Name { get; }

    /// <summary>True where the room stays when its last member leaves.</summary>
    public bool IsPermanent { get; }

    /// <summary>What it is about.</summary>
    public string Topic { get; set; } = string.Empty;

    /// <summary>Who is in it, over all nodes.</summary>
    public IReadOnlyList<Participant> Members => _members;

    /// <summary>The last messages, oldest first.</summary>
    public IReadOnlyCollection<ChatMessage> History => _history;

    /// <summary>Who on this node gets what is said: the same array until somebody joins or leaves.</summary>
    public Participant[] Recipients => _recipients ??= [.. _members.Where(member => member.IsLocal)];

    public void Add(Participant member)
    {
        _members.Add(member);
        _recipients = null;
    }

    public void Remove(Participant member)
    {
        _members.Remove(member);
        _recipients = null;
    }

    /// <summary>Keeps a message for those who come later.</summary>
    public void Keep(ChatMessage message, int limit)
    {
        if (limit <= 0)
        {
            return;
        }

        if (_history.Count >= limit)
        {
            _history.Dequeue();
        }

        _history.Enqueue(message);
    }

    /// <summary>Takes in what was said before as another node has it: each message once, in order of time.</summary>
    public void Merge(IEnumerable<ChatMessage> past, int limit)
    {
        HashSet<string> known = [.. _history.Select(static message => message.Id)];
        ChatMessage[] missed = [.. past.Where(message => known.Add(message.Id))];
        if (missed.Length > 0)
        {
            ChatMessage[] all = [.. _history.Concat(missed).OrderBy(static message => message.Time).TakeLast(limit)];
            _history.Clear();
            foreach (ChatMessage message in all)
            {
                _history.Enqueue(message);
            }
        }
    }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
