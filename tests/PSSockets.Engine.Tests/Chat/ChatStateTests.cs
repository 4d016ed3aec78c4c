using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using PSSockets.Engine.Chat;
using PSSockets.Engine.Errors;
using Xunit;

namespace PSSockets.Engine.Tests.Chat;

public sealed class ChatStateTests
{
    private static readonly ChatLimits s_small = new() { MaxMembers = 12, MaxRooms = 6, MaxRoomsPerMember = 3, HistoryCount = 5, MaxMessageLength = 20 };

    /// <summary>Random operations, many of them nonsense, after each of which all that must hold is looked at.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Whatever_members_do_the_state_stays_whole(int seed)
    {
        Random random = new(seed);
        ChatState state = Create(s_small);
        List<Participant> present = [];
        for (int step = 0; step < 5000; step++)
        {
            Participant[] before = [.. state.Members];
            ChatFault? fault = Step(state, random, present);
            Check(state, before);
            Assert.True(fault is null || fault.Value.Text.Length > 0);
            state.Effects.Clear();
            present = [.. state.Members];
        }
    }

    [Fact]
    public void A_nick_is_taken_once_whatever_the_case()
    {
        ChatState state = Create(new ChatLimits());
        Participant ann = Add(state, "ann");
        Assert.Equal(SocketErrorId.NickInUse, state.Add("ANN", ChatMode.Text, null, null, out _)!.Value.Id);
        Assert.Null(state.Rename(ann, "Ann"));
        Assert.Equal("Ann", state.FindMember("aNN")!.Nick);
        Assert.Equal(SocketErrorId.NickInvalid, state.Add("bot", ChatMode.Text, null, null, out _)!.Value.Id);
        state.Remove(ann, string.Empty);
        Assert.NotNull(Add(state, "ANN"));
    }

    [Fact]
    public void Who_is_not_announced_comes_and_goes_in_silence()
    {
        ChatState state = Create(new ChatLimits());
        Participant ann = Add(state, "ann");
        state.Join(ann, "lobby", out _, out _);
        Participant bob = Add(state, "bob", announce: false);
        state.Join(bob, "lobby", out _, out _);
        state.Effects.Clear();
        state.Remove(bob, "gone");
        Assert.Empty(state.Effects);
    }

    [Fact]
    public void A_ban_keeps_nick_and_address_out_until_it_ends()
    {
        ManualClock clock = new();
        ChatState state = new("n", new ChatLimits(), ["lobby"], [], clock);
        IPEndPoint bad = new(IPAddress.Parse("192.0.2.1"), 5000);
        Assert.Null(state.Add("bob", ChatMode.Text, bad, null, out Participant? bob));
        Assert.Null(state.Kick(null, "BOB", "spam", TimeSpan.FromMinutes(1), out Participant? victim));
        Assert.Same(bob, victim);
        Assert.Equal(SocketErrorId.Banned, state.Add("other", ChatMode.Text, new IPEndPoint(bad.Address, 6000), null, out _)!.Value.Id);
        Participant ann = Add(state, "ann");
        Assert.Equal(SocketErrorId.Banned, state.Rename(ann, "Bob")!.Value.Id);
        clock.Now += TimeSpan.FromMinutes(1);
        Assert.Empty(state.Bans);
        Assert.Null(state.Add("bob", ChatMode.Text, bad, null, out _));
    }

    [Fact]
    public void What_is_said_in_one_go_has_one_time()
    {
        ManualClock clock = new();
        ChatState state = new("n", new ChatLimits(), ["lobby"], [], clock);
        Participant ann = Add(state, "ann");
        state.Join(ann, "lobby", out _, out _);
        state.Effects.Clear();
        DateTimeOffset first = Say();
        clock.Now += TimeSpan.FromSeconds(1);
        Assert.Equal(first, Say());
        state.Effects.Clear();
        Assert.Equal(clock.Now, Say());

        DateTimeOffset Say()
        {
            Assert.Null(state.Say(ann, null, "x", isAction: false, out ChatMessage? message));
            return message!.Time;
        }
    }

    [Fact]
    public void Loopback_is_never_banned_as_an_address()
    {
        ChatState state = Create(new ChatLimits());
        Assert.Null(state.Add("bob", ChatMode.Text, new IPEndPoint(IPAddress.Loopback, 1), null, out _));
        Assert.Null(state.Kick(null, "bob", string.Empty, TimeSpan.FromMinutes(1), out _));
        Assert.Null(Assert.Single(state.Bans).Address);
        Assert.Null(state.Add("ann", ChatMode.Text, new IPEndPoint(IPAddress.Loopback, 2), null, out _));
    }

    [Fact]
    public void History_since_a_message_begins_behind_it_and_is_whole_where_it_is_unknown()
    {
        ChatState state = Create(s_small);
        Participant ann = Add(state, "ann");
        state.Join(ann, "lobby", out RoomState? room, out _);
        List<string> ids = [];
        for (int i = 0; i < 8; i++)
        {
            Assert.Null(state.Say(ann, null, $"{i}", false, out ChatMessage? message));
            ids.Add(message!.Id);
        }

        Assert.Equal(["3", "4", "5", "6", "7"], ChatState.GetHistory(room!, 100).Select(message => message.Text));
        Assert.Equal(["6", "7"], ChatState.GetHistory(room!, 100, ids[5]).Select(message => message.Text));
        Assert.Equal(["7"], ChatState.GetHistory(room!, 1, ids[5]).Select(message => message.Text));
        Assert.Equal(5, ChatState.GetHistory(room!, 100, ids[0]).Count);
    }

    [Fact]
    public void One_answer_has_no_more_of_the_past_than_it_bears()
    {
        ChatState state = Create(new ChatLimits { HistoryCount = 20_000, MaxMessageLength = 2000 });
        Participant ann = Add(state, "ann");
        state.Join(ann, "lobby", out RoomState? room, out _);
        Say(12_000, "x");
        Assert.Equal(ChatState.MaxReplayed, ChatState.GetHistory(room!, int.MaxValue).Count);
        Assert.Equal(ChatState.MaxReplayed, ChatState.GetHistory(room!, int.MaxValue, room!.History.First().Id).Count);
        Say(1000, new string('y', 2000));
        List<ChatMessage> past = ChatState.GetHistory(room!, int.MaxValue);
        Assert.InRange(past.Count, 500, 600);
        Assert.Equal(room!.History.Last(), past[^1]);

        void Say(int count, string text)
        {
            for (int i = 0; i < count; i++)
            {
                Assert.Null(state.Say(ann, null, text, false, out _));
                state.Effects.Clear();
            }
        }
    }

    [Fact]
    public void A_bucket_fills_with_time_and_tells_a_flood()
    {
        TokenBucket bucket = new(10, 20, 0);
        Assert.Equal(20, Enumerable.Range(0, 30).Count(_ => bucket.TryTake(0)));
        Assert.True(bucket.TryTake(100));
        Assert.False(bucket.TryTake(100));
        Assert.False(bucket.IsFlood);
        for (int i = 0; i < 100; i++)
        {
            bucket.TryTake(100);
        }

        Assert.True(bucket.IsFlood);
        Assert.True(bucket.TryTake(10_000));
        Assert.False(bucket.IsFlood);
        TokenBucket none = new(0, 0, 0);
        Assert.True(Enumerable.Range(0, 10_000).All(_ => none.TryTake(0)));
    }

    private static ChatState Create(ChatLimits limits) => new("n", limits, ["lobby"], ["bot"], TimeProvider.System);

    private static Participant Add(ChatState state, string nick, bool announce = true)
    {
        Assert.Null(state.Add(nick, ChatMode.Text, null, null, out Participant? member));
        if (announce)
        {
            state.Announce(member!);
        }

        return member!;
    }

    private static ChatFault? Step(ChatState state, Random random, List<Participant> present)
    {
        string Room() => new[] { "lobby", "a", "B", "b", "c", "d", "e", "f", "#g", "bad room" }[random.Next(10)];
        string Nick() => new[] { "ann", "ANN", "bob", "carl", "dora", "bot", "x y", "guest1", "eve", "fay" }[random.Next(10)];
        if (present.Count == 0 || random.Next(8) == 0)
        {
            return state.Add(random.Next(3) == 0 ? null : Nick(), (ChatMode)random.Next(2), null, null, out _);
        }

        Participant member = present[random.Next(present.Count)];
        switch (random.Next(9))
        {
            case 0:
                state.Remove(member, "bye");
                state.Remove(member, "twice");
                return null;
            case 1:
                return state.Rename(member, Nick());
            case 2:
                return state.Leave(member, random.Next(2) == 0 ? null : Room(), out _);
            case 3:
                return state.Whisper(member, Nick(), "psst", out _);
            case 4:
                return state.SetTopic(member, Room(), random.Next(2) == 0 ? null : "topic", out _);
            case 5:
                state.Announce(member);
                return null;
            case 6:
                return state.Say(member, random.Next(2) == 0 ? null : Room(), new string('x', random.Next(1, 24)), random.Next(2) == 0, out _);
            case 7:
                return state.Kick(random.Next(2) == 0 ? member : null, Nick(), string.Empty, TimeSpan.Zero, out _);
            default:
                return state.Join(member, Room(), out _, out _);
        }
    }

    private static void Check(ChatState state, Participant[] before)
    {
        Assert.Equal(state.Members.Count, state.Members.Select(member => member.Nick.ToUpperInvariant()).Distinct().Count());
        Assert.Equal(state.LocalCount, state.Members.Count);
        Assert.True(state.LocalCount <= s_small.MaxMembers);
        Assert.True(state.Rooms.Count <= s_small.MaxRooms);
        Assert.Contains(state.FirstRoom, state.Rooms);
        foreach (Participant member in state.Members)
        {
            Assert.Same(member, state.FindMember(member.Nick));
            Assert.False(member.IsGone);
            Assert.True(member.Rooms.Count <= s_small.MaxRoomsPerMember);
            Assert.Equal(member.Rooms.Count, member.Rooms.Distinct().Count());
            Assert.True(member.CurrentRoom is null ? member.Rooms.Count == 0 : member.Rooms.Contains(member.CurrentRoom));
            Assert.All(member.Rooms, room => Assert.Contains(member, room.Members));
        }

        foreach (RoomState room in state.Rooms)
        {
            Assert.True(room.IsPermanent || room.Members.Count > 0);
            Assert.True(room.History.Count <= s_small.HistoryCount);
            Assert.Equal(room.Members.Order(Comparer<Participant>.Create((a, b) => string.CompareOrdinal(a.Nick, b.Nick))), room.Recipients.Order(Comparer<Participant>.Create((a, b) => string.CompareOrdinal(a.Nick, b.Nick))));
            Assert.All(room.Members, member => Assert.Contains(room, member.Rooms));
        }

        foreach (ChatEffect effect in state.Effects)
        {
            Participant[] recipients = [.. effect.Recipients.Where(recipient => recipient != effect.Except)];
            Assert.All(recipients, recipient => Assert.True(before.Contains(recipient) || state.Members.Contains(recipient)));
            if (effect.Message is { Room: { } name, Kind: ChatMessageKind.Message or ChatMessageKind.Action })
            {
                // Who is not in the room hears nothing, and who said it does not hear himself.
                Assert.All(recipients, recipient => Assert.Contains(recipient.Rooms, room => room.Name == name));
                Assert.DoesNotContain(recipients, recipient => recipient.Nick == effect.Message.From);
            }

            Assert.True(effect.Message.Kind != ChatMessageKind.Private || recipients.All(recipient => recipient.Nick == effect.Message.To));
        }
    }

    private sealed class ManualClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
