using System;
using System.Buffers;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.Transport;

namespace PSSockets.Engine.Chat;

/// <content>The one writer.</content>
internal sealed partial class ChatOutbox
{
    /// <summary>Segments are joined into writes of up to this many bytes.</summary>
    private const int BatchSize = 64 * 1024;

    /// <summary>After so many writes in a row the rest is left to another thread, so that no member keeps the others waiting.</summary>
    private const int WritesInARow = 8;

    /// <summary>The writer; never throws.</summary>
    private async Task WriteAllAsync()
    {
        byte[]? joined = null;
        try
        {
            for (int writes = 1; TryTake(ref joined, out ReadOnlyMemory<byte> batch, out int messages); writes++)
            {
                if (!_connection.WriteThrough(batch.Span, messages))
                {
                    await _connection.FlushAsync(CancellationToken.None).ConfigureAwait(false);
                }
                else if (writes % WritesInARow == 0)
                {
                    await Task.Yield();
                }
            }
        }
        catch (Exception exception)
        {
            // The connection has ended and keeps the reason, or ends now: a member must not be left that hears nothing. Whoever reads from it cleans up.
            Abandon();
            _connection.Shutdown(CloseReason.TransportError, exception);
        }
        finally
        {
            if (joined is not null)
            {
                ArrayPool<byte>.Shared.Return(joined);
            }
        }
    }

    /// <summary>Takes the next bytes to write: a large segment as it lies, or small ones joined in <paramref name="joined"/>.</summary>
    private bool TryTake(ref byte[]? joined, out ReadOnlyMemory<byte> batch, out int messages)
    {
        TaskCompletionSource? emptied;
        lock (_gate)
        {
            if (_unreportedLoss > 0 && _policy == SlowConsumerPolicy.DropOldest)
            {
                byte[] bytes = _describeLoss(_unreportedLoss).Bytes;
                (batch, messages, _unreportedLoss) = (bytes, 1, 0);
                _inFlight = bytes.Length;
                return true;
            }

            if (_waiting.TryDequeue(out ChatSegment? first))
            {
                (batch, messages) = (first.Bytes, first.MessageCount);
                int length = first.Bytes.Length;
                bool isJoined = false;
                while (_waiting.TryPeek(out ChatSegment? next) && length + next.Bytes.Length <= BatchSize)
                {
                    joined ??= ArrayPool<byte>.Shared.Rent(BatchSize);
                    if (!isJoined)
                    {
                        first.Bytes.CopyTo(joined, 0);
                        isJoined = true;
                    }

                    next.Bytes.CopyTo(joined, length);
                    length += next.Bytes.Length;
                    messages += next.MessageCount;
                    batch = joined.AsMemory(0, length);
                    _waiting.Dequeue();
                }

                _waitingBytes -= length;
                _inFlight = length;
                return true;
            }

            (batch, messages) = (default, 0);
            _isWriting = false;
            _inFlight = 0;
            emptied = _emptied;
            _emptied = null;
        }

        emptied?.TrySetResult();
        return false;
    }

    private void Abandon()
    {
        TaskCompletionSource? emptied;
        lock (_gate)
        {
            _isClosed = true;
            _isWriting = false;
            _waiting.Clear();
            _waitingBytes = _inFlight = 0;
            emptied = _emptied;
            _emptied = null;
        }

        emptied?.TrySetResult();
    }
}
