using System;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.RegularExpressions;

namespace PSSockets.Engine.Transport;

/// <summary>Finds the end of a match in bytes that have arrived so far. Each byte is decoded once, however often it is asked.</summary>
internal sealed class UntilMatcher
{
    private readonly Regex _pattern;
    private readonly Encoding _encoding;
    private readonly StringBuilder _text = new();
    private readonly Decoder _decoder;
    private int _decoded;

    public UntilMatcher(Regex pattern, Encoding encoding)
    {
        _pattern = pattern;
        _encoding = encoding;
        _decoder = encoding.GetDecoder();
    }

    public string Pattern => _pattern.ToString();

    /// <summary>Looks for a match in all bytes received and not yet used up.</summary>
    public bool TryMatch(ReadOnlySpan<byte> received, [NotNullWhen(true)] out string? text, out int consumed)
    {
        ReadOnlySpan<byte> news = received[_decoded..];
        char[] characters = new char[_encoding.GetMaxCharCount(news.Length)];
        int count = _decoder.GetChars(news, characters, flush: false);
        _text.Append(characters, 0, count);
        _decoded = received.Length;

        text = null;
        consumed = 0;
        string whole = _text.ToString();
        Match match = _pattern.Match(whole);
        if (match.Index + match.Length == 0)
        {
            // No match, or one of nothing at the very beginning, which would never use anything up.
            return false;
        }

        int end = match.Index + match.Length;
        if (end < whole.Length && char.IsSurrogatePair(whole[end - 1], whole[end]))
        {
            // The two halves come from the same bytes.
            end++;
        }

        text = whole[..end];
        consumed = CountBytes(received, text.Length);
        _text.Clear();
        _decoder.Reset();
        _decoded = 0;
        return true;
    }

    /// <summary>
    /// How many bytes make the first characters. Decoded again up to there: the bytes of bad text cannot be counted from its characters.
    /// </summary>
    private int CountBytes(ReadOnlySpan<byte> received, int characterCount)
    {
        Decoder decoder = _encoding.GetDecoder();
        char[] characters = new char[_encoding.GetMaxCharCount(characterCount)];
        int used = 0;
        for (int decoded = 0; decoded < characterCount;)
        {
            // So many bytes give at most one character more than they are: the one that bad bytes before them stand for.
            int step = Math.Max(1, characterCount - decoded - 1);
            int count = decoder.GetChars(received.Slice(used, step), characters, flush: false);
            if (decoded + count > characterCount)
            {
                // It ended bad bytes and is a character itself, behind the match.
                return used;
            }

            decoded += count;
            used += step;
        }

        // A byte that ended bad bytes and begins another character is not part of them.
        return decoder.GetCharCount([], flush: true) > 0 ? used - 1 : used;
    }
}
