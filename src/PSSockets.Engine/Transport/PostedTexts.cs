using System;
using System.Buffers;
using System.Text;
using PSSockets.Engine.Framing;

namespace PSSockets.Engine.Transport;

/// <summary>
/// Messages given as text that are encoded only when they are written, by the thread that writes them: their sender has but to leave a
/// reference behind. Not thread-safe: its queue's lock guards it.
/// </summary>
internal sealed class PostedTexts
{
    private const int MaxCount = 2048;

    private readonly FrameEncoder _encoder;
    private readonly Encoding _encoding;
    private string[]? _texts;
    private int _count;

    /// <summary>Creates an empty one for a connection that <see cref="CanDefer"/>.</summary>
    public PostedTexts(FrameEncoder encoder, Encoding encoding)
    {
        _encoder = encoder;
        _encoding = encoding;
    }

    /// <summary>True while there are any.</summary>
    public bool Any => _count > 0;

    /// <summary>True where no more can be added before these are taken out.</summary>
    public bool IsFull => _count == MaxCount;

    /// <summary>Their bytes where each character has one, with their marks.</summary>
    public int Length { get; private set; }

    /// <summary>
    /// True where nothing about a text can be wrong later: no count stands before it, and what its encoding cannot express is replaced.
    /// </summary>
    public static bool CanDefer(FrameEncoder encoder, Encoding encoding)
        => !encoder.HasHeader && encoding.EncoderFallback is EncoderReplacementFallback;

    public void Add(string text)
    {
        _texts ??= ArrayPool<string>.Shared.Rent(MaxCount);
        _texts[_count++] = text;
        Length += text.Length + _encoder.Trailer.Length;
    }

    /// <summary>Takes all out; <see cref="Encode"/> gives the array back.</summary>
    public ArraySegment<string> Take()
    {
        ArraySegment<string> taken = _texts is null ? ArraySegment<string>.Empty : new(_texts, 0, _count);
        _texts = null;
        _count = Length = 0;
        return taken;
    }

    /// <summary>Frames and encodes what was taken out. Needs no lock but that of the buffer.</summary>
    public void Encode(ArraySegment<string> taken, SendBuffer target)
    {
        foreach (string text in taken)
        {
            target.Append(_encoder, text, _encoding, omitTrailer: false);
        }

        Drop(taken);
    }

    /// <summary>Gives the array back without its texts.</summary>
    public static void Drop(ArraySegment<string> taken)
    {
        if (taken.Count > 0)
        {
            taken.AsSpan().Clear();
            ArrayPool<string>.Shared.Return(taken.Array!);
        }
    }
}
