using System;
using System.Collections.Generic;
using System.Threading.Tasks;
using PSSockets.Engine.Transport;

namespace PSSockets.Engine.Chat;

/// <summary>
/// What waits for one member: segments that it shares with the other members, so that waiting costs no copy. One writer at a time hands
/// over all that waits; adding never waits, and a member that does not read falls under the policy. Safe for use by many threads.
/// </summary>
internal sealed partial class ChatOutbox
{
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

    /// <summary>How many bytes wait, those that are being written included.</summary>
    public int QueuedBytes
    {
        get
        {
            lock (_gate)
            {
                return _waitingBytes + _inFlight;
            }
        }
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
        // More than needed, so that all that waits is not gone through for each message: the whole chat waits for that.
        excess += _limit / 8;

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
}
