using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.Json;
using PSSockets.Engine.Errors;

namespace PSSockets.Engine.Chat;

/// <summary>Reads requests of the JSON protocol, and writes messages. Pure.</summary>
internal static class ChatJson
{
    /// <summary>The version of the protocol.</summary>
    public const int Protocol = 1;

    private static readonly JsonDocumentOptions s_options = new() { MaxDepth = 8 };

    /// <summary>Reads a line; null where it is no object with a type, and so can be no JSON request.</summary>
    public static ChatRequest? TryParse(string line)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line, s_options);
            JsonElement root = document.RootElement;
            return root.ValueKind == JsonValueKind.Object && GetString(root, "type") is { } type ? Read(root, type) : null;
        }
        catch (JsonException)
        {
            return null;
        }
        catch (InvalidOperationException)
        {
            // A string with half of a surrogate pair.
            return null;
        }
    }

    /// <summary>Writes a message as an object.</summary>
    public static void WriteMessage(Utf8JsonWriter writer, ChatMessage message)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "message"u8);
        writer.WriteString("id"u8, message.Id);
        writer.WriteString("time"u8, FormatTime(message.Time));
        writer.WriteString("kind"u8, GetName(message.Kind));
        if (message.Room is not null)
        {
            writer.WriteString("room"u8, message.Room);
        }

        writer.WriteString("from"u8, message.From);
        if (message.To is not null)
        {
            writer.WriteString("to"u8, message.To);
        }

        writer.WriteString("text"u8, message.Text);
        if (message.IsReplayed)
        {
            writer.WriteBoolean("replayed"u8, true);
        }

        writer.WriteEndObject();
    }

    /// <summary>A time as the protocol has it: UTC, to the millisecond.</summary>
    public static string FormatTime(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);

    private static ReadOnlySpan<byte> GetName(ChatMessageKind kind) => kind switch
    {
        ChatMessageKind.Message => "message"u8,
        ChatMessageKind.Action => "action"u8,
        ChatMessageKind.Private => "private"u8,
        ChatMessageKind.Join => "join"u8,
        ChatMessageKind.Leave => "leave"u8,
        ChatMessageKind.Nick => "nick"u8,
        ChatMessageKind.Topic => "topic"u8,
        _ => "notice"u8,
    };

    private static ChatRequest Read(JsonElement root, string type)
    {
        ChatRequest request = new(type switch
        {
            "say" => ChatVerb.Say,
            "action" => ChatVerb.Action,
            "private" => ChatVerb.Private,
            "nick" => ChatVerb.Nick,
            "join" => ChatVerb.Join,
            "leave" => ChatVerb.Leave,
            "who" => ChatVerb.Who,
            "rooms" => ChatVerb.Rooms,
            "topic" => ChatVerb.Topic,
            "history" => ChatVerb.History,
            "kick" => ChatVerb.Kick,
            "oper" => ChatVerb.Oper,
            "ping" => ChatVerb.Ping,
            "pong" => ChatVerb.Pong,
            "quit" => ChatVerb.Quit,
            "hello" => ChatVerb.Hello,
            _ => ChatVerb.Invalid,
        })
        {
            Ref = root.TryGetProperty("ref", out JsonElement number) && number.ValueKind == JsonValueKind.Number ? number.GetRawText() : null,
            Room = GetString(root, "room"),
            Text = GetString(root, "text") is { } text ? ChatText.Clean(text) : null,
            Password = GetString(root, "password"),
            Count = GetNumber(root, "count") is { } count ? (int)Math.Clamp(count, 0, int.MaxValue) : null,
            Since = GetString(root, "since"),
        };
        return request.Verb switch
        {
            ChatVerb.Invalid => Invalid(request, SocketErrorId.UnknownCommand, $"There is no request '{ChatText.Clean(type)}'."),
            ChatVerb.Hello => ReadHello(root, request),
            ChatVerb.Say or ChatVerb.Action => Require(request, request.Room is not null && request.Text is not null, "'room' and 'text'"),
            ChatVerb.Private => Require(request with { Nick = GetString(root, "to") }, request.Text is not null && GetString(root, "to") is not null, "'to' and 'text'"),
            ChatVerb.Join or ChatVerb.Leave or ChatVerb.Topic or ChatVerb.History => Require(request, request.Room is not null, "'room'"),
            ChatVerb.Nick => Require(request with { Nick = GetString(root, "nick") }, GetString(root, "nick") is not null, "'nick'"),
            ChatVerb.Oper => Require(request, request.Password is not null, "'password'"),
            ChatVerb.Who => request with { Room = request.Room ?? "*" },
            ChatVerb.Kick => Require(ReadKick(root, request), GetString(root, "nick") is not null, "'nick'"),
            _ => request,
        };
    }

    private static ChatRequest ReadKick(JsonElement root, ChatRequest request) => request with
    {
        Nick = GetString(root, "nick"),
        Text = GetString(root, "reason") is { } reason ? ChatText.Clean(reason) : null,
        BanSeconds = GetNumber(root, "banSeconds") ?? 0,
    };

    private static ChatRequest ReadHello(JsonElement root, ChatRequest request)
    {
        if (GetNumber(root, "protocol") is not Protocol)
        {
            // Still a hello, which must not be taken for plain text.
            return request with { Fault = new ChatFault(SocketErrorId.BadRequest, $"This server speaks protocol {Protocol}; 'protocol' must say so.") };
        }

        List<string>? rooms = root.TryGetProperty("rooms", out JsonElement names) && names.ValueKind == JsonValueKind.Array
            ? [.. names.EnumerateArray().Where(name => name.ValueKind == JsonValueKind.String).Select(name => name.GetString()!)]
            : null;
        Dictionary<string, string>? since = null;
        if (root.TryGetProperty("since", out JsonElement known) && known.ValueKind == JsonValueKind.Object)
        {
            since = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
            foreach (JsonProperty room in known.EnumerateObject().Where(room => room.Value.ValueKind == JsonValueKind.String))
            {
                since[room.Name] = room.Value.GetString()!;
            }
        }

        return request with
        {
            Nick = GetString(root, "nick"),
            Count = GetNumber(root, "history") is { } count ? (int)Math.Clamp(count, 0, int.MaxValue) : null,
            Rooms = rooms,
            SinceByRoom = since,
        };
    }

    private static ChatRequest Require(ChatRequest request, bool isComplete, string fields)
        => isComplete ? request : Invalid(request, SocketErrorId.BadRequest, $"The request needs {fields}.");

    private static ChatRequest Invalid(ChatRequest request, SocketErrorId id, string text)
        => new(ChatVerb.Invalid) { Ref = request.Ref, Fault = new ChatFault(id, text) };

    private static string? GetString(JsonElement root, string name)
        => root.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static double? GetNumber(JsonElement root, string name)
        => root.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number)
            ? number
            : null;
}
