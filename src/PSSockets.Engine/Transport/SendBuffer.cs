using System;
using System.Buffers;
using System.Collections.Generic;
using System.Text;
using PSSockets.Engine.Framing;

namespace PSSockets.Engine.Transport;

/// <summary>
/// Framed messages one behind the other in a pooled array that exists only while there are any. Not thread-safe: its queue's lock guards it.
/// </summary>
internal sealed class SendBuffer
{
    private readonly Queue<int>? _frameLengths;
    private byte[]? _array;
    private int _start;
    private int _end;

    /// <summary>Creates an empty buffer.</summary>
    /// <param name="tracksFrames">Keeps the messages apart, so that the oldest can be dropped.</param>
    public SendBuffer(bool tracksFrames)
    {
        _frameLengths = tracksFrames ? new Queue<int>() : null;
    }

    /// <summary>The bytes in it.</summary>
    public int Length => _end - _start;

    /// <summary>The memory that it holds.</summary>
    public int Capacity => _array?.Length ?? 0;

    /// <summary>Adds a message.</summary>
    public void Append(FrameEncoder? encoder, ReadOnlySpan<byte> payload, bool omitTrailer)
    {
        Span<byte> target = BeginFrame(encoder, payload.Length, omitTrailer, out int length);
        payload.CopyTo(target);
        EndFrame(encoder, target[payload.Length..], omitTrailer, length);
    }

    /// <summary>Adds a message given as text, encoded straight into the array.</summary>
    public void Append(FrameEncoder? encoder, ReadOnlySpan<char> text, Encoding encoding, bool omitTrailer)
    {
        if (encoder is { HasHeader: false })
        {
            // Without a count before it the text need not be measured first.
            Span<byte> room = BeginFrame(null, encoding.GetMaxByteCount(text.Length) + encoder.Trailer.Length, omitTrailer, out _);
            int byteCount = encoding.GetBytes(text, room);
            EndFrame(encoder, room[byteCount..], omitTrailer, byteCount + (omitTrailer ? 0 : encoder.Trailer.Length));
            return;
        }

        int exact = encoding.GetByteCount(text);
        Span<byte> target = BeginFrame(encoder, exact, omitTrailer, out int length);
        encoding.GetBytes(text, target);
        EndFrame(encoder, target[exact..], omitTrailer, length);
    }

    /// <summary>Adds what is left of messages of which the rest has gone out past this buffer.</summary>
    public void AppendRest(ReadOnlySpan<byte> rest)
    {
        EnsureRoom(rest.Length);
        rest.CopyTo(_array.AsSpan(_end));
        _end += rest.Length;
        _frameLengths?.Enqueue(rest.Length);
    }

    /// <summary>Drops the oldest messages until <paramref name="excess"/> bytes have gone, or all of them.</summary>
    /// <returns>How many messages were dropped.</returns>
    public int DropOldest(int excess)
    {
        int dropped = 0;
        while (excess > 0 && _frameLengths!.TryDequeue(out int length))
        {
            _start += length;
            excess -= length;
            dropped++;
        }

        return dropped;
    }

    /// <summary>Takes all bytes out, with the array that they lie in: it is the caller's to return to the pool.</summary>
    public ArraySegment<byte> Take()
    {
        ArraySegment<byte> taken = new(_array!, _start, _end - _start);
        _array = null;
        _start = _end = 0;
        _frameLengths?.Clear();
        return taken;
    }

    /// <summary>Drops all and gives the array back.</summary>
    public void Release()
    {
        if (_array is not null)
        {
            ArrayPool<byte>.Shared.Return(Take().Array!);
        }
    }

    private Span<byte> BeginFrame(FrameEncoder? encoder, int payloadLength, bool omitTrailer, out int length)
    {
        Span<byte> header = stackalloc byte[FrameEncoder.MaxHeaderLength];
        int headerLength = encoder?.WriteHeader(payloadLength, header) ?? 0;
        int trailerLength = encoder is null || omitTrailer ? 0 : encoder.Trailer.Length;
        length = checked(headerLength + payloadLength + trailerLength);
        EnsureRoom(length);
        header[..headerLength].CopyTo(_array.AsSpan(_end));
        return _array.AsSpan(_end + headerLength, payloadLength + trailerLength);
    }

    private void EndFrame(FrameEncoder? encoder, Span<byte> trailer, bool omitTrailer, int length)
    {
        if (encoder is not null && !omitTrailer)
        {
            encoder.Trailer.CopyTo(trailer);
        }

        _end += length;
        _frameLengths?.Enqueue(length);
    }

    private void EnsureRoom(int length)
    {
        if (_array is null)
        {
            _array = ArrayPool<byte>.Shared.Rent(Math.Max(length, 512));
            _start = _end = 0;
        }
        else if (_array.Length - _end < length)
        {
            // Where dropped messages have left half of the array free, what waits moves to its front; else into a larger one.
            int used = _end - _start;
            long needed = (long)used + length;
            byte[] target = needed <= _array.Length / 2
                ? _array
                : ArrayPool<byte>.Shared.Rent((int)Math.Min(Math.Max(_array.Length * 2L, needed), Array.MaxLength));
            _array.AsSpan(_start, used).CopyTo(target);
            if (!ReferenceEquals(target, _array))
            {
                ArrayPool<byte>.Shared.Return(_array);
                _array = target;
            }

            _start = 0;
            _end = used;
        }
    }
}
