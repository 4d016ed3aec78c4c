namespace PSSockets.Engine.Chat;

/// <summary>A room of a chat, as it was when asked. Immutable.</summary>
public sealed record ChatRoom
{
    /// <summary>Its name, without a leading <c>#</c>.</summary>
    public required string Name { get; init; }

    /// <summary>What it is about; empty where nobody has said.</summary>
    public string Topic { get; init; } = string.Empty;

    /// <summary>How many members are in it, over all nodes.</summary>
    public int MemberCount { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
