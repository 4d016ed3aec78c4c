using System;
using System.Globalization;
using PSSockets.Engine.Chat;

namespace PSSockets.Chat;

/// <summary>How messages look on a screen, in colours or without. What others wrote has no control characters any more: the session sees to that. Pure.</summary>
internal sealed class ChatLineFormatter
{
    private const string Reset = "\u001b[0m";
    private const string Dim = "\u001b[2m";
    private const string Private = "\u001b[1;35m";
    private const string Mention = "\u001b[1;33m";
    private const string Error = "\u001b[31m";
    private const string Attention = "\u001b[33m";

    private readonly bool _hasColors;

    public ChatLineFormatter(bool hasColors)
    {
        _hasColors = hasColors;
    }

    /// <summary>A message as one line.</summary>
    /// <param name="message">The message.</param>
    /// <param name="nick">The own nick: where it is mentioned, the line stands out.</param>
    /// <param name="now">The time, for which messages of today show no date.</param>
    public string Format(ChatMessage message, string nick, DateTimeOffset now)
    {
        string format = message.Time.LocalDateTime.Date == now.LocalDateTime.Date ? "HH:mm" : "MM-dd HH:mm";
        string time = Paint(Dim, message.Time.LocalDateTime.ToString(format, CultureInfo.InvariantCulture));
        string from = message.From.Length == 0 ? string.Empty : Paint(_hasColors ? NickColor.Of(message.From) : string.Empty, message.From);
        string room = message.Room is null ? string.Empty : Paint(Dim, $"[{message.Room}] ");
        string text = IsMention(message, nick) ? Paint(Mention, message.Text) : message.Text;
        string body = message.Kind switch
        {
            ChatMessageKind.Message => from.Length > 0 ? $"{room}{from}: {text}" : $"{room}{text}",
            ChatMessageKind.Action => $"{room}* {from} {text}",
            ChatMessageKind.Private => $"{Paint(Private, message.To is null || IsSame(message.To, nick) ? "[private]" : $"[private to {message.To}]")} {from}: {text}",
            _ => Paint(Dim, message.ToString()),
        };
        return $"{time} {body}";
    }

    /// <summary>Something that the screen says by itself.</summary>
    public string FormatNotice(string text) => Paint(Dim, $"-- {Display.Plain(text)}");

    /// <summary>Something that did not work.</summary>
    public string FormatError(string text) => Paint(Error, $"!! {Display.Plain(text)}");

    /// <summary>What stands before the line being typed.</summary>
    public (string Text, int Columns) FormatPrompt(string? room, string nick, ChatSessionStatus status)
    {
        string? where = status switch
        {
            ChatSessionStatus.Open => room,
            ChatSessionStatus.Reconnecting => "reconnecting",
            _ => "closed",
        };
        string plain = $"{(where is null ? string.Empty : $"[{where}] ")}{nick}> ";
        return (Paint(status == ChatSessionStatus.Open ? string.Empty : Attention, plain), TextWidth.Of(plain));
    }

    /// <summary>True for a message that the user should look at: one for him only, or with his nick in it.</summary>
    public static bool WantsAttention(ChatMessage message, string nick)
        => !message.IsReplayed && !IsSame(message.From, nick) && (message.Kind == ChatMessageKind.Private || IsMention(message, nick));

    private static bool IsMention(ChatMessage message, string nick)
    {
        if (nick.Length == 0 || IsSame(message.From, nick) || message.Kind is not (ChatMessageKind.Message or ChatMessageKind.Action))
        {
            return false;
        }

        for (int i = message.Text.IndexOf(nick, StringComparison.OrdinalIgnoreCase); i >= 0;)
        {
            int end = i + nick.Length;
            if ((i == 0 || !char.IsLetterOrDigit(message.Text[i - 1])) && (end == message.Text.Length || !char.IsLetterOrDigit(message.Text[end])))
            {
                return true;
            }

            i = message.Text.IndexOf(nick, end, StringComparison.OrdinalIgnoreCase);
        }

        return false;
    }

    private static bool IsSame(string one, string other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);

    private string Paint(string color, string text) => _hasColors && color.Length > 0 && text.Length > 0 ? $"{color}{text}{Reset}" : text;
}
