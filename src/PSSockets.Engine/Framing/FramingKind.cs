namespace PSSockets.Engine.Framing;

/// <summary>How the frames of a stream are told apart.</summary>
public enum FramingKind
{
    /// <summary>Not at all: a message is whatever has arrived, and what is sent goes out as it is.</summary>
    Raw,

    /// <summary>A line feed ends a message; a carriage return before it is not part of the message. Sent with a line feed.</summary>
    Line,

    /// <summary>Carriage return and line feed together end a message; either alone is part of it.</summary>
    CrLf,

    /// <summary>A zero character ends a message.</summary>
    Null,

    /// <summary>A given text ends a message.</summary>
    Delimiter,

    /// <summary>A big-endian byte count of 1, 2, 4 or 8 bytes stands before each message and does not count itself.</summary>
    LengthPrefix,

    /// <summary>Every message has the same number of bytes.</summary>
    Fixed,

    /// <summary>A decimal byte count and a space stand before each message (RFC 6587, section 3.4.1).</summary>
    OctetCounting,
}
