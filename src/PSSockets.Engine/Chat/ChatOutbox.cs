using System;
using System.Buffers;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.Errors;
using PSSockets.Engine.Transport;

namespace PSSockets.Engine.Chat;

/// <summary>
/// What waits for one member: segments that it shares with the other members, so that waiting costs no copy. One writer at a time hands
/// over all that waits; adding never waits, and a member that does not read falls under the policy. Safe for use by many threads.
/// </summary>
internal sealed class ChatOutbox
{
    /// <summary>Segments are joined into writes of up to this many bytes.</summary>
    private const int BatchSize = 64 * 1024;

    /// <summary>After so many writes in a row the rest is left to another thread, so that no member keeps the others waiting.</summary>
    private const int WritesInARow = 8;

    private readonly object _gate = new();
    private readonly Queue<ChatSegment> _waiting = new();
    private readonly SocketConnection _connection;
    private readonly int _limit;
    private readonly SlowConsumerPolicy _policy;
    private readonly Func<long, ChatSegment> _describeLoss;
    private readonly Func<ChatSegment> _onOverflow;
    private TaskCompletionSource? _emptied;
    private int _waitingBytes;
    private int _inFlight;
    private long _unreportedLoss;
    private bool _isTouched;
    private bool _isWriting;
    private bool _isClosed;

    /// <summary>Creates an empty outbox.</summary>
    /// <param name="connection">Where to.</param>
    /// <param name="limit">How many bytes wait before the policy applies.</param>
    /// <param name="policy">What happens then.</param>
    /// <param name="describeLoss">Tells the member how many messages were dropped.</param>
    /// <param name="onOverflow">
    /// Called, once, where the member is to be disconnected, and gives the last word for it; must not block, and is called under locks.
    /// </param>
    public ChatOutbox(
        SocketConnection connection, int limit, SlowConsumerPolicy policy, Func<long, ChatSegment> describeLoss, Func<ChatSegment> onOverflow)
    {
        _connection = connection;
        _limit = limit;
        _policy = policy;
        _describeLoss = describeLoss;
        _onOverflow = onOverflow;
    }

    /// <summary>True where so much waits that the member must read before it may ask for more.</summary>
    public bool IsFull
    {
        get
        {
            lock (_gate)
            {
                return !_isClosed && _waitingBytes + _inFlight > _limit;
            }
        }
    }

    /// <summary>Adds a segment; nothing is sent before <see cref="Flush"/>.</summary>
    /// <returns>True where the caller must see to the flush; else somebody has promised it already.</returns>
    public bool Add(ChatSegment segment)
    {
        lock (_gate)
        {
            if (_isClosed || (!segment.IsReply && !MakeRoomLocked(segment)))
            {
                return false;
            }

            EnqueueLocked(segment);
            bool first = !_isTouched;
            _isTouched = true;
            return first;
        }
    }

    /// <summary>Sends what waits. The first system calls are made by the caller itself, and never wait.</summary>
    public void Flush()
    {
        lock (_gate)
        {
            _isTouched = false;
            if (_isWriting || _waiting.Count == 0)
            {
                return;
            }

            _isWriting = true;
        }

        _ = WriteAllAsync();
    }

    /// <summary>Takes no more; what waits is dropped where <paramref name="discard"/> says so, and a last word goes out behind the rest.</summary>
    public void Complete(ChatSegment? last, bool discard)
    {
        lock (_gate)
        {
            if (_isClosed)
            {
                return;
            }

            if (discard)
            {
                _connection.CountDropped(CountMessages(_waiting));
                _waiting.Clear();
                _waitingBytes = 0;
            }

            if (last is not null)
            {
                EnqueueLocked(last);
            }

            _isClosed = true;
            if (_isWriting || _waiting.Count == 0)
            {
                return;
            }

            _isWriting = true;
        }

        _ = WriteAllAsync();
    }

    /// <summary>Completes when nothing waits any more, because it was sent or never can be.</summary>
    public Task WhenEmptyAsync()
    {
        lock (_gate)
        {
            return _isWriting || _waiting.Count > 0
                ? (_emptied ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task
                : Task.CompletedTask;
        }
    }

    private static long CountMessages(IEnumerable<ChatSegment> segments)
    {
        long count = 0;
        foreach (ChatSegment segment in segments)
        {
            count += segment.MessageCount;
        }

        return count;
    }

    /// <summary>Applies the policy where a segment is too much.</summary>
    /// <returns>False where the segment is not to be added.</returns>
    private bool MakeRoomLocked(ChatSegment segment)
    {
        int length = segment.Bytes.Length;
        if (_waitingBytes + _inFlight + length <= _limit || _waitingBytes + _inFlight == 0)
        {
            if (_unreportedLoss > 0 && _policy == SlowConsumerPolicy.DropNewest)
            {
                ReportLossLocked();
            }

            return true;
        }

        switch (_policy)
        {
            case SlowConsumerPolicy.DropNewest:
                DropLocked(segment);
                return false;
            case SlowConsumerPolicy.DropOldest:
                DropOldestLocked(_waitingBytes + _inFlight + length - _limit);
                return true;
            default:
                _isClosed = true;
                _connection.CountDropped(CountMessages(_waiting) + segment.MessageCount);
                _waiting.Clear();
                _waitingBytes = 0;
                EnqueueLocked(_onOverflow());
                return false;
        }
    }

    private void DropOldestLocked(int excess)
    {
        // What answers the member itself stays, in its order.
        for (int left = _waiting.Count; left > 0; left--)
        {
            ChatSegment oldest = _waiting.Dequeue();
            if (excess > 0 && !oldest.IsReply)
            {
                excess -= oldest.Bytes.Length;
                _waitingBytes -= oldest.Bytes.Length;
                DropLocked(oldest);
            }
            else
            {
                _waiting.Enqueue(oldest);
            }
        }
    }

    private void DropLocked(ChatSegment segment)
    {
        _unreportedLoss += segment.MessageCount;
        _connection.CountDropped(segment.MessageCount);
    }

    private void ReportLossLocked()
    {
        EnqueueLocked(_describeLoss(_unreportedLoss));
        _unreportedLoss = 0;
    }

    private void EnqueueLocked(ChatSegment segment)
    {
        _waiting.Enqueue(segment);
        _waitingBytes += segment.Bytes.Length;
    }

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
        catch (SocketFailureException)
        {
            // The connection has ended and keeps the reason; whoever reads from it cleans up.
            Abandon();
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
