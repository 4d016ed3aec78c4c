using System;
using System.Globalization;
using PSSockets.Engine.Errors;

namespace PSSockets.Engine.Framing;

/// <summary>Where a message lies in the bytes that were looked at, and how many of them it uses up with its marks.</summary>
/// <param name="Start">The first byte of the message.</param>
/// <param name="Length">How many bytes the message has.</param>
/// <param name="Consumed">How many bytes, from the first one looked at, are used up.</param>
internal readonly record struct Frame(int Start, int Length, int Consumed);

/// <summary>
/// Finds messages in a stream's bytes. Pure: no sockets, no tasks, no state of its own, so that one decoder serves many connections.
/// </summary>
internal abstract class FrameDecoder
{
    protected FrameDecoder(int maxFrameLength)
    {
        MaxFrameLength = maxFrameLength;
    }

    /// <summary>The most bytes that a message may have.</summary>
    public int MaxFrameLength { get; }

    /// <summary>True where a message can end in the middle of a character, so that the text of the next one continues it.</summary>
    public virtual bool SplitsText => false;

    /// <summary>Looks for the next message.</summary>
    /// <param name="buffer">All bytes received and not yet used up.</param>
    /// <param name="examined">
    /// How many of these bytes an earlier call has seen in vain; 0 at first. Set anew where more bytes are needed, so that a long
    /// message that arrives in pieces is not searched from its start each time.
    /// </param>
    /// <param name="frame">The message, where there is one.</param>
    /// <returns>False where more bytes are needed.</returns>
    /// <exception cref="SocketFailureException">The bytes can be no message, or only one over the limit.</exception>
    public abstract bool TryDecode(ReadOnlySpan<byte> buffer, ref int examined, out Frame frame);

    /// <summary>Takes what is left when the stream has ended and <see cref="TryDecode"/> finds no more; never called without bytes.</summary>
    /// <exception cref="SocketFailureException">The stream ended inside a counted message.</exception>
    public abstract Frame DecodeEnd(ReadOnlySpan<byte> rest);

    protected SocketFailureException TooLarge(string length) => new(
        SocketErrorId.FrameTooLarge,
        $"A message of {length} bytes is over the limit of {MaxFrameLength} bytes.");

    protected static SocketFailureException Truncated(int received, string expected) => new(
        SocketErrorId.EndOfStream,
        string.Create(CultureInfo.InvariantCulture, $"The stream ended inside a message: {received} of {expected} bytes had arrived."));
}

/// <summary>Whatever has arrived is a message.</summary>
internal sealed class RawFrameDecoder(int maxFrameLength) : FrameDecoder(maxFrameLength)
{
    public override bool SplitsText => true;

    public override bool TryDecode(ReadOnlySpan<byte> buffer, ref int examined, out Frame frame)
    {
        int length = Math.Min(buffer.Length, MaxFrameLength);
        frame = new Frame(0, length, length);
        return length > 0;
    }

    public override Frame DecodeEnd(ReadOnlySpan<byte> rest) => new(0, rest.Length, rest.Length);
}

/// <summary>A mark ends each message.</summary>
internal sealed class DelimiterFrameDecoder : FrameDecoder
{
    private readonly byte[] _delimiter;
    private readonly byte[] _optionalTail;
    private readonly int _alignment;

    /// <summary>Creates a decoder.</summary>
    /// <param name="delimiter">The mark.</param>
    /// <param name="optionalTail">Bytes that are dropped where they stand before the mark (the carriage return of CRLF); may be empty.</param>
    /// <param name="alignment">The bytes of a code unit: 2 for UTF-16, where a mark can only begin at an even offset.</param>
    /// <param name="maxFrameLength">The limit for a message without its mark.</param>
    public DelimiterFrameDecoder(byte[] delimiter, byte[] optionalTail, int alignment, int maxFrameLength)
        : base(maxFrameLength)
    {
        _delimiter = delimiter;
        _optionalTail = optionalTail;
        _alignment = alignment;
    }

    public override bool TryDecode(ReadOnlySpan<byte> buffer, ref int examined, out Frame frame)
    {
        int at = examined;
        while (true)
        {
            int found = buffer[at..].IndexOf(_delimiter);
            if (found < 0)
            {
                break;
            }

            at += found;
            if (at % _alignment == 0)
            {
                frame = new Frame(0, LengthWithoutTail(buffer[..at]), at + _delimiter.Length);
                return true;
            }

            at++;
        }

        if (buffer.Length > MaxFrameLength + _optionalTail.Length + _delimiter.Length)
        {
            throw TooLarge($"more than {MaxFrameLength.ToString(CultureInfo.InvariantCulture)}");
        }

        // The last bytes can be the beginning of a mark.
        examined = Math.Max(0, buffer.Length - _delimiter.Length + 1);
        frame = default;
        return false;
    }

    public override Frame DecodeEnd(ReadOnlySpan<byte> rest) => new(0, LengthWithoutTail(rest), rest.Length);

    private int LengthWithoutTail(ReadOnlySpan<byte> message)
    {
        int length = _optionalTail.Length > 0 && message.EndsWith(_optionalTail) ? message.Length - _optionalTail.Length : message.Length;
        return length <= MaxFrameLength ? length : throw TooLarge(length.ToString(CultureInfo.InvariantCulture));
    }
}

/// <summary>A big-endian count stands before each message.</summary>
internal sealed class LengthPrefixFrameDecoder(int prefixSize, int maxFrameLength) : FrameDecoder(maxFrameLength)
{
    public override bool TryDecode(ReadOnlySpan<byte> buffer, ref int examined, out Frame frame)
    {
        frame = default;
        if (buffer.Length < prefixSize)
        {
            return false;
        }

        // Unsigned throughout: what a peer meant as a negative number is an absurdly large one.
        ulong length = ReadLength(buffer);
        if (length > (ulong)MaxFrameLength)
        {
            throw TooLarge(length.ToString(CultureInfo.InvariantCulture));
        }

        int end = prefixSize + (int)length;
        if (buffer.Length < end)
        {
            return false;
        }

        frame = new Frame(prefixSize, (int)length, end);
        return true;
    }

    public override Frame DecodeEnd(ReadOnlySpan<byte> rest) => throw (rest.Length < prefixSize
        ? Truncated(rest.Length, $"the {prefixSize} length")
        : Truncated(rest.Length - prefixSize, ReadLength(rest).ToString(CultureInfo.InvariantCulture)));

    private ulong ReadLength(ReadOnlySpan<byte> buffer)
    {
        ulong length = 0;
        foreach (byte b in buffer[..prefixSize])
        {
            length = (length << 8) | b;
        }

        return length;
    }
}

/// <summary>Every message has the same length.</summary>
internal sealed class FixedFrameDecoder(int length) : FrameDecoder(length)
{
    public override bool SplitsText => true;

    public override bool TryDecode(ReadOnlySpan<byte> buffer, ref int examined, out Frame frame)
    {
        frame = new Frame(0, MaxFrameLength, MaxFrameLength);
        return buffer.Length >= MaxFrameLength;
    }

    public override Frame DecodeEnd(ReadOnlySpan<byte> rest)
        => throw Truncated(rest.Length, MaxFrameLength.ToString(CultureInfo.InvariantCulture));
}

/// <summary>A decimal count and a space stand before each message: <c>MSG-LEN SP MSG</c>, no leading zero (RFC 6587, section 3.4.1).</summary>
internal sealed class OctetCountingFrameDecoder(int maxFrameLength) : FrameDecoder(maxFrameLength)
{
    public override bool TryDecode(ReadOnlySpan<byte> buffer, ref int examined, out Frame frame)
    {
        frame = default;
        if (!TryReadLength(buffer, out int length, out int start) || buffer.Length - start < length)
        {
            return false;
        }

        frame = new Frame(start, length, start + length);
        return true;
    }

    public override Frame DecodeEnd(ReadOnlySpan<byte> rest) => throw (TryReadLength(rest, out int length, out int start)
        ? Truncated(rest.Length - start, length.ToString(CultureInfo.InvariantCulture))
        : Truncated(rest.Length, "an unfinished count's"));

    private bool TryReadLength(ReadOnlySpan<byte> buffer, out int length, out int start)
    {
        long value = 0;
        length = 0;
        start = 0;
        for (int i = 0; i < buffer.Length; i++)
        {
            byte b = buffer[i];
            if (b == ' ' && i > 0)
            {
                length = (int)value;
                start = i + 1;
                return true;
            }

            if (!char.IsAsciiDigit((char)b) || (i == 0 && b == '0'))
            {
                throw new SocketFailureException(
                    SocketErrorId.InvalidFrame,
                    $"A message must begin with its length in decimal digits and a space (RFC 6587); byte {i + 1} is 0x{b:X2}.");
            }

            value = (value * 10) + (b - '0');
            if (value > MaxFrameLength)
            {
                throw TooLarge($"{value.ToString(CultureInfo.InvariantCulture)} or more");
            }
        }

        return false;
    }
}
