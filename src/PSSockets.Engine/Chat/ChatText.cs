using System;
using System.Buffers;
using System.Collections.Frozen;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace PSSockets.Engine.Chat;

/// <summary>What text may be in a chat, and how the plain-text protocol shows a message. Pure.</summary>
internal static class ChatText
{
    private static readonly FrozenSet<string> s_reservedNicks = new[]
    {
        "server", "system", "admin", "root", "operator", "all", "everyone", "here", "me", "you",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    // Nearly all text is of these only, and is found clean by one vectorized look.
    private static readonly SearchValues<char> s_plain = SearchValues.Create(
        " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~");

    /// <summary>
    /// Makes text safe for other people's terminals: without control characters, escape sequences, characters that change the direction of
    /// text, and halves of surrogate pairs; in normal form C, so that what looks the same is the same. Tabs and line ends become spaces.
    /// </summary>
    public static string Clean(string text)
    {
        if (!text.AsSpan().ContainsAnyExcept(s_plain))
        {
            return text.Trim();
        }

        StringBuilder clean = new(text.Length);
        for (int i = 0; i < text.Length;)
        {
            char first = text[i];
            if (EscapeSequence.IsStart(first))
            {
                i = EscapeSequence.FindEnd(text, i);
                continue;
            }

            if (Rune.DecodeFromUtf16(text.AsSpan(i), out Rune rune, out int length) != OperationStatus.Done)
            {
                i++;
                continue;
            }

            i += length;
            if (first is '\t' or '\n' or '\r' or '\u2028' or '\u2029')
            {
                clean.Append(' ');
            }
            else if (!IsDropped(rune))
            {
                clean.Append(rune);
            }
        }

        string result = clean.ToString().Normalize(NormalizationForm.FormC).Trim();
        return result.EnumerateRunes().All(IsInvisible) ? string.Empty : result;
    }

    /// <summary>
    /// A nick, or the name of a room, as the chat writes it: in normal form KC, so that letters of another width or style are the same.
    /// </summary>
    public static string ToName(string text) => Clean(text).Normalize(NormalizationForm.FormKC);

    /// <summary>Reads a nick that a client wants; reserved ones are refused.</summary>
    public static bool TryGetNick(string text, int maxLength, out string nick)
    {
        nick = ToName(text);
        return IsName(nick, maxLength) && !IsReserved(nick);
    }

    /// <summary>Reads the name of a room, with or without a leading <c>#</c>.</summary>
    public static bool TryGetRoom(string text, int maxLength, out string room)
    {
        room = ToName(text);
        room = room.StartsWith('#') ? room[1..] : room;
        return IsName(room, maxLength);
    }

    /// <summary>True for a nick that nobody may choose: that of an authority, of everybody, or one that the server gives.</summary>
    public static bool IsReserved(string nick)
    {
        const string guest = "guest";
        return s_reservedNicks.Contains(nick)
            || (nick.Length > guest.Length && nick.StartsWith(guest, StringComparison.OrdinalIgnoreCase) && char.IsDigit(nick[guest.Length]));
    }

    /// <summary>A message as a line of the plain-text protocol, without a line end.</summary>
    public static string Format(ChatMessage message) => message.Kind switch
    {
        ChatMessageKind.Join => $"-- {message.From} has joined {message.Room}",
        ChatMessageKind.Leave => $"-- {message.From} has left {message.Room ?? "the chat"}{(message.Text.Length > 0 ? $" ({message.Text})" : "")}",
        ChatMessageKind.Nick => $"-- {message.From} is now {message.Text}",
        ChatMessageKind.Topic => $"-- {message.From} has set the topic of {message.Room}: {message.Text}",
        ChatMessageKind.Notice => $"-- {message.Text}",
        _ => FormatHead(message) + message.Text,
    };

    /// <summary>What stands before the text of what a member says; the same for all that it says in a room.</summary>
    public static string FormatHead(ChatMessage message)
    {
        string at = message.IsReplayed ? message.Time.ToUniversalTime().ToString(" HH:mm", CultureInfo.InvariantCulture) : string.Empty;
        return message.Kind switch
        {
            ChatMessageKind.Action => $"[{message.Room}{at}] * {message.From} ",
            ChatMessageKind.Private => $"[private{at}] {message.From}: ",
            _ => $"[{message.Room}{at}] {message.From}: ",
        };
    }

    /// <summary>An error as a line of the plain-text protocol.</summary>
    public static string FormatError(string text) => $"!! {text}";

    /// <summary>The lines of a text, each clean, the empty ones left out: a message has one line.</summary>
    public static IEnumerable<string> GetLines(string text)
        => text.Split('\n').Select(Clean).Where(line => line.Length > 0);

    private static bool IsName(string name, int maxLength)
    {
        if (name.Length == 0 || name.Length > maxLength || !Rune.IsLetterOrDigit(Rune.GetRuneAt(name, 0)))
        {
            return false;
        }

        foreach (Rune rune in name.EnumerateRunes())
        {
            // Many scripts write vowels as marks upon their letters.
            bool isMark = Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;
            if ((!Rune.IsLetterOrDigit(rune) && !isMark && rune.Value is not ('-' or '_' or '.')) || IsInvisible(rune))
            {
                return false;
            }
        }

        return true;
    }

    // What is not seen: alone it would be a message of nothing, and two names would look the same by it (Default_Ignorable_Code_Point of Unicode).
    private static bool IsInvisible(Rune rune) => Rune.IsWhiteSpace(rune) || Rune.GetUnicodeCategory(rune) == UnicodeCategory.Format || rune.Value
        is 0x034F or 0x115F or 0x1160 or 0x17B4 or 0x17B5 or (>= 0x180B and <= 0x180F) or 0x3164 or 0xFFA0
        or (>= 0xFE00 and <= 0xFE0F) or (>= 0xE0100 and <= 0xE01EF);

    // U+061C, U+200E/F, U+202A-E and U+2066-9 steer direction (Unicode annex 9); U+FEFF and U+FFF9-B are invisible leftovers of files;
    // what ends in FFFE or FFFF is no character, and of U+FFFE no normal form can be made.
    private static bool IsDropped(Rune rune) => Rune.IsControl(rune) || (rune.Value & 0xFFFE) == 0xFFFE
        || rune.Value is 0x061C or 0x200E or 0x200F or (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069) or 0xFEFF or (>= 0xFFF9 and <= 0xFFFB);
}
