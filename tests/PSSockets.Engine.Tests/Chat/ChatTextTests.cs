using System;
using System.Linq;
using System.Text;
using PSSockets.Engine.Chat;
using Xunit;

namespace PSSockets.Engine.Tests.Chat;

public sealed class ChatTextTests
{
    [Theory]
    [InlineData("hello", "hello")]
    [InlineData("  a b\t", "a b")]
    [InlineData("a\u001B[31mb\u001B[0m", "ab")]
    [InlineData("a\u001B]0;title\u0007b", "ab")]
    [InlineData("a\u001B]8;;http://x\u001B\\link", "alink")]
    [InlineData("a\u009B2Jb", "ab")]
    [InlineData("a\u001BPdcs\u009Cb", "ab")]
    [InlineData("a\u001B(Bb\u001Bcd", "abd")]
    [InlineData("a\u001B", "a")]
    [InlineData("a\u001B[12", "a")]
    [InlineData("a\0b\u0008c\u007Fd\u0085e", "abcde")]
    [InlineData("a\tb\rc\u2028d", "a b c d")]
    [InlineData("abc\u202Egnp.exe\u202C\u2066x\u2069\u200F\u061C", "abcgnp.exex")]
    [InlineData("\u200B \u00A0\u2060", "")]
    [InlineData("e\u0301", "\u00E9")]
    [InlineData("\U0001F468\u200D\U0001F469 ok", "\U0001F468\u200D\U0001F469 ok")]
    [InlineData("\u0E2A\u0E27\u0E31\u0E2A", "\u0E2A\u0E27\u0E31\u0E2A")]
    public void Text_is_made_safe_for_terminals(string text, string clean) => Assert.Equal(clean, ChatText.Clean(text));

    [Fact]
    public void Half_of_a_character_is_dropped() => Assert.Equal(("ab", ""), (ChatText.Clean("a\uD83Db"), ChatText.Clean("\uDE00")));

    [Fact]
    public void Whatever_comes_nothing_that_steers_a_terminal_is_left()
    {
        Random random = new(4711);
        string alphabet = "ab\u001B[]()0;m\\\u0007\u009B\u009C\u0090\n\r\t\u202E\u2066\uD83D\uDE00\u0301\uFEFF\0";
        for (int i = 0; i < 20_000; i++)
        {
            string text = new([.. Enumerable.Range(0, random.Next(12)).Select(_ => alphabet[random.Next(alphabet.Length)])]);
            string clean = ChatText.Clean(text);
            Assert.DoesNotContain(clean, character => char.IsControl(character) || character is '\u202E' or '\u2066' or '\uFEFF');
            Assert.True(clean.IsNormalized(NormalizationForm.FormC));
            Assert.Equal(clean, ChatText.Clean(clean));
        }
    }

    [Theory]
    [InlineData("ann", true)]
    [InlineData("Zoë-2_x.y", true)]
    [InlineData("山田", true)]
    [InlineData("สวัส", true)]
    [InlineData("", false)]
    [InlineData("-ann", false)]
    [InlineData("a b", false)]
    [InlineData("a@b", false)]
    [InlineData("Server", false)]
    [InlineData("everyone", false)]
    [InlineData("guest17", false)]
    [InlineData("guests", true)]
    [InlineData("abcdefghijklmnopqrstuvwxyz0123456", false)]
    public void A_nick_is_checked(string nick, bool isGood) => Assert.Equal(isGood, ChatText.TryGetNick(nick, 32, out _));

    [Theory]
    [InlineData("ann\u034F")]
    [InlineData("ann\u3164")]
    [InlineData("ann\uFFA0")]
    [InlineData("\u115Fann")]
    [InlineData("ann\uFE0F")]
    [InlineData("ann\U000E0100")]
    [InlineData("ann\u180B")]
    [InlineData("an\u200Bn")]
    [InlineData("a\u00ADnn")]
    [InlineData("\uFF41\uFF44\uFF4D\uFF49\uFF4E")]
    [InlineData("\U0001D5CC\U0001D5BE\U0001D5CB\U0001D5CF\U0001D5BE\U0001D5CB")]
    public void A_nick_that_only_looks_like_another_is_refused(string nick) => Assert.False(ChatText.TryGetNick(nick, 32, out _));

    [Theory]
    [InlineData("\uFF21\uFF4E\uFF4E", "Ann")]
    [InlineData("\uFB01n", "fin")]
    [InlineData("\u212Belf", "\u00C5elf")]
    [InlineData("\u0E19\u0E49\u0E33", "\u0E19\u0E49\u0E4D\u0E32")]
    public void A_nick_is_brought_to_one_form(string text, string nick)
    {
        Assert.True(ChatText.TryGetNick(text, 32, out string found));
        Assert.Equal(nick, found);
    }

    [Theory]
    [InlineData("#dev", "dev")]
    [InlineData("\uFF03\uFF44ev", "dev")]
    [InlineData("server", "server")]
    public void A_room_is_named_with_or_without_a_hash(string text, string room)
    {
        Assert.True(ChatText.TryGetRoom(text, 32, out string found));
        Assert.Equal(room, found);
    }

    [Theory]
    [InlineData(ChatMessageKind.Message, "[lobby] ann: x")]
    [InlineData(ChatMessageKind.Action, "[lobby] * ann x")]
    [InlineData(ChatMessageKind.Private, "[private] ann: x")]
    [InlineData(ChatMessageKind.Join, "-- ann has joined lobby")]
    [InlineData(ChatMessageKind.Leave, "-- ann has left lobby (x)")]
    [InlineData(ChatMessageKind.Nick, "-- ann is now x")]
    [InlineData(ChatMessageKind.Topic, "-- ann has set the topic of lobby: x")]
    [InlineData(ChatMessageKind.Notice, "-- x")]
    public void A_message_is_shown_as_the_protocol_says(ChatMessageKind kind, string line)
    {
        ChatMessage message = new()
        {
            Id = "n-1",
            Time = new DateTimeOffset(2026, 11, 22, 15, 2, 0, TimeSpan.FromHours(1)),
            Kind = kind,
            Room = kind == ChatMessageKind.Private ? null : "lobby",
            From = "ann",
            Text = "x",
        };
        Assert.Equal(line, message.ToString());
        if (kind == ChatMessageKind.Message)
        {
            Assert.Equal("[lobby 14:02] ann: x", (message with { IsReplayed = true }).ToString());
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_segment_has_the_line_of_each_message_whoever_said_it_and_where(bool isRaw)
    {
        ChatMessage first = new() { Id = "n-1", Time = DateTimeOffset.UnixEpoch, Kind = ChatMessageKind.Message, Room = "lobby", From = "ann", Text = "x" };
        ChatMessage[] messages =
        [
            first,
            first with { Text = "größer 🙂" },
            first with { Kind = ChatMessageKind.Action },
            first with { From = "bob" },
            first with { Room = "dev", From = "bob" },
            first with { Kind = ChatMessageKind.Nick, Text = "eve" },
            first with { From = "eve" },
        ];
        ChatSegment segment = new ChatEncoding(isRaw).Encode([.. messages.Select(message => new ChatEffect(message, [], null))], ChatMode.Text);
        string lines = string.Join('\n', messages.Select(ChatText.Format));
        Assert.Equal(isRaw ? lines : lines + "\n", Encoding.UTF8.GetString(segment.Bytes));
        Assert.Equal(messages.Length, segment.MessageCount);
    }
}
