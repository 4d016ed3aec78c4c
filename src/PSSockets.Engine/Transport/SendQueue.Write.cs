using System;
using System.Buffers;
using System.Threading;
using System.Threading.Tasks;

namespace PSSockets.Engine.Transport;

/// <content>The writer: one at a time, on whichever thread.</content>
internal sealed partial class SendQueue
{
    /// <summary>How long posted messages gather behind a write before the next one, and how many bytes end that early.</summary>
    private static readonly TimeSpan s_gatherTime = TimeSpan.FromMilliseconds(1);

    private const int GatherSize = 64 * 1024;

    private SendBuffer? _spare;
    private bool _gathering;
    private Timer? _gatherEnd;

    private bool TryBecomeWriter()
    {
        lock (_gate)
        {
            return BecomeWriterLocked();
        }
    }

    private bool BecomeWriterLocked() => !_writing && _failure is null && HasWaitingLocked && (_writing = true);

    private bool HasGatheredLocked => _waiting.Length + (_posted?.Length ?? 0) >= GatherSize || _posted is { IsFull: true };

    private bool ShouldWriteLocked() => (!_gathering || HasGatheredLocked) && BecomeWriterLocked();

    /// <summary>Another thread writes, so that the sender goes on at once.</summary>
    private void WritePosted(bool start)
    {
        if (start)
        {
            RunOnPool();
        }
    }

    private void EndGathering()
    {
        lock (_gate)
        {
            _gathering = false;
        }

        if (TryBecomeWriter())
        {
            _ = WriteAsync(oneBatch: false);
        }
    }

    private void RunOnPool()
        => ThreadPool.UnsafeQueueUserWorkItem(static queue => _ = queue.WriteAsync(oneBatch: false), this, preferLocal: false);

    /// <summary>The writer; never throws. With <paramref name="oneBatch"/> what gathers meanwhile is left to another thread.</summary>
    private async Task WriteAsync(bool oneBatch)
    {
        while (true)
        {
            SendBuffer buffer;
            ArraySegment<string> texts;
            lock (_gate)
            {
                if (!HasWaitingLocked || _failure is not null)
                {
                    // All that waited was dropped; who waited for it to leave need not wait on, nor who came since.
                    _writing = false;
                    _waitingDone?.TrySetResult();
                    _inFlightDone?.TrySetResult();
                    _waitingDone = _inFlightDone = null;
                    return;
                }

                _inFlight = _waiting.Length + (_posted?.Length ?? 0);
                texts = _posted?.Take() ?? [];
                buffer = _waiting;
                _waiting = _spare ?? new SendBuffer(_tracksFrames);
                _inFlightDone = _waitingDone;
                _waitingDone = null;
            }

            ArraySegment<byte> batch;
            try
            {
                // Outside the lock: senders go on meanwhile.
                _posted?.Encode(texts, buffer);
                batch = buffer.Take();
                await _write(batch).ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                // Not returned to the pool: the system may still be reading from it.
                Fail(exception);
                return;
            }

            bool more;
            TaskCompletionSource? done;
            lock (_gate)
            {
                _spare = buffer;
                _inFlight = 0;
                done = _inFlightDone;
                _inFlightDone = null;
                more = HasWaitingLocked && _failure is null;
                _writing = more;
                if (more && !oneBatch && !HasGatheredLocked && _waitingDone is null)
                {
                    _writing = more = false;
                    _gathering = true;
                    _gatherEnd ??= new Timer(static queue => ((SendQueue)queue!).EndGathering(), this, Timeout.Infinite, Timeout.Infinite);
                    _gatherEnd.Change(s_gatherTime, Timeout.InfiniteTimeSpan);
                }
            }

            ArrayPool<byte>.Shared.Return(batch.Array!);
            done?.TrySetResult();
            if (!more)
            {
                return;
            }

            if (oneBatch)
            {
                RunOnPool();
                return;
            }
        }
    }
}
