using System;
using System.Collections.Generic;
using System.Net;
using PSSockets.Engine.Errors;

namespace PSSockets.Engine.Chat;

/// <content>Who is removed, and who does not get in for a time.</content>
internal sealed partial class ChatState
{
    /// <summary>How many bans there are at the most; the oldest goes.</summary>
    private const int MaxBans = 10_000;

    private readonly List<ChatBan> _bans = [];

    /// <summary>The bans that have not ended, oldest first.</summary>
    public IReadOnlyList<ChatBan> Bans
    {
        get
        {
            DateTimeOffset now = Now;
            _bans.RemoveAll(ban => ban.Until <= now);
            return _bans.ToArray();
        }
    }

    /// <summary>Removes a member.</summary>
    /// <param name="by">The operator who wants it; null for the server itself.</param>
    /// <param name="nick">Whom.</param>
    /// <param name="reason">Why; may be empty.</param>
    /// <param name="banTime">How long it does not get in again; zero for no ban.</param>
    /// <param name="victim">Who was removed.</param>
    public ChatFault? Kick(Participant? by, string nick, string reason, TimeSpan banTime, out Participant? victim)
    {
        victim = null;
        if (by is { IsOperator: false })
        {
            return new ChatFault(SocketErrorId.NotPermitted, "Only operators may do that.");
        }

        victim = FindMember(nick);
        if (victim is null)
        {
            return NoSuchMember(nick);
        }

        if (!victim.IsLocal)
        {
            // Its own node removes it, and bans it for all.
            Nodes?.Kick(victim.Node, victim.Number, reason, banTime);
            return null;
        }

        if (banTime > TimeSpan.Zero)
        {
            Ban(victim, banTime);
        }

        Remove(victim, reason.Length > 0 ? $"kicked: {reason}" : "kicked");
        return null;
    }

    /// <summary>Ends the bans of a nick.</summary>
    /// <returns>False where there was none.</returns>
    public bool Unban(string nick) => _bans.RemoveAll(ban => string.Equals(ban.Nick, nick, StringComparison.OrdinalIgnoreCase)) > 0;

    private void Ban(Participant member, TimeSpan time)
    {
        DateTimeOffset now = Now;
        IPAddress? address = (member.RemoteEndPoint as IPEndPoint)?.Address;
        ChatBan ban = new()
        {
            Nick = member.Nick,
            Address = address is null || IPAddress.IsLoopback(address) ? null : address.ToString(),
            Until = time < DateTimeOffset.MaxValue - now ? now + time : DateTimeOffset.MaxValue,
        };
        Keep(ban);
        Nodes?.Ban(ban);
    }

    private void Keep(ChatBan ban)
    {
        DateTimeOffset now = Now;
        _bans.RemoveAll(other => other.Until <= now);
        if (_bans.Count >= MaxBans)
        {
            _bans.RemoveAt(0);
        }

        _bans.Add(ban);
    }

    private ChatBan? FindBan(string? nick, EndPoint? endPoint)
    {
        if (_bans.Count == 0)
        {
            return null;
        }

        DateTimeOffset now = Now;
        string? address = (endPoint as IPEndPoint)?.Address.ToString();
        return _bans.Find(ban => ban.Until > now
            && ((nick is not null && string.Equals(ban.Nick, nick, StringComparison.OrdinalIgnoreCase)) || (address is not null && address == ban.Address)));
    }

    private static ChatFault Banned(ChatBan ban) => new(
        SocketErrorId.Banned, $"You are banned from this chat until {ban.Until.ToUniversalTime():yyyy-MM-dd HH:mm:ss} UTC.");
}
