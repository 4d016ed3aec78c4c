namespace PSSockets.Engine.Chat.Nodes;

/// <summary>
/// How much of everything a node takes from the others. They are believed, but a confused one must not use up the memory of all. What is
/// beyond is skipped.
/// </summary>
internal static class NodeLimits
{
    /// <summary>The most bytes of a payload; what NATS takes unless told otherwise.</summary>
    public const int Payload = 1024 * 1024;

    /// <summary>The most bytes of payloads that wait to be taken in.</summary>
    public const int WaitingBytes = 256 * 1024 * 1024;

    /// <summary>The most other nodes.</summary>
    public const int Nodes = 256;

    /// <summary>The most parts of a state.</summary>
    public const int Parts = 1024;

    /// <summary>The most members of all other nodes together.</summary>
    public const int Members = 100_000;

    /// <summary>The most rooms, those of this node included; a member of another node is not seen in a further one.</summary>
    public const int Rooms = 10_000;

    /// <summary>The most rooms of one member.</summary>
    public const int RoomsOfMember = 1000;

    /// <summary>The most characters of a name.</summary>
    public const int Name = 256;

    /// <summary>The most characters of a text: no client's line has more bytes.</summary>
    public const int Text = ChatServer.MaxLineLength;
}
