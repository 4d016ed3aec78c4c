using System;
using System.Buffers;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace PSSockets.Engine.Chat.Nodes;

/// <summary>
/// Payloads between nodes as JSON: readable in a capture, and a newer node can add properties that an older one skips. Text of others is
/// cleaned once more. Pure.
/// </summary>
internal static class NodeCodec
{
    /// <summary>The version of the protocol; payloads of another are skipped.</summary>
    private const int Protocol = 1;

    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>Writes a payload.</summary>
    public static ReadOnlyMemory<byte> Write(NodePayload payload)
    {
        ArrayBufferWriter<byte> buffer = new(512);
        using Utf8JsonWriter writer = new(buffer, s_options);
        writer.WriteStartObject();
        writer.WriteNumber("protocol", Protocol);
        writer.WriteString("kind", payload.Kind.ToString());
        writer.WriteString("node", payload.Node);
        writer.WriteNumber("epoch", payload.Epoch);
        writer.WriteNumber("sequence", payload.Sequence);
        if (payload.Kind == NodePayloadKind.State)
        {
            writer.WriteNumber("part", payload.Part);
            writer.WriteNumber("parts", payload.Parts);
        }

        if (payload.Kind == NodePayloadKind.Beat)
        {
            writer.WriteNumber("topicMark", payload.TopicMark);
        }

        WriteArray(writer, "members", payload.Members, WriteMember);
        WriteArray(writer, "topics", payload.Topics, WriteTopic);
        WriteArray(writer, "bans", payload.Bans, WriteBan);
        WriteArray(writer, "messages", payload.Messages, WriteMessage);
        if (payload.To is not null)
        {
            writer.WriteString("to", payload.To);
        }

        if (payload.Kind is NodePayloadKind.Gone or NodePayloadKind.Kick)
        {
            writer.WriteNumber("number", payload.Number);
            writer.WriteString("text", payload.Text);
            writer.WriteNumber("banSeconds", payload.BanTime.TotalSeconds);
        }

        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenMemory;
    }

    /// <summary>Reads a payload; null for what is none, or of another version.</summary>
    public static NodePayload? Read(ReadOnlyMemory<byte> payload)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(payload);
            JsonElement root = document.RootElement;
            if (root.GetProperty("protocol").GetInt32() != Protocol || !Enum.TryParse(root.GetProperty("kind").GetString(), out NodePayloadKind kind))
            {
                return null;
            }

            string node = GetName(root, "node");
            return new NodePayload
            {
                Kind = kind,
                Node = node,
                Epoch = root.GetProperty("epoch").GetInt64(),
                Sequence = root.GetProperty("sequence").GetInt64(),
                Part = root.TryGetProperty("part", out JsonElement part) ? part.GetInt32() : 0,
                Parts = root.TryGetProperty("parts", out JsonElement parts) ? parts.GetInt32() : 1,
                TopicMark = root.TryGetProperty("topicMark", out JsonElement mark) ? mark.GetInt64() : 0,
                Members = ReadArray(root, "members", element => ReadMember(element, node)),
                Topics = ReadArray(root, "topics", ReadTopic),
                Bans = ReadArray(root, "bans", ReadBan),
                Messages = ReadArray(root, "messages", ReadMessage),
                To = root.TryGetProperty("to", out JsonElement to) ? to.GetString() : null,
                Number = root.TryGetProperty("number", out JsonElement number) ? number.GetInt64() : 0,
                Text = root.TryGetProperty("text", out JsonElement text) ? CleanText(text) : string.Empty,
                BanTime = root.TryGetProperty("banSeconds", out JsonElement ban) ? TimeSpan.FromSeconds(ban.GetDouble()) : TimeSpan.Zero,
            };
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException
            or OverflowException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Writes an object for each item, with the properties that <paramref name="write"/> gives it; nothing where there is none.</summary>
    private static void WriteArray<T>(Utf8JsonWriter writer, string name, IReadOnlyList<T> items, Action<Utf8JsonWriter, T> write)
    {
        if (items.Count == 0)
        {
            return;
        }

        writer.WriteStartArray(name);
        foreach (T item in items)
        {
            writer.WriteStartObject();
            write(writer, item);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static T[] ReadArray<T>(JsonElement root, string name, Func<JsonElement, T> read)
        => root.TryGetProperty(name, out JsonElement array) ? [.. array.EnumerateArray().Select(read)] : [];

    private static void WriteMember(Utf8JsonWriter writer, NodeMember member)
    {
        writer.WriteNumber("number", member.Number);
        writer.WriteString("nick", member.Nick);
        writer.WriteString("nickSince", member.NickSince);
        writer.WriteString("connectedAt", member.ConnectedAt);
        writer.WriteBoolean("operator", member.IsOperator);
        writer.WriteStartArray("rooms");
        foreach (string room in member.Rooms)
        {
            writer.WriteStringValue(room);
        }

        writer.WriteEndArray();
    }

    private static NodeMember ReadMember(JsonElement element, string node) => new()
    {
        Node = node,
        Number = element.GetProperty("number").GetInt64(),
        Nick = GetName(element, "nick"),
        NickSince = element.GetProperty("nickSince").GetDateTimeOffset(),
        ConnectedAt = element.GetProperty("connectedAt").GetDateTimeOffset(),
        IsOperator = element.GetProperty("operator").GetBoolean(),
        Rooms = [.. element.GetProperty("rooms").EnumerateArray().Take(NodeLimits.RoomsOfMember).Select(static room => CheckName(room.GetString()))],
    };

    private static void WriteTopic(Utf8JsonWriter writer, NodeTopic topic)
    {
        writer.WriteString("room", topic.Room);
        writer.WriteString("text", topic.Text);
        writer.WriteString("by", topic.By);
        writer.WriteString("time", topic.Time);
        writer.WriteString("node", topic.Node);
    }

    private static NodeTopic ReadTopic(JsonElement element) => new(
        GetName(element, "room"),
        CleanText(element.GetProperty("text")),
        CleanText(element.GetProperty("by")),
        element.GetProperty("time").GetDateTimeOffset(),
        GetName(element, "node"));

    private static void WriteMessage(Utf8JsonWriter writer, ChatMessage message)
    {
        writer.WriteString("id", message.Id);
        writer.WriteString("time", message.Time);
        writer.WriteString("kind", message.Kind.ToString());
        writer.WriteString("room", message.Room);
        writer.WriteString("from", message.From);
        writer.WriteString("to", message.To);
        writer.WriteString("text", message.Text);
    }

    private static ChatMessage ReadMessage(JsonElement element) => new()
    {
        Id = GetName(element, "id"),
        Time = element.GetProperty("time").GetDateTimeOffset().ToLocalTime(),
        Kind = Enum.Parse<ChatMessageKind>(element.GetProperty("kind").GetString()!),
        Room = element.GetProperty("room").GetString() is { } room ? CheckName(room) : null,
        From = GetName(element, "from"),
        To = element.GetProperty("to").GetString() is { } to ? CheckName(to) : null,
        Text = CleanText(element.GetProperty("text")),
    };

    private static void WriteBan(Utf8JsonWriter writer, ChatBan ban)
    {
        writer.WriteString("nick", ban.Nick);
        writer.WriteString("address", ban.Address);
        writer.WriteString("until", ban.Until);
        writer.WriteString("time", ban.Time);
        writer.WriteBoolean("lifted", ban.IsLifted);
    }

    private static ChatBan ReadBan(JsonElement element) => new()
    {
        Nick = GetName(element, "nick"),
        Address = element.GetProperty("address").GetString() is { } address ? IPAddress.Parse(address).ToString() : null,
        Until = element.GetProperty("until").GetDateTimeOffset(),
        Time = element.GetProperty("time").GetDateTimeOffset(),
        IsLifted = element.GetProperty("lifted").GetBoolean(),
    };

    private static string CleanText(JsonElement element)
        => element.GetString() is { Length: <= NodeLimits.Text } text ? ChatText.Clean(text) : throw new FormatException("There is no text, or too long a one.");

    private static string GetName(JsonElement element, string property) => CheckName(element.GetProperty(property).GetString());

    /// <summary>A name must be clean as it stands: two that become the same by cleaning would be two members of one nick.</summary>
    private static string CheckName(string? name)
        => name is { Length: > 0 and <= NodeLimits.Name } && ChatText.Clean(name) == name ? name : throw new FormatException("The name is not clean, or too long.");
}
