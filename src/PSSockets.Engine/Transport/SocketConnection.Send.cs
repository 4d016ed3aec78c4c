using System;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.Errors;

namespace PSSockets.Engine.Transport;

/// <content>The send side.</content>
public sealed partial class SocketConnection
{
    private SendQueue.SpanWriter? _tryWrite;

    /// <summary>True where senders should wait with <see cref="WaitForRoomAsync"/> before they add more.</summary>
    public bool IsSendQueueFull => _send.QueuedBytes >= _options.MaxQueuedBytes;

    /// <summary>Frames a message and hands it to the system; returns when that is done.</summary>
    /// <exception cref="SocketFailureException">The connection is closed or was reset, or the message does not fit the framing.</exception>
    public Task SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken = default)
    {
        Append(message.Span);
        return FlushAsync(cancellationToken);
    }

    /// <inheritdoc cref="SendAsync(ReadOnlyMemory{byte}, CancellationToken)"/>
    public Task SendAsync(string message, CancellationToken cancellationToken = default)
    {
        Append(message);
        return FlushAsync(cancellationToken);
    }

    /// <summary>Adds a message to what waits to be sent, without sending; call <see cref="StartSending"/> or <see cref="FlushAsync"/> after.</summary>
    /// <param name="message">The message's bytes.</param>
    /// <param name="omitTrailer">Leaves out the message's end mark, which then comes with the next one.</param>
    /// <param name="framed">False for bytes that go out as they are, without any marks or count.</param>
    public void Append(ReadOnlySpan<byte> message, bool omitTrailer = false, bool framed = true)
    {
        _send.Append(framed ? _encoder : null, message, omitTrailer);
    }

    /// <inheritdoc cref="Append(ReadOnlySpan{byte}, bool, bool)"/>
    public void Append(string message, bool omitTrailer = false)
    {
        _send.Append(_encoder, message, Encoding, omitTrailer);
    }

    /// <inheritdoc/>
    void IMessagePeer.Append(ReadOnlySpan<byte> message) => _send.Append(_encoder, message, omitTrailer: false);

    /// <inheritdoc/>
    void IMessagePeer.Append(string message) => _send.Append(_encoder, message, Encoding, omitTrailer: false);

    /// <inheritdoc/>
    public bool TryPost(ReadOnlySpan<byte> message, bool omitTrailer)
        => _send.TryPost(_encoder, message, omitTrailer, _options.MaxQueuedBytes);

    /// <inheritdoc/>
    public bool TryPost(string message, bool omitTrailer)
        => _send.TryPost(_encoder, message, Encoding, omitTrailer, _options.MaxQueuedBytes);

    /// <inheritdoc/>
    public async ValueTask PostAsync(ReadOnlyMemory<byte> message, bool omitTrailer, CancellationToken cancellationToken)
    {
        while (!TryPost(message.Span, omitTrailer))
        {
            await WaitForRoomAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask PostAsync(string message, bool omitTrailer, CancellationToken cancellationToken)
    {
        while (!TryPost(message, omitTrailer))
        {
            await WaitForRoomAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Has what waits sent by another thread, at once.</summary>
    public void StartSending() => _send.Start();

    /// <summary>Writes what waits; the first system call is made by the caller itself, which never waits.</summary>
    internal void StartSendingNow() => _send.WriteNow();

    /// <summary>
    /// Completes when all that waits has been handed to the system. Cancelling ends the wait only: the data stays queued.
    /// </summary>
    public Task FlushAsync(CancellationToken cancellationToken = default) => _send.FlushAsync(cancellationToken);

    /// <summary>Completes when the queue has room again.</summary>
    public ValueTask WaitForRoomAsync(CancellationToken cancellationToken)
        => _send.WaitForRoomAsync(_options.MaxQueuedBytes, cancellationToken);

    /// <summary>
    /// Sends to this connection as one recipient of many: never waits, unless the policy says so; a peer that does not read falls under
    /// the connection's <see cref="SlowConsumerPolicy"/>.
    /// </summary>
    /// <returns>False where the message was not taken for this recipient.</returns>
    public async ValueTask<bool> OfferAsync(ReadOnlyMemory<byte> message, bool omitTrailer, CancellationToken cancellationToken)
    {
        if (Status is ConnectionStatus.Closed or ConnectionStatus.WritesCompleted)
        {
            return false;
        }

        try
        {
            int queued = _send.QueuedBytes;
            if (queued > 0 && queued + message.Length > _options.MaxQueuedBytes)
            {
                switch (_options.SlowConsumer)
                {
                    case SlowConsumerPolicy.Disconnect:
                        Shutdown(CloseReason.SlowConsumer, null);
                        return false;
                    case SlowConsumerPolicy.DropNewest:
                        Interlocked.Increment(ref _messagesDropped);
                        return false;
                    case SlowConsumerPolicy.DropOldest:
                        Interlocked.Add(ref _messagesDropped, _send.DropOldest(message.Length, _options.MaxQueuedBytes));
                        break;
                    default:
                        await WaitForRoomAsync(cancellationToken).ConfigureAwait(false);
                        break;
                }
            }

            Append(message.Span, omitTrailer);

            // The first system call is made here; a peer that reads has its data when this returns, one that does not is not waited for.
            _send.WriteNow();
            return true;
        }
        catch (SocketFailureException failure) when (failure.ErrorId is SocketErrorId.ObjectClosed or SocketErrorId.ConnectionReset)
        {
            return false;
        }
    }

    /// <summary>Hands over bytes that many connections share, without copying them where the system takes them at once.</summary>
    /// <param name="bytes">The bytes, as they go out.</param>
    /// <param name="messageCount">How many messages they are.</param>
    /// <returns>True where all of it has gone; else <see cref="FlushAsync"/> says when.</returns>
    /// <exception cref="SocketFailureException">The connection is closed or was reset.</exception>
    internal bool WriteThrough(ReadOnlySpan<byte> bytes, int messageCount) => _send.WriteThrough(bytes, messageCount, _tryWrite ??= TryWriteToTransport);

    /// <summary>Counts messages that were dropped before they came to the queue.</summary>
    internal void CountDropped(long messages) => Interlocked.Add(ref _messagesDropped, messages);

    private int TryWriteToTransport(ReadOnlySpan<byte> bytes)
    {
        int count;
        try
        {
            count = _transport.TryWrite(bytes);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            KeepArrived();
            throw Fault(exception);
        }

        Interlocked.Add(ref _bytesSent, count);
        if (count > 0)
        {
            Touch();
        }

        return count;
    }

    private async ValueTask WriteToTransportAsync(ReadOnlyMemory<byte> batch)
    {
        try
        {
            await _transport.WriteAsync(batch, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            KeepArrived();
            throw Fault(exception);
        }

        Interlocked.Add(ref _bytesSent, batch.Length);
        Touch();
    }

    private SocketFailureException CannotSend() => Status == ConnectionStatus.Closed ? Closed() : new SocketFailureException(
        SocketErrorId.ObjectClosed, $"The sending side of the connection to {DisplayName} was closed before.", DisplayName);
}
