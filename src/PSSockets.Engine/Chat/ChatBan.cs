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
}
