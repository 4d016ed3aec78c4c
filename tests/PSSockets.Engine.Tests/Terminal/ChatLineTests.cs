using System;
using System.Linq;
using PSSockets.Chat;
using PSSockets.Engine.Chat;
using Xunit;

namespace PSSockets.Engine.Tests.Terminal;

/// <summary>How messages look, and what Tab makes of words.</summary>
public sealed class ChatLineTests
{
    private static readonly DateTimeOffset s_now = new(new DateTime(2026, 11, 22, 15, 0, 0, DateTimeKind.Local));

    private readonly ChatLineFormatter _plain = new(hasColors: false);
    private readonly ChatLineFormatter _colored = new(hasColors: true);
    private readonly LineEditor _editor = new();
    private readonly TabCompleter _completer = new();

    [Theory]
    [InlineData(ChatMessageKind.Message, "14:02 [lobby] bob: hi")]
    [InlineData(ChatMessageKind.Action, "14:02 [lobby] * bob hi")]
    [InlineData(ChatMessageKind.Join, "14:02 -- bob has joined lobby")]
    [InlineData(ChatMessageKind.Topic, "14:02 -- bob has set the topic of lobby: hi")]
    public void Without_colours_a_line_is_the_protocols_with_its_time(ChatMessageKind kind, string expected)
        => Assert.Equal(expected, _plain.Format(Message("hi") with { Kind = kind }, "ann", s_now));

    [Fact]
    public void A_message_of_another_day_has_its_date()
        => Assert.StartsWith("11-22 14:02 ", _plain.Format(Message("hi"), "ann", s_now.AddDays(1)), StringComparison.Ordinal);

    [Fact]
    public void A_private_message_says_for_whom_it_is()
    {
        ChatMessage message = Message("psst") with { Kind = ChatMessageKind.Private, Room = null, To = "ann" };
        Assert.Equal("14:02 [private] bob: psst", _plain.Format(message, "Ann", s_now));
        Assert.Equal("14:02 [private to ann] bob: psst", _plain.Format(message, "bob", s_now));
    }

    [Theory]
    [InlineData("ann: look", true)]
    [InlineData("thanks, ANN!", true)]
    [InlineData("planning", false)]
    [InlineData("annika says: ask ann", true)]
    [InlineData("nothing", false)]
    public void A_line_with_the_own_nick_stands_out(string text, bool standsOut)
    {
        Assert.Equal(standsOut, _colored.Format(Message(text), "ann", s_now).Contains("\u001b[1;33m", StringComparison.Ordinal));
        Assert.Equal(standsOut, ChatLineFormatter.WantsAttention(Message(text), "ann"));
        Assert.False(ChatLineFormatter.WantsAttention(Message(text) with { IsReplayed = true }, "ann"));
        Assert.False(ChatLineFormatter.WantsAttention(Message(text) with { From = "ann" }, "ann"));
    }

    [Fact]
    public void Colours_end_with_each_part_and_nicks_keep_theirs()
    {
        string line = _colored.Format(Message("hi"), "ann", s_now);
        Assert.Equal(_plain.Format(Message("hi"), "ann", s_now), System.Text.RegularExpressions.Regex.Replace(line, "\u001b\\[[0-9;]*m", ""));
        Assert.Equal(NickColor.Of("bob"), NickColor.Of("BOB"));
        Assert.True(Enumerable.Range(0, 100).Select(number => NickColor.Of($"nick{number}")).Distinct().Count() >= 10);
    }

    [Theory]
    [InlineData(ChatSessionStatus.Open, "lobby", "[lobby] ann> ")]
    [InlineData(ChatSessionStatus.Open, null, "ann> ")]
    [InlineData(ChatSessionStatus.Reconnecting, "lobby", "[reconnecting] ann> ")]
    public void The_prompt_says_where_one_is(ChatSessionStatus status, string? room, string expected)
    {
        Assert.Equal((expected, expected.Length), _plain.FormatPrompt(room, "ann", status));
        Assert.Equal(expected.Length, _colored.FormatPrompt(room, "ann", status).Columns);
    }

    [Theory]
    [InlineData("/jo", "/join ")]
    [InlineData("/join d", "/join dev ")]
    [InlineData("see #o", "see #ops ")]
    [InlineData("be", "bert: ")]
    [InlineData("hi be", "hi bert ")]
    [InlineData("zzz", "zzz")]
    public void Tab_completes_commands_rooms_and_nicks(string typed, string expected)
    {
        _editor.Replace(0, 0, typed);
        Tab();
        Assert.Equal((expected, expected.Length), (_editor.Text, _editor.Cursor));
    }

    [Fact]
    public void Further_tabs_bring_the_next_one_and_round_again()
    {
        _editor.Replace(0, 0, "x b");
        string[] seen = [.. Enumerable.Range(0, 3).Select(_ => Tab())];
        Assert.Equal(["x bert ", "x bob ", "x bert "], seen);
        _completer.Reset();
        Assert.Equal("x bert ", Tab());
        _editor.Replace(0, _editor.Cursor, "/join ");
        Assert.Equal("/join dev ", Tab());
    }

    [Fact]
    public void The_roster_learns_from_messages()
    {
        ChatRoster roster = new();
        roster.Learn(Message("hi"));
        roster.Learn(Message("new") with { Kind = ChatMessageKind.Nick, Text = "rob" });
        roster.Learn(Message("") with { Kind = ChatMessageKind.Join, From = "eve" });
        roster.Learn(Message("") with { Kind = ChatMessageKind.Leave, From = "eve" });
        roster.Learn(Message("") with { Kind = ChatMessageKind.Notice, From = "server" });
        Assert.Equal(["eve", "rob"], roster.Nicks.Order());
        roster.Learn(Message("") with { Kind = ChatMessageKind.Leave, From = "eve", Room = null });
        Assert.Equal(["rob"], roster.Nicks);
    }

    private string Tab()
    {
        _completer.Complete(_editor, ["/join", "/leave"], ["dev", "ops"], ["bob", "bert"]);
        return _editor.Text;
    }

    private static ChatMessage Message(string text) => new()
    {
        Id = "f1-1",
        Time = new DateTimeOffset(new DateTime(2026, 11, 22, 14, 2, 0, DateTimeKind.Local)),
        Kind = ChatMessageKind.Message,
        Room = "lobby",
        From = "bob",
        Text = text,
    };
}
