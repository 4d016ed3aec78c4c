namespace PSSockets.Engine.Chat;

/// <summary>Encoded messages, shared by all who get them. Immutable.</summary>
/// <param name="Bytes">The bytes, as they go out.</param>
/// <param name="MessageCount">How many messages they are.</param>
internal sealed record ChatSegment(byte[] Bytes, int MessageCount)
{
    /// <summary>True for what answers the member itself, and is never dropped for being too much: who asks waits for it.</summary>
    public bool IsReply { get; init; }
}
