using System;

namespace PSSockets.Engine.Chat;

/// <summary>Somebody who does not get in for a time. Immutable.</summary>
public sealed record ChatBan
{
    /// <summary>The nick that nobody may take meanwhile.</summary>
    public required string Nick { get; init; }

    /// <summary>
    /// The address that nobody gets in from meanwhile; null where that would shut out others: this machine's own addresses are many
    /// people's.
    /// </summary>
    public string? Address { get; init; }

    /// <summary>When it ends.</summary>
    public required DateTimeOffset Until { get; init; }

    /// <summary>When it was set, or lifted: of two of the same nick and address every node keeps the later.</summary>
    internal DateTimeOffset Time { get; init; }

    /// <summary>True where it was lifted; remembered until it would have ended, or another node would bring it back.</summary>
    internal bool IsLifted { get; init; }

    /// <summary>The same for all bans of which only the latest counts.</summary>
    internal string Key => $"{Nick} {Address}";

    /// <summary>True where this one is kept and the other forgotten.</summary>
    internal bool Replaces(ChatBan other)
        => Time != other.Time ? Time > other.Time : IsLifted != other.IsLifted ? IsLifted : Until > other.Until;
}
