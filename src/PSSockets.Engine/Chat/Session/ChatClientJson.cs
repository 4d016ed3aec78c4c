using System;
using System.Buffers;
using System.Collections.Generic;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace PSSockets.Engine.Chat;

/// <summary>The client's side of the chat's JSON lines: requests out, what the server says in. Pure.</summary>
internal static class ChatClientJson
{
    // The lines are for a chat server, not for a web page: letters of all scripts stay as they are.
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>One object as a line; fields that are null are left out.</summary>
    public static byte[] Write(string type, params (string Name, object? Value)[] fields)
    {
        ArrayBufferWriter<byte> line = new();
        using (Utf8JsonWriter writer = new(line, s_options))
        {
            writer.WriteStartObject();
            writer.WriteString("type", type);
            foreach ((string name, object? value) in fields)
            {
                WriteField(writer, name, value);
            }

            writer.WriteEndObject();
        }

        return line.WrittenSpan.ToArray();
    }

    /// <summary>A field's text, free of control characters; empty where it is not there or no text.</summary>
    public static string GetText(JsonElement line, string name)
        => line.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? ChatText.Clean(value.GetString()!) : string.Empty;

    /// <summary>A field's number; 0 where it is not there or none.</summary>
    public static long GetNumber(JsonElement line, string name)
        => line.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number) ? number : 0;

    /// <summary>True where the field is there and true.</summary>
    public static bool IsTrue(JsonElement line, string name)
        => line.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.True;

    /// <summary>The elements of a field's array; none where it is not there.</summary>
    public static IEnumerable<JsonElement> GetItems(JsonElement line, string name)
        => line.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : [];

    /// <summary>A field's time, local; now where it is not there.</summary>
    public static DateTimeOffset GetTime(JsonElement line, string name)
        => DateTimeOffset.TryParse(GetText(line, name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time)
            ? time.ToLocalTime()
            : DateTimeOffset.Now;

    /// <summary>The message in a line; null where it is of a kind that this client does not know.</summary>
    public static ChatMessage? ReadMessage(JsonElement line)
    {
        string kind = GetText(line, "kind");
        if (kind.Length == 0 || !char.IsLetter(kind[0]) || !Enum.TryParse(kind, ignoreCase: true, out ChatMessageKind known))
        {
            return null;
        }

        return new ChatMessage
        {
            Id = GetText(line, "id"),
            Time = GetTime(line, "time"),
            Kind = known,
            Room = NullIfEmpty(GetText(line, "room")),
            From = GetText(line, "from"),
            To = NullIfEmpty(GetText(line, "to")),
            Text = GetText(line, "text"),
            IsReplayed = IsTrue(line, "replayed"),
        };
    }

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;

    private static void WriteField(Utf8JsonWriter writer, string name, object? value)
    {
        switch (value)
        {
            case null:
                break;
            case string text:
                writer.WriteString(name, text);
                break;
            case long number:
                writer.WriteNumber(name, number);
                break;
            case int number:
                writer.WriteNumber(name, number);
                break;
            case IReadOnlyList<string> items:
                writer.WriteStartArray(name);
                foreach (string item in items)
                {
                    writer.WriteStringValue(item);
                }

                writer.WriteEndArray();
                break;
            case IReadOnlyDictionary<string, string> table:
                writer.WriteStartObject(name);
                foreach ((string key, string item) in table)
                {
                    writer.WriteString(key, item);
                }

                writer.WriteEndObject();
                break;
            default:
                throw new ArgumentException($"No JSON for {value.GetType()}.", nameof(value));
        }
    }
}
