using System;
using System.Globalization;
using PSSockets.Engine.Errors;

namespace PSSockets.Engine.Chat;

/// <summary>Reads lines of the plain-text protocol. Pure.</summary>
internal static class ChatCommand
{
    /// <summary>What <c>/help</c> answers.</summary>
    public static readonly string[] Help =
    [
        "TEXT  say it here; //TEXT says /TEXT",
        "/nick NAME  take another nick",
        "/join ROOM  enter a room, or make it the current one",
        "/leave [ROOM]  leave the current room, or another",
        "/msg NICK TEXT  say it to one member only",
        "/me TEXT  tell what you do",
        "/who [ROOM]  who is in the room; /who * everybody",
        "/rooms  the rooms",
        "/topic [TEXT]  show or set the topic",
        "/history [COUNT]  the last messages",
        "/kick NICK [REASON]  remove a member; operators only",
        "/oper PASSWORD  become an operator",
        "/quit [TEXT]  leave the chat",
    ];

    /// <summary>Reads a line, as it came.</summary>
    public static ChatRequest Parse(string line)
    {
        // A password is anything; all else is cleaned before anybody looks at it.
        const string oper = "/oper ";
        if (line.StartsWith(oper, StringComparison.OrdinalIgnoreCase))
        {
            return new ChatRequest(ChatVerb.Oper) { Password = line[oper.Length..].Trim() };
        }

        string text = ChatText.Clean(line);
        if (text.Length == 0)
        {
            return new ChatRequest(ChatVerb.None);
        }

        if (text[0] != '/' || text.StartsWith("//", StringComparison.Ordinal))
        {
            return new ChatRequest(ChatVerb.Say) { Text = text[0] == '/' ? text[1..] : text };
        }

        return ParseCommand(text[1..]);
    }

    private static ChatRequest ParseCommand(string text)
    {
        (string name, string? rest) = Split(text);
        return name.ToLowerInvariant() switch
        {
            "nick" => Required(rest, "/nick NAME", () => new ChatRequest(ChatVerb.Nick) { Nick = rest }),
            "join" => Required(rest, "/join ROOM", () => new ChatRequest(ChatVerb.Join) { Room = rest }),
            "leave" or "part" => new ChatRequest(ChatVerb.Leave) { Room = rest },
            "msg" => ParsePrivate(rest),
            "me" => Required(rest, "/me TEXT", () => new ChatRequest(ChatVerb.Action) { Text = rest }),
            "who" => new ChatRequest(ChatVerb.Who) { Room = rest },
            "rooms" => new ChatRequest(ChatVerb.Rooms),
            "topic" => new ChatRequest(ChatVerb.Topic) { Text = rest },
            "history" => ParseHistory(rest),
            "kick" => Required(rest, "/kick NICK [REASON]", () => ParseKick(rest!)),
            "oper" => Usage("/oper PASSWORD"),
            "help" => new ChatRequest(ChatVerb.Help),
            "quit" => new ChatRequest(ChatVerb.Quit) { Text = rest },
            _ => Invalid(SocketErrorId.UnknownCommand, $"There is no command '/{name}'; /help lists them."),
        };
    }

    private static ChatRequest ParsePrivate(string? rest)
    {
        (string nick, string? text) = Split(rest ?? string.Empty);
        return Required(text, "/msg NICK TEXT", () => new ChatRequest(ChatVerb.Private) { Nick = nick, Text = text });
    }

    private static ChatRequest ParseKick(string rest)
    {
        (string nick, string? reason) = Split(rest);
        return new ChatRequest(ChatVerb.Kick) { Nick = nick, Text = reason };
    }

    private static ChatRequest ParseHistory(string? rest)
    {
        if (rest is null)
        {
            return new ChatRequest(ChatVerb.History);
        }

        return int.TryParse(rest, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count > 0
            ? new ChatRequest(ChatVerb.History) { Count = count }
            : Usage("/history [COUNT]");
    }

    private static (string First, string? Others) Split(string text)
    {
        int space = text.IndexOf(' ', StringComparison.Ordinal);
        return space < 0 ? (text, null) : (text[..space], text[(space + 1)..].TrimStart() is { Length: > 0 } rest ? rest : null);
    }

    private static ChatRequest Required(string? argument, string usage, Func<ChatRequest> create) => argument is null ? Usage(usage) : create();

    private static ChatRequest Usage(string usage) => Invalid(SocketErrorId.BadRequest, $"Write it so: {usage}");

    private static ChatRequest Invalid(SocketErrorId id, string text) => new(ChatVerb.Invalid) { Fault = new ChatFault(id, text) };
}
