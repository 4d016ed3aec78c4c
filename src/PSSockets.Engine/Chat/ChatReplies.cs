using System;
using System.Buffers;
using System.Collections.Generic;

namespace PSSockets.Engine.Chat;

/// <summary>Gathers what a client is answered, in its protocol. Guarded by the lock of its server.</summary>
internal abstract class ChatReplies
{
    /// <summary>What was a large answer once is not held for ever.</summary>
    private const int MaxKept = 16 * 1024;

    /// <summary>The bytes gathered.</summary>
    protected ArrayBufferWriter<byte> Buffer { get; private set; } = new();

    /// <summary>How many bytes are gathered.</summary>
    public int Length => Buffer.WrittenCount;

    /// <summary>Takes what was gathered; null where there is nothing.</summary>
    public ChatSegment? Take()
    {
        if (Buffer.WrittenCount == 0)
        {
            return null;
        }

        ChatSegment segment = new(Buffer.WrittenSpan.ToArray(), 1) { IsReply = true };
        if (Buffer.Capacity > MaxKept)
        {
            Buffer = new ArrayBufferWriter<byte>();
        }

        Buffer.ResetWrittenCount();
        return segment;
    }

    /// <summary>A request is refused.</summary>
    public abstract void Fail(string? requestRef, ChatFault fault);

    /// <summary>A request was done that has nothing to show.</summary>
    public abstract void Done(ChatRequest request, string text);

    /// <summary>A message was sent.</summary>
    public abstract void Said(ChatRequest request, ChatMessage message);

    /// <summary>A room was entered, or was made the current one.</summary>
    public abstract void Joined(ChatRequest request, RoomState room, bool isNew);

    /// <summary>A nick was changed.</summary>
    public abstract void Renamed(ChatRequest request, string nick);

    /// <summary>A topic was set or asked for.</summary>
    public abstract void Topic(ChatRequest request, RoomState room);

    /// <summary>Who is there.</summary>
    public abstract void Members(ChatRequest request, string? room, IReadOnlyCollection<Participant> members, DateTimeOffset now);

    /// <summary>Which rooms there are.</summary>
    public abstract void Rooms(ChatRequest request, IReadOnlyCollection<RoomState> rooms);

    /// <summary>What was said.</summary>
    public abstract void History(ChatRequest request, List<ChatMessage> messages);

    /// <summary>What there is to ask for.</summary>
    public abstract void Help(ChatRequest request);

    /// <summary>The server closes the connection.</summary>
    /// <param name="reason">One word for programs.</param>
    /// <param name="text">A sentence for people.</param>
    public abstract void Goodbye(string reason, string text);

    /// <summary>Messages for this client were dropped.</summary>
    public abstract void Lost(long count);

    /// <summary>Is the client still there? Only where it can answer.</summary>
    public abstract void Ping();
}
