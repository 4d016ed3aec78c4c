using System;
using System.Buffers.Binary;
using System.Globalization;
using PSSockets.Engine.Errors;

namespace PSSockets.Engine.Framing;

/// <summary>Puts the marks or the count of a framing round a message. Pure and without state, one encoder serves many connections.</summary>
internal sealed class FrameEncoder
{
    /// <summary>The longest header that any framing writes: ten digits and a space.</summary>
    public const int MaxHeaderLength = 11;

    private readonly FramingScheme _scheme;
    private readonly byte[] _trailer;

    public FrameEncoder(FramingScheme scheme, byte[] trailer)
    {
        _scheme = scheme;
        _trailer = trailer;
    }

    /// <summary>True where something about a message stands before it, or is checked, and so its length must be known first.</summary>
    public bool HasHeader => _scheme.IsCounted;

    /// <summary>What follows each message.</summary>
    public ReadOnlySpan<byte> Trailer => _trailer;

    /// <summary>Writes what stands before a message.</summary>
    /// <param name="payloadLength">The bytes of the message.</param>
    /// <param name="destination">Room for <see cref="MaxHeaderLength"/> bytes.</param>
    /// <returns>How many bytes were written, often none.</returns>
    /// <exception cref="SocketFailureException">The message does not fit the framing.</exception>
    public int WriteHeader(int payloadLength, Span<byte> destination)
    {
        switch (_scheme.Kind)
        {
            case FramingKind.LengthPrefix:
                return WritePrefix(payloadLength, destination);
            case FramingKind.OctetCounting when payloadLength == 0:
                throw new SocketFailureException(
                    SocketErrorId.InvalidFrame, "Octet counting has no empty messages: a count must not begin with zero (RFC 6587).");
            case FramingKind.OctetCounting:
                _ = payloadLength.TryFormat(destination, out int digits, provider: CultureInfo.InvariantCulture);
                destination[digits] = (byte)' ';
                return digits + 1;
            case FramingKind.Fixed when payloadLength != _scheme.Size:
                throw new SocketFailureException(
                    payloadLength > _scheme.Size ? SocketErrorId.FrameTooLarge : SocketErrorId.InvalidFrame,
                    $"Under {_scheme} framing a message has exactly {_scheme.Size} bytes; this one has {payloadLength}.");
            default:
                return 0;
        }
    }

    private int WritePrefix(int payloadLength, Span<byte> destination)
    {
        long capacity = _scheme.Size switch { 1 => byte.MaxValue, 2 => ushort.MaxValue, _ => int.MaxValue };
        if (payloadLength > capacity)
        {
            throw new SocketFailureException(
                SocketErrorId.FrameTooLarge,
                $"A message of {payloadLength} bytes is longer than a {_scheme.Size}-byte length prefix can say ({capacity}).");
        }

        switch (_scheme.Size)
        {
            case 1:
                destination[0] = (byte)payloadLength;
                break;
            case 2:
                BinaryPrimitives.WriteUInt16BigEndian(destination, (ushort)payloadLength);
                break;
            case 4:
                BinaryPrimitives.WriteUInt32BigEndian(destination, (uint)payloadLength);
                break;
            default:
                BinaryPrimitives.WriteUInt64BigEndian(destination, (ulong)payloadLength);
                break;
        }

        return _scheme.Size;
    }
}
