using System;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.Errors;
using PSSockets.Engine.Framing;

namespace PSSockets.Engine.Transport;

/// <content>The receive side: one buffer, one reader at a time.</content>
public sealed partial class SocketConnection
{
    private readonly ReceiveBuffer _buffer = new();
    private int _hasReader;
    private bool _isHandlerReading;
    private Decoder? _textDecoder;
    private Encoding? _textDecoderEncoding;
    private bool _textDecoderHoldsBytes;

    /// <summary>What a look at the transport has brought.</summary>
    internal enum FillResult
    {
        /// <summary>Bytes.</summary>
        Data,

        /// <summary>Nothing yet.</summary>
        Nothing,

        /// <summary>The end of the stream.</summary>
        End,
    }

    /// <summary>True when the peer has ended its stream and that was seen here; what it sent before may still be in the buffer.</summary>
    internal bool IsEndedByPeer => Volatile.Read(ref _endedByPeer);

    /// <summary>True where the last read took all that there was.</summary>
    internal bool HasDrainedSocket { get; private set; }

    /// <summary>True where the last piece of text may have ended inside a character.</summary>
    internal bool HoldsPartialText => _textDecoderHoldsBytes;

    internal ReceiveBuffer Buffer => _buffer;

    /// <inheritdoc cref="OpenReader(ReadOptions)"/>
    IMessageReader IMessageSource.OpenReader(ReadOptions options) => OpenReader(options);

    /// <summary>Begins receiving; there is one reader at a time.</summary>
    /// <exception cref="SocketFailureException">
    /// Somebody else is receiving (<see cref="SocketErrorId.ConnectionBusy"/>), or the connection was closed on this side
    /// (<see cref="SocketErrorId.ObjectClosed"/>).
    /// </exception>
    public ConnectionReader OpenReader(ReadOptions? options = null)
    {
        ConnectionReader reader = new(this, options ?? new ReadOptions());
        EnterReader();
        return reader;
    }

    /// <summary>Claims the receive side for one reader.</summary>
    internal void EnterReader()
    {
        if (IsClosedHere)
        {
            throw Closed();
        }

        if (Environment.CurrentManagedThreadId == HandlerThreadId && !_isHandlerReading)
        {
            // The handler, for which its server holds the receive side: a dialogue of several messages.
            _isHandlerReading = true;
            return;
        }

        if (Interlocked.CompareExchange(ref _hasReader, 1, 0) != 0)
        {
            throw new SocketFailureException(
                SocketErrorId.ConnectionBusy,
                Server is null
                    ? $"Another command is receiving from {DisplayName}."
                    : $"The server's handler or another command is receiving from {DisplayName}.",
                DisplayName);
        }
    }

    internal void ExitReader()
    {
        _buffer.ReleaseIfEmpty();
        if (_isHandlerReading)
        {
            _isHandlerReading = false;
            return;
        }

        Volatile.Write(ref _hasReader, 0);
    }

    /// <summary>Waits until <see cref="TryFill"/> has something to say. Holds no buffer meanwhile where all bytes are used up.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    internal async ValueTask WaitForDataAsync(CancellationToken cancellationToken, bool inline = false)
    {
        _buffer.ReleaseIfEmpty();
        if (Status == ConnectionStatus.Closed)
        {
            throw Closed();
        }

        try
        {
            await _transport.WaitToReadAsync(inline, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            throw;
        }
        catch (Exception exception)
        {
            throw Fault(exception);
        }
    }

    /// <summary>Takes what has arrived into the buffer, without waiting.</summary>
    internal FillResult TryFill()
    {
        if (IsEndedByPeer)
        {
            return FillResult.End;
        }

        int count;
        Span<byte> free = _buffer.GetFreeSpan();
        try
        {
            count = _transport.Read(free);
            if (count == 0 && _send.IsWriting && _transport.IsBroken())
            {
                // The write that is being failed by the reset was faster.
                throw new SocketException((int)SocketError.ConnectionReset);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            throw Fault(exception);
        }

        HasDrainedSocket = count < free.Length;
        if (count > 0)
        {
            _buffer.Advance(count);
            Interlocked.Add(ref _bytesReceived, count);
            Touch();
            return FillResult.Data;
        }

        if (count < 0)
        {
            return FillResult.Nothing;
        }

        if (Status == ConnectionStatus.Closed)
        {
            // Our own close, from another thread, looks like the end of the stream to a read that it comes under.
            throw Closed();
        }

        Volatile.Write(ref _endedByPeer, true);
        CloseIfBothEnded();
        return FillResult.End;
    }

    /// <summary>
    /// Saves what the peer said before it aborted, where a send notices that first: often it says why, and a closed socket would lose it.
    /// </summary>
    private void KeepArrived()
    {
        if (Interlocked.CompareExchange(ref _hasReader, 1, 0) != 0)
        {
            return;
        }

        try
        {
            // Bounded: a failed write does not mean that the peer has stopped sending. Not by TryFill: the write has used up the system's
            // note of the reset, so that what follows would look like the end of the stream.
            int count;
            for (int i = 0; i < 256 && (count = _transport.Read(_buffer.GetFreeSpan())) > 0; i++)
            {
                _buffer.Advance(count);
                Interlocked.Add(ref _bytesReceived, count);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The error that the write has met, too.
        }
        finally
        {
            ExitReader();
        }
    }

    /// <summary>Counts a message; only the one reader does.</summary>
    internal void CountMessage() => Volatile.Write(ref _messagesReceived, _messagesReceived + 1);

    /// <summary>The decoder of the connection's framing, shared where the encoding is its own.</summary>
    internal FrameDecoder GetDecoder(Encoding encoding)
        => ReferenceEquals(encoding, Encoding) ? _options.Decoder : Framing.CreateDecoder(encoding);

    /// <summary>
    /// Decodes a piece of the stream. A character that is split over two pieces is kept back and comes with the second one.
    /// </summary>
    /// <param name="bytes">The piece.</param>
    /// <param name="encoding">The encoding; the connection's own keeps split characters from call to call.</param>
    /// <param name="complete">True where the piece ends with a whole character by its framing.</param>
    internal string Decode(ReadOnlySpan<byte> bytes, Encoding encoding, bool complete)
    {
        if (complete && !_textDecoderHoldsBytes)
        {
            return encoding.GetString(bytes);
        }

        if (_textDecoder is null || !ReferenceEquals(encoding, _textDecoderEncoding))
        {
            _textDecoder = encoding.GetDecoder();
            _textDecoderEncoding = encoding;
        }

        char[] characters = new char[encoding.GetMaxCharCount(bytes.Length)];
        _textDecoder.Convert(bytes, characters, complete, out _, out int count, out _);
        _textDecoderHoldsBytes = !complete;
        return new string(characters, 0, count);
    }
}
