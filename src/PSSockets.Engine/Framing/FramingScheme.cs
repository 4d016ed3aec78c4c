using System;
using System.Globalization;
using System.Text;

namespace PSSockets.Engine.Framing;

/// <summary>
/// A framing with its parameters. Immutable, safe for use by many threads; makes the decoder and encoder that a connection uses.
/// </summary>
public sealed record FramingScheme
{
    /// <summary>The longest message taken from a peer unless told otherwise: 1 MiB.</summary>
    public const int DefaultMaxFrameLength = 1024 * 1024;

    /// <summary>The highest value that <see cref="MaxFrameLength"/> takes: 1 GiB, what one array can safely hold with its marks.</summary>
    public const int HighestMaxFrameLength = 1024 * 1024 * 1024;

    /// <summary>Lines, the default of both sides.</summary>
    public static readonly FramingScheme Line = new(FramingKind.Line);

    /// <summary>No framing.</summary>
    public static readonly FramingScheme Raw = new(FramingKind.Raw);

    private FramingScheme(FramingKind kind)
    {
        Kind = kind;
    }

    /// <summary>How frames are told apart.</summary>
    public FramingKind Kind { get; }

    /// <summary>The text behind each message under <see cref="FramingKind.Delimiter"/>; null under the others.</summary>
    public string? DelimiterText { get; private init; }

    /// <summary>The prefix's bytes under <see cref="FramingKind.LengthPrefix"/>, the message's under <see cref="FramingKind.Fixed"/>; else 0.</summary>
    public int Size { get; private init; }

    /// <summary>
    /// The most bytes that a received message may have, without its marks. A longer one is an error before memory is taken for it.
    /// Default 1 MiB.
    /// </summary>
    public int MaxFrameLength { get; private init; } = DefaultMaxFrameLength;

    /// <summary>True where a count, not a mark, says how long a message is: the end of the stream inside such a message is an error.</summary>
    public bool IsCounted => Kind is FramingKind.LengthPrefix or FramingKind.Fixed or FramingKind.OctetCounting;

    /// <summary>Frames that end with a given text.</summary>
    public static FramingScheme Delimiter(string text)
    {
        ArgumentException.ThrowIfNullOrEmpty(text);
        return new FramingScheme(FramingKind.Delimiter) { DelimiterText = text };
    }

    /// <summary>Frames with a big-endian byte count of 1, 2, 4 or 8 bytes before them.</summary>
    public static FramingScheme LengthPrefix(int size = 4) => size is 1 or 2 or 4 or 8
        ? new FramingScheme(FramingKind.LengthPrefix) { Size = size }
        : throw new ArgumentOutOfRangeException(nameof(size), size, "A length prefix has 1, 2, 4 or 8 bytes.");

    /// <summary>Frames of <paramref name="length"/> bytes each.</summary>
    public static FramingScheme Fixed(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, HighestMaxFrameLength);
        return new FramingScheme(FramingKind.Fixed) { Size = length, MaxFrameLength = Math.Max(length, DefaultMaxFrameLength) };
    }

    /// <summary>The same framing with another limit for received messages.</summary>
    public FramingScheme WithMaxFrameLength(int maxFrameLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxFrameLength);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxFrameLength, HighestMaxFrameLength);
        return Kind == FramingKind.Fixed && Size > maxFrameLength
            ? throw new ArgumentOutOfRangeException(
                nameof(maxFrameLength), maxFrameLength, $"Frames of {Size} bytes do not fit into a limit of {maxFrameLength}.")
            : this with { MaxFrameLength = maxFrameLength };
    }

    /// <summary>
    /// Parses <c>Raw</c>, <c>Line</c>, <c>CrLf</c>, <c>Null</c>, <c>LengthPrefix</c>, <c>LengthPrefix:2</c>, <c>Fixed:512</c>,
    /// <c>OctetCounting</c> or <c>Delimiter:END</c>. Names are not case-sensitive, the delimiter is.
    /// </summary>
    /// <exception cref="FormatException">The text names no framing.</exception>
    public static FramingScheme Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        string name = (colon < 0 ? text : text[..colon]).Trim();
        string? argument = colon < 0 ? null : text[(colon + 1)..];
        // Enum.TryParse also takes numbers and lists of names.
        if (!Enum.TryParse(name, ignoreCase: true, out FramingKind kind) || !name.Equals(Enum.GetName(kind), StringComparison.OrdinalIgnoreCase))
        {
            throw new FormatException(
                $"'{text}' is no framing. Use Raw, Line, CrLf, Null, OctetCounting, LengthPrefix, LengthPrefix:1|2|4|8, Fixed:<bytes> or Delimiter:<text>.");
        }

        switch (kind)
        {
            case FramingKind.Delimiter:
                return string.IsNullOrEmpty(argument)
                    ? throw new FormatException("Delimiter framing needs its text: 'Delimiter:END'.")
                    : Delimiter(argument);
            case FramingKind.LengthPrefix:
                return argument is null
                    ? LengthPrefix()
                    : ParseNumber(argument) is 1 or 2 or 4 or 8
                        ? LengthPrefix(ParseNumber(argument))
                        : throw new FormatException($"'{text}': a length prefix has 1, 2, 4 or 8 bytes.");
            case FramingKind.Fixed:
                return argument is not null && ParseNumber(argument) is > 0 and <= HighestMaxFrameLength
                    ? Fixed(ParseNumber(argument))
                    : throw new FormatException($"'{text}': fixed framing needs the frames' length in bytes, such as 'Fixed:512'.");
            default:
                return argument is null
                    ? new FramingScheme(kind)
                    : throw new FormatException($"'{text}': {kind} framing takes no argument.");
        }
    }

    /// <inheritdoc/>
    public override string ToString() => Kind switch
    {
        FramingKind.Delimiter => $"Delimiter:{DelimiterText}",
        FramingKind.LengthPrefix or FramingKind.Fixed => string.Create(CultureInfo.InvariantCulture, $"{Kind}:{Size}"),
        _ => Kind.ToString(),
    };

    /// <summary>Makes the decoder for a connection whose text has the given encoding.</summary>
    internal FrameDecoder CreateDecoder(Encoding encoding) => Kind switch
    {
        FramingKind.Raw => new RawFrameDecoder(MaxFrameLength),
        FramingKind.LengthPrefix => new LengthPrefixFrameDecoder(Size, MaxFrameLength),
        FramingKind.Fixed => new FixedFrameDecoder(Size),
        FramingKind.OctetCounting => new OctetCountingFrameDecoder(MaxFrameLength),
        _ => CreateDelimiterDecoder(GetTrailerText()!, Kind == FramingKind.Line, MaxFrameLength, encoding),
    };

    /// <summary>Makes a decoder for frames that end with a text, whatever the connection's framing is.</summary>
    internal static DelimiterFrameDecoder CreateDelimiterDecoder(string delimiter, bool stripCarriageReturn, int maxFrameLength, Encoding encoding)
        => new(
            encoding.GetBytes(delimiter),
            stripCarriageReturn ? encoding.GetBytes("\r") : [],
            alignment: encoding.GetByteCount("\n"),
            maxFrameLength);

    /// <summary>Makes the encoder for a connection whose text has the given encoding.</summary>
    internal FrameEncoder CreateEncoder(Encoding encoding)
        => new(this, GetTrailerText() is { } trailer ? encoding.GetBytes(trailer) : []);

    private static int ParseNumber(string text)
        => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 0;

    private string? GetTrailerText() => Kind switch
    {
        FramingKind.Line => "\n",
        FramingKind.CrLf => "\r\n",
        FramingKind.Null => "\0",
        FramingKind.Delimiter => DelimiterText,
        _ => null,
    };
}
