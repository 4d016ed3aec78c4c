using System;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.Errors;
using PSSockets.Engine.Framing;

namespace PSSockets.Engine.Transport;

/// <summary>
/// The one reader of a connection. What it does not take stays in the connection's buffer for the next one: a timeout or a change of
/// the way to read loses nothing. Used by one thread at a time; dispose it when done.
/// </summary>
public sealed class ConnectionReader : IMessageReader
{
    private readonly SocketConnection _connection;
    private readonly FrameDecoder? _decoder;
    private readonly UntilMatcher? _until;
    private readonly bool _asBytes;
    private readonly bool _isOwnFraming;
    private readonly Encoding _encoding;
    private readonly ReadAhead? _ahead;
    private int _examined;
    private bool _disposed;

    internal ConnectionReader(SocketConnection connection, ReadOptions options)
    {
        _connection = connection;
        _encoding = options.Encoding ?? connection.Encoding;
        _asBytes = options.AsByteStream ?? connection.AsByteStream;
        if (options.Until is not null)
        {
            _until = new UntilMatcher(options.Until, _encoding);
        }
        else if (options.ByteCount is { } byteCount)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(byteCount, nameof(options.ByteCount));
            _decoder = new FixedFrameDecoder(byteCount);
        }
        else if (options.Delimiter is { } delimiter)
        {
            ArgumentException.ThrowIfNullOrEmpty(delimiter, nameof(options.Delimiter));
            _decoder = FramingScheme.CreateDelimiterDecoder(delimiter, false, connection.Framing.MaxFrameLength, _encoding);
        }
        else if (!options.ToEnd)
        {
            _decoder = connection.GetDecoder(_encoding);
            _isOwnFraming = true;
        }

        if (options.ReadAhead && _decoder is { SplitsText: false })
        {
            _ahead = new ReadAhead(connection, _decoder, _asBytes ? null : _encoding);
        }
    }

    /// <inheritdoc/>
    public bool TryRead([NotNullWhen(true)] out object? message)
    {
        if (_ahead is not null && _ahead.TryTake(out message))
        {
            return true;
        }

        if (_until is not null && TryReadUntil(out string? match))
        {
            message = match;
            return true;
        }

        while (_until is null && TryFind(out ReadOnlySpan<byte> frame, out int consumed))
        {
            if (_asBytes)
            {
                message = frame.ToArray();
                Take(consumed);
                _ahead?.StartIfWorthwhile();
                return true;
            }

            // Decoded first: what a strict encoding refuses stays there, to be read as bytes.
            bool splitsText = _decoder is { SplitsText: true };
            string text = Decode(frame, complete: !splitsText);
            Take(consumed);
            if (text.Length > 0 || !splitsText)
            {
                _ahead?.StartIfWorthwhile();
                message = text;
                return true;
            }
        }

        message = TakePartialText();
        return message is not null;
    }

    /// <summary>Takes at most so many bytes of what has arrived, whatever the framing; they stay valid until more is read.</summary>
    public bool TryReadChunk(int maxBytes, out ReadOnlyMemory<byte> chunk)
    {
        _ahead?.Stop();
        ReadOnlyMemory<byte> received = _connection.Buffer.Memory;
        chunk = received[..Math.Min(maxBytes, received.Length)];
        _connection.Buffer.Consume(chunk.Length);
        _examined = 0;
        return !chunk.IsEmpty;
    }

    /// <summary>Takes the next message with its sender, without waiting.</summary>
    internal bool TryReadMessage([NotNullWhen(true)] out SocketMessage? message)
    {
        message = null;
        if (TryFind(out ReadOnlySpan<byte> frame, out int consumed))
        {
            // Pieces that can end inside a character must be decoded in their order; whole messages when somebody asks for their text.
            string? text = !_asBytes && _decoder is { SplitsText: true } ? Decode(frame, complete: false) : null;
            message = new SocketMessage(_connection, frame.ToArray(), text);
            Take(consumed);
        }
        else if (TakePartialText() is { } rest)
        {
            message = new SocketMessage(_connection, [], rest);
        }

        return message is not null;
    }

    /// <inheritdoc/>
    public async ValueTask<bool> WaitAsync(CancellationToken cancellationToken)
    {
        _ahead?.Settle();
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            switch (_connection.IsEndedByPeer ? SocketConnection.FillResult.End : _connection.TryFill())
            {
                case SocketConnection.FillResult.Data:
                    return true;
                case SocketConnection.FillResult.End:
                    return HasRest;
            }

            await _connection.WaitForDataAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>True where the stream has ended and something of it is still to be taken.</summary>
    internal bool HasRest => _connection.Buffer.Length > 0 || (!_asBytes && _connection.HoldsPartialText);

    /// <summary>Begins anew after somebody else has read from the connection.</summary>
    internal void Rewind() => _examined = 0;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            _ahead?.Stop();
            _connection.ExitReader();
        }
    }

    /// <summary>Finds the next message's bytes; <see cref="Take"/> uses them up.</summary>
    /// <exception cref="SocketFailureException">
    /// The bytes can be no message, or one over the limit: then the connection is closed. Or the stream has ended inside a counted
    /// message (<see cref="SocketErrorId.EndOfStream"/>): its bytes stay readable by another reader.
    /// </exception>
    private bool TryFind(out ReadOnlySpan<byte> frame, out int consumed)
    {
        frame = default;
        consumed = 0;
        ReadOnlySpan<byte> received = _connection.Buffer.Span;
        if (received.IsEmpty)
        {
            return false;
        }

        Frame found;
        if (_decoder is null)
        {
            // All up to the end of the stream.
            if (!_connection.IsEndedByPeer)
            {
                return received.Length < FramingScheme.HighestMaxFrameLength ? false : throw new SocketFailureException(
                    SocketErrorId.FrameTooLarge,
                    $"{_connection.DisplayName} has sent more than {FramingScheme.HighestMaxFrameLength} bytes, too much for one value.",
                    _connection.DisplayName);
            }

            found = new Frame(0, received.Length, received.Length);
        }
        else
        {
            try
            {
                if (!_decoder.TryDecode(received, ref _examined, out found))
                {
                    if (!_connection.IsEndedByPeer)
                    {
                        return false;
                    }

                    found = _decoder.DecodeEnd(received);
                }
            }
            catch (SocketFailureException failure)
            {
                throw Fail(failure);
            }
        }

        if (!_asBytes && _decoder is RawFrameDecoder && !_connection.IsEndedByPeer && found.Length == received.Length)
        {
            // What begins a character stays for the next read, whatever kind that is.
            int rest = CountIncomplete(received);
            if (rest == found.Length)
            {
                return false;
            }

            found = new Frame(0, found.Length - rest, found.Length - rest);
        }

        frame = received.Slice(found.Start, found.Length);
        consumed = found.Consumed;
        return true;
    }

    private void Take(int consumed)
    {
        _connection.Buffer.Consume(consumed);
        _connection.CountMessage();
        _examined = 0;
    }

    private string Decode(ReadOnlySpan<byte> bytes, bool complete)
    {
        try
        {
            return _connection.Decode(bytes, _encoding, complete);
        }
        catch (DecoderFallbackException exception)
        {
            throw new SocketFailureException(
                SocketErrorId.InvalidFrame,
                $"{_connection.DisplayName} has sent what is no text in {_encoding.WebName}: {exception.Message}",
                _connection.DisplayName,
                exception);
        }
    }

    /// <summary>How many bytes at the end begin a character that has not arrived whole.</summary>
    private int CountIncomplete(ReadOnlySpan<byte> bytes)
    {
        int held = 0;
        Decoder decoder = _encoding.GetDecoder();
        for (int count = 1; count <= Math.Min(4, bytes.Length); count++)
        {
            if (decoder.GetCharCount(bytes[^count..], flush: false) == 0)
            {
                held = count;
            }
        }

        return held;
    }

    private bool TryReadUntil([NotNullWhen(true)] out string? text)
    {
        ReadOnlySpan<byte> received = _connection.Buffer.Span;
        if (_until!.TryMatch(received, out text, out int consumed))
        {
            Take(consumed);
            return true;
        }

        if (received.Length > _connection.Framing.MaxFrameLength)
        {
            throw new SocketFailureException(
                SocketErrorId.FrameTooLarge,
                $"{_connection.DisplayName} has sent {received.Length} bytes without a match for '{_until.Pattern}'.",
                _connection.DisplayName);
        }

        return _connection.IsEndedByPeer && received.Length > 0
            ? throw new SocketFailureException(
                SocketErrorId.EndOfStream,
                $"{_connection.DisplayName} ended the stream before anything matched '{_until.Pattern}'; {received.Length} bytes stay readable.",
                _connection.DisplayName)
            : false;
    }

    /// <summary>Where the stream ended inside a character, it is shown as a replacement character, not dropped.</summary>
    private string? TakePartialText()
        => !_asBytes && _connection.IsEndedByPeer && _connection.HoldsPartialText
            && _connection.Decode([], _encoding, complete: true) is { Length: > 0 } rest
            ? rest
            : null;

    /// <summary>Names the peer in a decoder's error, and ends the connection where its own framing is broken for good.</summary>
    private SocketFailureException Fail(SocketFailureException failure)
    {
        SocketFailureException named = new(
            failure.ErrorId, $"{_connection.DisplayName}: {failure.Message}", _connection.DisplayName, failure.InnerException);
        if (_isOwnFraming && failure.ErrorId != SocketErrorId.EndOfStream)
        {
            _connection.Shutdown(CloseReason.ProtocolError, named);
        }

        return named;
    }
}
