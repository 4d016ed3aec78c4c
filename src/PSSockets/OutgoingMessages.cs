using System;
using System.Collections;
using System.Globalization;
using System.IO;
using System.Management.Automation;
using System.Threading.Tasks;

namespace PSSockets;

/// <summary>
/// Turns what comes through a pipeline into messages: text, byte arrays whole, any other object as its text, the elements of a
/// collection one by one. Single bytes, as an unrolled byte array gives them, are gathered into one message. Not thread-safe.
/// </summary>
internal sealed class OutgoingMessages
{
    private readonly Action<string> _sendText;
    private readonly Action<ReadOnlyMemory<byte>> _sendBytes;
    private MemoryStream? _bytes;

    public OutgoingMessages(Action<string> sendText, Action<ReadOnlyMemory<byte>> sendBytes)
    {
        _sendText = sendText;
        _sendBytes = sendBytes;
    }

    /// <summary>Takes the next object.</summary>
    public void Add(object? input)
    {
        object? value = input is PSObject wrapped ? wrapped.BaseObject : input;
        switch (value)
        {
            case byte single:
                (_bytes ??= new MemoryStream()).WriteByte(single);
                break;
            case string text:
                Complete();
                _sendText(text);
                break;
            case byte[] bytes:
                Complete();
                _sendBytes(bytes);
                break;
            case null or Task or ValueTask:
                // A call like $Connection.SendAsync('x') that nobody awaits leaves a task behind, which is no message.
                break;
            case IDictionary:
            case not IEnumerable:
                Complete();
                _sendText((string)LanguagePrimitives.ConvertTo(input, typeof(string), CultureInfo.InvariantCulture));
                break;
            case IEnumerable elements:
                foreach (object? element in elements)
                {
                    Add(element);
                }

                break;
        }
    }

    /// <summary>Forgets the bytes gathered, as after an error between them.</summary>
    public void Clear() => _bytes = null;

    /// <summary>Sends the bytes gathered, where there are any.</summary>
    public void Complete()
    {
        if (_bytes is { } bytes)
        {
            _bytes = null;
            _sendBytes(bytes.GetBuffer().AsMemory(0, (int)bytes.Length));
        }
    }
}
