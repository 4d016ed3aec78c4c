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
    public static void WriteLine(ArrayBufferWriter<byte> buffer, string line, bool isRaw) => WriteLine(buffer, string.Empty, line, isRaw);

    private static void WriteLine(ArrayBufferWriter<byte> buffer, string head, string text, bool isRaw)
    {
        Span<byte> span = buffer.GetSpan(Encoding.UTF8.GetMaxByteCount(head.Length + text.Length) + 1);
        int length = 0;
        if (isRaw && buffer.WrittenCount > 0)
        {
            span[length++] = (byte)'\n';
        }

        length += Encoding.UTF8.GetBytes(head, span[length..]);
        length += Encoding.UTF8.GetBytes(text, span[length..]);
        if (!isRaw)
        {
            span[length++] = (byte)'\n';
        }

        buffer.Advance(length);
    }

    /// <summary>Encodes the messages of some effects.</summary>
    public ChatSegment Encode(ReadOnlySpan<ChatEffect> effects, ChatMode mode)
    {
        if (mode == ChatMode.Json)
        {
            WriteJson(effects);
        }
        else
        {
            WriteText(effects);
        }

        ChatSegment segment = new(_buffer.WrittenSpan.ToArray(), effects.Length);
        _buffer.ResetWrittenCount();
        return segment;
    }

    private void WriteText(ReadOnlySpan<ChatEffect> effects)
    {
        ChatMessage? last = null;
        string head = string.Empty;
        foreach (ref readonly ChatEffect effect in effects)
        {
            ChatMessage message = effect.Message;
            if (message.Kind != ChatMessageKind.Message)
            {
                WriteLine(_buffer, ChatText.Format(message), _isRaw);
                continue;
            }

            // A burst of one member: the same before each line.
            if (last is null || message.From != last.From || message.Room != last.Room)
            {
                head = ChatText.FormatHead(message);
                last = message;
            }

            WriteLine(_buffer, head, message.Text, _isRaw);
        }
    }

    private void WriteJson(ReadOnlySpan<ChatEffect> effects)
    {
        using Utf8JsonWriter writer = new(_buffer, JsonOptions);
        foreach (ref readonly ChatEffect effect in effects)
        {
            ChatJson.WriteMessage(writer, effect.Message);
            writer.Flush();
            writer.Reset();
            _buffer.GetSpan(1)[0] = (byte)'\n';
            _buffer.Advance(1);
        }
    }
}
