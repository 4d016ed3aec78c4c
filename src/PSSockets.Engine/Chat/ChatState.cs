using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using PSSockets.Engine.Errors;

namespace PSSockets.Engine.Chat;

/// <summary>
/// Who is in which room, and what was said there. Pure: no sockets, no tasks. Each change adds to <see cref="Effects"/> what is to be
/// told to whom; its server takes that out. Text is expected clean. Not thread-safe: its server calls it under one lock.
/// </summary>
internal sealed partial class ChatState
{
    private readonly Dictionary<string, Participant> _members = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, RoomState> _rooms = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _reserved = new(StringComparer.OrdinalIgnoreCase);
    private readonly ChatLimits _limits;
    private readonly TimeProvider _clock;
    private ChatMessage? _lastCreated;
    private long _lastMessage;
    private int _lastGuest;
    private long _lastMember;

    /// <summary>Creates the state of a chat without members.</summary>
    /// <param name="node">The name of this node, of which the ids of its messages begin.</param>
    /// <param name="limits">How much of everything is allowed.</param>
    /// <param name="rooms">The rooms that are always there; the first is where everybody starts.</param>
    /// <param name="reserved">Nicks that nobody may choose, besides those that nobody ever may.</param>
    /// <param name="clock">The source of time.</param>
    public ChatState(string node, ChatLimits limits, IEnumerable<string> rooms, IEnumerable<string> reserved, TimeProvider clock)
    {
        Node = node;
        _limits = limits;
        _clock = clock;
        _reserved.UnionWith(reserved);
        foreach (string room in rooms)
        {
            _rooms.TryAdd(room, new RoomState(room, isPermanent: true));
        }

        FirstRoom = _rooms.Values.First();
    }

    /// <summary>The name of this node.</summary>
    public string Node { get; }

    /// <summary>Where everybody starts.</summary>
    public RoomState FirstRoom { get; }

    /// <summary>What is to be told to whom, in order; whoever makes it happen clears the list.</summary>
    public List<ChatEffect> Effects { get; } = [];

    /// <summary>Everybody, over all nodes.</summary>
    public IReadOnlyCollection<Participant> Members => _members.Values;

    /// <summary>How many members this node has.</summary>
    public int LocalCount { get; private set; }

    /// <summary>The rooms.</summary>
    public IReadOnlyCollection<RoomState> Rooms => _rooms.Values;

    /// <summary>A nick that is nobody's but can be spoken to in private: that of the server's handler; null for none.</summary>
    public string? ServiceNick { get; init; }

    /// <summary>True while the server stops: that everybody leaves is no news then.</summary>
    public bool IsEnding { get; set; }

    private DateTimeOffset Now => _clock.GetLocalNow();

    /// <summary>The member of that nick, whatever the case.</summary>
    public Participant? FindMember(string nick) => _members.GetValueOrDefault(nick) ?? _members.GetValueOrDefault(ChatText.ToName(nick));

    /// <summary>The room of that name, with or without a leading <c>#</c>, whatever the case.</summary>
    public RoomState? FindRoom(string name) => _rooms.GetValueOrDefault(name)
        ?? (ChatText.TryGetRoom(name, _limits.MaxNickLength, out string room) ? _rooms.GetValueOrDefault(room) : null);

    /// <summary>Lets somebody in, not yet in any room and unknown to the others until <see cref="Announce"/>.</summary>
    /// <param name="nick">The nick that it wants; null has one given.</param>
    /// <param name="mode">How it speaks.</param>
    /// <param name="address">Where it comes from.</param>
    /// <param name="session">What the server keeps for it.</param>
    /// <param name="member">The new member.</param>
    public ChatFault? Add(string? nick, ChatMode mode, EndPoint? address, object? session, out Participant? member)
    {
        member = null;
        if (LocalCount >= _limits.MaxMembers)
        {
            return new ChatFault(SocketErrorId.LimitReached, $"The chat is full: it has {LocalCount} members.");
        }

        if (FindBan(null, address) is { } ban)
        {
            return Banned(ban);
        }

        if (nick is null)
        {
            nick = TakeGuestNick();
        }
        else if (CheckNick(ref nick, address, null) is { } fault)
        {
            return fault;
        }

        DateTimeOffset now = Now;
        member = new Participant
        {
            Nick = nick,
            NickSince = now,
            Number = ++_lastMember,
            Node = Node,
            IsLocal = true,
            Mode = mode,
            RemoteEndPoint = address,
            Session = session,
            ConnectedAt = now,
            LastActive = now,
        };
        _members.Add(nick, member);
        LocalCount++;
        Share(member);
        return null;
    }

    /// <summary>Tells the others of a new member.</summary>
    public void Announce(Participant member)
    {
        if (member.IsAnnounced || member.IsGone)
        {
            return;
        }

        member.IsAnnounced = true;
        foreach (RoomState room in member.Rooms)
        {
            Tell(Create(ChatMessageKind.Join, room.Name, member.Nick, null, string.Empty), room.Recipients, member);
        }

        Share(member);
    }

    /// <summary>Lets somebody go; does nothing where that has happened.</summary>
    /// <param name="member">Who.</param>
    /// <param name="text">What the others are told with it; may be empty.</param>
    public void Remove(Participant member, string text)
    {
        if (member.IsGone)
        {
            return;
        }

        foreach (RoomState room in member.Rooms.ToArray())
        {
            LeaveRoom(member, room, text);
        }

        member.IsGone = true;
        _members.Remove(member.Nick);
        LocalCount -= member.IsLocal ? 1 : 0;
        ShareLeave(member, text);
    }

    /// <summary>Gives a member another nick.</summary>
    public ChatFault? Rename(Participant member, string nick)
    {
        if (CheckNick(ref nick, member.RemoteEndPoint, member) is { } fault)
        {
            return fault;
        }

        if (nick != member.Nick)
        {
            member.NickSince = Now;
            TakeNick(member, nick, tellIt: false);
            Share(member);
        }

        return null;
    }

    /// <summary>Everybody on this node who shares a room with a member, each once.</summary>
    private static Participant[] GetNeighbours(Participant member)
        => member.Rooms.Count == 1 ? member.Rooms[0].Recipients : member.Rooms.SelectMany(room => room.Recipients).Distinct().ToArray();

    private ChatFault? CheckNick(ref string nick, EndPoint? address, Participant? owner)
    {
        string wanted = nick;
        if (!ChatText.TryGetNick(wanted, _limits.MaxNickLength, out nick))
        {
            return new ChatFault(
                SocketErrorId.NickInvalid,
                ChatText.IsReserved(nick)
                    ? $"The nick '{nick}' is reserved."
                    : $"A nick has 1 to {_limits.MaxNickLength} letters, digits, '-', '_' or '.', and begins with a letter or digit.");
        }

        if (_reserved.Contains(nick))
        {
            return new ChatFault(SocketErrorId.NickInvalid, $"The nick '{nick}' is reserved.");
        }

        if (_members.TryGetValue(nick, out Participant? other) ? other != owner : Nodes?.IsTaken(nick) == true)
        {
            return new ChatFault(SocketErrorId.NickInUse, $"The nick '{nick}' is taken.");
        }

        return FindBan(nick, address) is { } ban ? Banned(ban) : null;
    }

    private string TakeGuestNick()
    {
        string nick;
        do
        {
            nick = $"guest{++_lastGuest}";
        }
        while (_members.ContainsKey(nick) || Nodes?.IsTaken(nick) == true);
        return nick;
    }

    private ChatMessage Create(ChatMessageKind kind, string? room, string from, string? recipient, string text)
    {
        // What is told in one go has one time: a look at the clock can cost as much as all the rest.
        bool isSameGo = Effects.Count > 0 && ReferenceEquals(Effects[^1].Message, _lastCreated);
        return _lastCreated = new ChatMessage
        {
            Id = $"{Node}-{++_lastMessage}",
            Time = isSameGo ? _lastCreated!.Time : Now,
            Kind = kind,
            Room = room,
            From = from,
            To = recipient,
            Text = text,
        };
    }

    private void Tell(ChatMessage message, Participant[] recipients, Participant? except)
        => Effects.Add(new ChatEffect(message, recipients, except));
}
