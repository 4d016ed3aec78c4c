using System;
using System.Buffers;

namespace PSSockets.Engine.Transport;

/// <summary>
/// The bytes received and not yet used up, in one pooled array that exists only while there are any. Its size follows what arrives:
/// a quiet connection costs little, a fast one gets large reads.
/// </summary>
internal sealed class ReceiveBuffer
{
    private const int SmallestRead = 4 * 1024;
    private const int LargestRead = 256 * 1024;

    private byte[]? _array;
    private int _start;
    private int _end;
    private int _readSize = SmallestRead;

    /// <summary>The bytes at hand.</summary>
    public ReadOnlyMemory<byte> Memory => _array.AsMemory(_start, _end - _start);

    /// <inheritdoc cref="Memory"/>
    public ReadOnlySpan<byte> Span => _array.AsSpan(_start, _end - _start);

    public int Length => _end - _start;

    /// <summary>True while it holds memory.</summary>
    internal bool HoldsArray => _array is not null;

    /// <summary>Room for the next read, behind the bytes at hand.</summary>
    public Span<byte> GetFreeSpan()
    {
        if (_array is null)
        {
            _array = ArrayPool<byte>.Shared.Rent(_readSize);
        }
        else if (_array.Length - _end < Math.Min(_readSize, SmallestRead) || (_array.Length < _readSize && Length < SmallestRead))
        {
            MakeRoom(_array);
        }

        return _array.AsSpan(_end);
    }

    /// <summary>Takes note of what a read has put into the free span.</summary>
    public void Advance(int count)
    {
        bool filled = _end + count == _array!.Length;
        _end += count;
        if (filled)
        {
            _readSize = Math.Min(_readSize * 2, LargestRead);
        }
        else if (count < _readSize / 4)
        {
            _readSize = Math.Max(_readSize / 2, SmallestRead);
        }
    }

    /// <summary>Uses up bytes from the front.</summary>
    public void Consume(int count)
    {
        _start += count;
        if (_start == _end)
        {
            _start = _end = 0;
        }
    }

    /// <summary>Gives the array back where nothing is in it.</summary>
    public void ReleaseIfEmpty()
    {
        if (_start == _end && _array is { } array)
        {
            _array = null;
            _start = _end = 0;
            ArrayPool<byte>.Shared.Return(array);
        }
    }

    private void MakeRoom(byte[] array)
    {
        int length = Length;
        byte[] target = array;

        // Move what is there to the front; into a larger array where it is most of this one, or where the traffic asks for larger reads.
        if (length > array.Length / 2 || array.Length < _readSize)
        {
            target = ArrayPool<byte>.Shared.Rent((int)Math.Min(Math.Max((long)array.Length * 2, length + _readSize), Array.MaxLength));
        }

        Span.CopyTo(target);
        if (!ReferenceEquals(target, array))
        {
            _array = target;
            ArrayPool<byte>.Shared.Return(array);
        }

        _start = 0;
        _end = length;
    }
}
