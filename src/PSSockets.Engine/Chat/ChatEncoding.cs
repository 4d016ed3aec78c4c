using System;
using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace PSSockets.Engine.Chat;

/// <summary>Encodes messages for those who get them, once for all of the same protocol. Used by one thread at a time.</summary>
internal sealed class ChatEncoding
{
    /// <summary>Text stays readable: it holds no control characters, and nobody puts it into a web page as it is.</summary>
    public static readonly JsonWriterOptions JsonOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly ArrayBufferWriter<byte> _buffer = new(4096);
    private readonly bool _isRaw;

    /// <summary>Creates an encoder.</summary>
    /// <param name="isRaw">True where plain text has no line ends.</param>
    public ChatEncoding(bool isRaw)
    {
        _isRaw = isRaw;
    }

    /// <summary>Adds a line of plain text; a raw one only ends where another follows.</summary>
    public static void WriteLine(ArrayBufferWriter<byte> buffer, string line, bool isRaw)
    {
        Span<byte> span = buffer.GetSpan(Encoding.UTF8.GetMaxByteCount(line.Length) + 1);
        int start = 0;
        if (isRaw && buffer.WrittenCount > 0)
        {
            span[start++] = (byte)'\n';
        }

        int length = start + Encoding.UTF8.GetBytes(line, span[start..]);
        if (!isRaw)
        {
            span[length++] = (byte)'\n';
        }

        buffer.Advance(length);
    }

    /// <summary>Encodes the messages of some effects.</summary>
    public ChatSegment Encode(ReadOnlySpan<ChatEffect> effects, ChatMode mode)
    {
        using Utf8JsonWriter? json = mode == ChatMode.Json ? new Utf8JsonWriter(_buffer, JsonOptions) : null;
        foreach (ref readonly ChatEffect effect in effects)
        {
            if (json is null)
            {
                WriteLine(_buffer, ChatText.Format(effect.Message), _isRaw);
            }
            else
            {
                ChatJson.WriteMessage(json, effect.Message);
                json.Flush();
                json.Reset();
                _buffer.GetSpan(1)[0] = (byte)'\n';
                _buffer.Advance(1);
            }
        }

        ChatSegment segment = new(_buffer.WrittenSpan.ToArray(), effects.Length);
        _buffer.ResetWrittenCount();
        return segment;
    }
}
