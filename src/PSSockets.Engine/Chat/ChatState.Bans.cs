using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using PSSockets.Engine.Errors;

namespace PSSockets.Engine.Chat;

/// <content>Who is removed, and who does not get in for a time.</content>
internal sealed partial class ChatState
{
    /// <summary>How many bans there are at the most, with those that were lifted and are remembered for the other nodes.</summary>
    private const int MaxBans = 10_000;

    private readonly Dictionary<string, ChatBan> _bans = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The bans that have not ended, oldest first.</summary>
    public IReadOnlyList<ChatBan> Bans => FindBans(static ban => true).OrderBy(static ban => ban.Time).ToArray();

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

    /// <summary>Ends the bans of a nick, on all nodes.</summary>
    /// <returns>False where there was none.</returns>
    public bool Unban(string nick)
    {
        ChatBan[] bans = [.. FindBans(ban => string.Equals(ban.Nick, nick, StringComparison.OrdinalIgnoreCase))];
        foreach (ChatBan ban in bans)
        {
            Set(ban with { IsLifted = true });
        }

        return bans.Length > 0;
    }

    private void Ban(Participant member, TimeSpan time)
    {
        DateTimeOffset now = Now;
        IPAddress? address = (member.RemoteEndPoint as IPEndPoint)?.Address;
        Set(new ChatBan
        {
            Nick = member.Nick,
            Address = address is null || IPAddress.IsLoopback(address) ? null : address.ToString(),
            Until = time < DateTimeOffset.MaxValue - now ? now + time : DateTimeOffset.MaxValue,
            Time = now,
        });
    }

    /// <summary>A ban is set or lifted on this node.</summary>
    private void Set(ChatBan ban)
    {
        // Another node's clock may be ahead of ours.
        DateTimeOffset now = Now;
        ChatBan latest = ban with { Time = _bans.TryGetValue(ban.Key, out ChatBan? before) && before.Time >= now ? before.Time.AddTicks(1) : now };
        Keep(latest);
        Nodes?.Ban(latest);
    }

    private void Keep(ChatBan ban)
    {
        DateTimeOffset now = Now;
        bool isKnown = _bans.TryGetValue(ban.Key, out ChatBan? before);
        if (ban.Until <= now || (isKnown && !ban.Replaces(before!)))
        {
            return;
        }

        if (!isKnown && _bans.Count >= MaxBans)
        {
            // What counts least: those that have ended, then those that were lifted, then the oldest.
            _bans.Remove(_bans.Values.MinBy(other => (other.Until > now, !other.IsLifted, other.Time))!.Key);
        }

        _bans[ban.Key] = ban;
    }

    private ChatBan? FindBan(string? nick, EndPoint? endPoint)
    {
        if (_bans.Count == 0)
        {
            return null;
        }

        string? address = (endPoint as IPEndPoint)?.Address.ToString();
        return FindBans(ban => (nick is not null && string.Equals(ban.Nick, nick, StringComparison.OrdinalIgnoreCase))
            || (address is not null && address == ban.Address)).FirstOrDefault();
    }

    private IEnumerable<ChatBan> FindBans(Func<ChatBan, bool> isMeant)
    {
        DateTimeOffset now = Now;
        return _bans.Values.Where(ban => !ban.IsLifted && ban.Until > now && isMeant(ban));
    }

    private static ChatFault Banned(ChatBan ban) => new(
        SocketErrorId.Banned, $"You are banned from this chat until {ban.Until.ToUniversalTime():yyyy-MM-dd HH:mm:ss} UTC.");
}
