namespace PSSockets.Engine.Chat;

/// <summary>How much of everything a chat server bears. Immutable.</summary>
public sealed record ChatLimits
{
    /// <summary>The most characters of a message. Default 2,000.</summary>
    public int MaxMessageLength { get; init; } = 2000;

    /// <summary>The most characters of a nick or of a room's name. Default 32.</summary>
    public int MaxNickLength { get; init; } = 32;

    /// <summary>The most rooms of the server. Default 1,000.</summary>
    public int MaxRooms { get; init; } = 1000;

    /// <summary>The most rooms that a member is in. Default 50.</summary>
    public int MaxRoomsPerMember { get; init; } = 50;

    /// <summary>The most members of this server. Default 1,000.</summary>
    public int MaxMembers { get; init; } = 1000;

    /// <summary>
    /// The most connections from one address, and of IPv6 from one network of 64 bits; 0 sets no limit. Loopback and Unix domain sockets
    /// have none. Default 100.
    /// </summary>
    public int MaxConnectionsPerAddress { get; init; } = 100;

    /// <summary>How many messages each room keeps for those who come later; 0 keeps none. Default 100.</summary>
    public int HistoryCount { get; init; } = 100;

    /// <summary>How many requests a second a member may make in the long run; 0 sets no limit. Default 10.</summary>
    public double RateLimit { get; init; } = 10;

    /// <summary>How many requests a member who was silent may make at once. Default 20.</summary>
    public int RateBurst { get; init; } = 20;

    /// <summary>How long a client has to say the password, or hello again where that was refused, in seconds. Default 30.</summary>
    public int LoginSeconds { get; init; } = 30;
}
