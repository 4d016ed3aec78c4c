using System;
using System.Collections.Generic;
using System.Text.Json;

namespace PSSockets.Engine.Chat;

/// <summary>Answers as JSON lines.</summary>
internal sealed class JsonReplies : ChatReplies
{
    /// <summary>Greets a new member.</summary>
    public void Welcome(string nick, string server, string node, IReadOnlyList<RoomState> rooms, ChatLimits limits) => Write("welcome"u8, null, writer =>
    {
        writer.WriteNumber("protocol"u8, ChatJson.Protocol);
        writer.WriteString("nick"u8, nick);
        writer.WriteString("server"u8, server);
        writer.WriteString("node"u8, node);
        WriteRooms(writer, rooms);
        writer.WriteStartObject("limits"u8);
        writer.WriteNumber("message"u8, limits.MaxMessageLength);
        writer.WriteEndObject();
    });

    /// <summary>Sends messages of the past.</summary>
    public void Replay(List<ChatMessage> messages)
    {
        foreach (ChatMessage message in messages)
        {
            using Utf8JsonWriter writer = new(Buffer, ChatEncoding.JsonOptions);
            ChatJson.WriteMessage(writer, message with { IsReplayed = true });
            EndLine(writer);
        }
    }

    public override void Fail(string? requestRef, ChatFault fault) => Write("error"u8, requestRef, writer =>
    {
        writer.WriteString("error"u8, fault.Id.ToString());
        writer.WriteString("text"u8, fault.Text);
    });

    public override void Done(ChatRequest request, string text) => Write("ok"u8, request.Ref, null);

    public override void Said(ChatRequest request, ChatMessage message) => Write("ok"u8, request.Ref, writer =>
    {
        writer.WriteString("id"u8, message.Id);
        writer.WriteString("time"u8, ChatJson.FormatTime(message.Time));
    });

    public override void Joined(ChatRequest request, RoomState room, bool isNew) => Write("ok"u8, request.Ref, writer =>
    {
        writer.WriteString("room"u8, room.Name);
        writer.WriteString("topic"u8, room.Topic);
        writer.WriteStartArray("members"u8);
        foreach (Participant member in room.Members)
        {
            writer.WriteStringValue(member.Nick);
        }

        writer.WriteEndArray();
    });

    public override void Renamed(ChatRequest request, string nick) => Write("ok"u8, request.Ref, writer => writer.WriteString("nick"u8, nick));

    public override void Topic(ChatRequest request, RoomState room)
        => Write("ok"u8, request.Ref, writer => writer.WriteString("topic"u8, room.Topic));

    public override void Members(ChatRequest request, string? room, IReadOnlyCollection<Participant> members, DateTimeOffset now)
        => Write("ok"u8, request.Ref, writer =>
        {
            writer.WriteStartArray("members"u8);
            foreach (Participant member in members)
            {
                writer.WriteStartObject();
                writer.WriteString("nick"u8, member.Nick);
                writer.WriteStartArray("rooms"u8);
                foreach (RoomState joined in member.Rooms)
                {
                    writer.WriteStringValue(joined.Name);
                }

                writer.WriteEndArray();
                writer.WriteString("node"u8, member.Node);
                writer.WriteString("connectedAt"u8, ChatJson.FormatTime(member.ConnectedAt));
                writer.WriteNumber("idleSeconds"u8, Math.Round(Math.Max(0, (now - member.LastActive).TotalSeconds), 3));
                writer.WriteBoolean("operator"u8, member.IsOperator);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        });

    public override void Rooms(ChatRequest request, IReadOnlyCollection<RoomState> rooms)
        => Write("ok"u8, request.Ref, writer => WriteRooms(writer, rooms));

    public override void History(ChatRequest request, List<ChatMessage> messages)
    {
        Replay(messages);
        Write("ok"u8, request.Ref, writer => writer.WriteNumber("count"u8, messages.Count));
    }

    public override void Help(ChatRequest request) => Done(request, string.Empty);

    public override void Goodbye(string reason, string text) => Write("goodbye"u8, null, writer =>
    {
        writer.WriteString("reason"u8, reason);
        writer.WriteString("text"u8, text);
    });

    public override void Lost(long count) => Fail(
        null,
        new ChatFault(Errors.SocketErrorId.SlowConsumer, $"{count} messages were dropped because you did not read fast enough."));

    public override void Ping() => Write("ping"u8, null, null);

    private static void WriteRooms(Utf8JsonWriter writer, IEnumerable<RoomState> rooms)
    {
        writer.WriteStartArray("rooms"u8);
        foreach (RoomState room in rooms)
        {
            writer.WriteStartObject();
            writer.WriteString("name"u8, room.Name);
            writer.WriteString("topic"u8, room.Topic);
            writer.WriteNumber("members"u8, room.Members.Count);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private void Write(ReadOnlySpan<byte> type, string? requestRef, Action<Utf8JsonWriter>? write)
    {
        using Utf8JsonWriter writer = new(Buffer, ChatEncoding.JsonOptions);
        writer.WriteStartObject();
        writer.WriteString("type"u8, type);
        if (requestRef is not null)
        {
            writer.WritePropertyName("ref"u8);
            writer.WriteRawValue(requestRef);
        }

        write?.Invoke(writer);
        writer.WriteEndObject();
        EndLine(writer);
    }

    private void EndLine(Utf8JsonWriter writer)
    {
        writer.Flush();
        Buffer.GetSpan(1)[0] = (byte)'\n';
        Buffer.Advance(1);
    }
}
