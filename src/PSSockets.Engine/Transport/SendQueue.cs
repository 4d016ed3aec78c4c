using System;
using System.Buffers;
using System.Collections.Generic;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.Framing;

namespace PSSockets.Engine.Transport;

/// <summary>
/// The send side of a connection: messages are framed into one waiting buffer, and a single writer hands over all that waits in one
/// system call while the next messages gather. Safe for use by many threads; a message is never torn apart by another.
/// </summary>
internal sealed class SendQueue
{
    private readonly object _gate = new();
    private readonly Func<ReadOnlyMemory<byte>, ValueTask> _write;
    private readonly Queue<int> _frameLengths = new();

    private byte[]? _waiting;
    private int _start;
    private int _end;
    private int _inFlight;
    private bool _writing;
    private Exception? _failure;

    // Completes when what waits now has been handed to the system; made only where somebody asks for it.
    private TaskCompletionSource? _waitingDone;
    private TaskCompletionSource? _inFlightDone;

    /// <summary>Creates the queue above a write that is never called twice at a time.</summary>
    public SendQueue(Func<ReadOnlyMemory<byte>, ValueTask> write)
    {
        _write = write;
    }

    /// <summary>Keeps the messages apart while they wait, so that the oldest can be dropped.</summary>
    public bool TracksFrames { get; init; }

    /// <summary>The bytes that the system has not taken yet.</summary>
    public int QueuedBytes
    {
        get
        {
            lock (_gate)
            {
                return _end - _start + _inFlight;
            }
        }
    }

    /// <summary>The memory held for what waits.</summary>
    public int Capacity
    {
        get
        {
            lock (_gate)
            {
                return _waiting?.Length ?? 0;
            }
        }
    }

    /// <summary>Adds a message; nothing is sent before <see cref="Start"/> or <see cref="FlushAsync"/>.</summary>
    /// <param name="encoder">Frames the message; null for bytes that go out as they are.</param>
    /// <param name="payload">The message.</param>
    /// <param name="omitTrailer">Leaves out what ends the message.</param>
    public void Append(FrameEncoder? encoder, ReadOnlySpan<byte> payload, bool omitTrailer)
    {
        lock (_gate)
        {
            Span<byte> target = BeginFrame(encoder, payload.Length, omitTrailer, out int length);
            payload.CopyTo(target);
            EndFrame(encoder, target[payload.Length..], omitTrailer, length);
        }
    }

    /// <summary>Adds a message given as text, encoded straight into the buffer.</summary>
    public void Append(FrameEncoder? encoder, ReadOnlySpan<char> text, Encoding encoding, bool omitTrailer)
    {
        int byteCount = encoding.GetByteCount(text);
        lock (_gate)
        {
            Span<byte> target = BeginFrame(encoder, byteCount, omitTrailer, out int length);
            encoding.GetBytes(text, target);
            EndFrame(encoder, target[byteCount..], omitTrailer, length);
        }
    }

    /// <summary>Drops the oldest waiting messages until <paramref name="byteCount"/> more bytes fit under the limit.</summary>
    /// <returns>How many messages were dropped.</returns>
    public int DropOldest(int byteCount, int limit)
    {
        int dropped = 0;
        lock (_gate)
        {
            while (_end - _start + _inFlight + byteCount > limit && _frameLengths.TryDequeue(out int length))
            {
                _start += length;
                dropped++;
            }
        }

        return dropped;
    }

    /// <summary>Has what waits written by another thread, at once.</summary>
    public void Start()
    {
        if (TryBecomeWriter())
        {
            RunOnPool();
        }
    }

    /// <summary>Writes what waits; the first system call is made by the caller itself, and never waits.</summary>
    public void WriteNow()
    {
        if (TryBecomeWriter())
        {
            _ = WriteAsync(oneBatch: true);
        }
    }

    /// <summary>
    /// Hands over what waits and completes when that is done; the first system call is made by the caller itself. Cancelling ends the
    /// wait only: the data stays queued and goes out when the peer takes it.
    /// </summary>
    public Task FlushAsync(CancellationToken cancellationToken)
    {
        WriteNow();
        lock (_gate)
        {
            if (_failure is not null)
            {
                return Task.FromException(_failure);
            }

            if (_start < _end)
            {
                _waitingDone ??= NewSource();
                return _waitingDone.Task.WaitAsync(cancellationToken);
            }

            return _writing ? (_inFlightDone ??= NewSource()).Task.WaitAsync(cancellationToken) : Task.CompletedTask;
        }
    }

    /// <summary>Completes when fewer than <paramref name="limit"/> bytes wait.</summary>
    public async ValueTask WaitForRoomAsync(int limit, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task done;
            lock (_gate)
            {
                if (_failure is not null || _end - _start + _inFlight < limit)
                {
                    return;
                }

                done = (_inFlight > 0 ? _inFlightDone ??= NewSource() : _waitingDone ??= NewSource()).Task;
            }

            Start();
            await done.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Ends the queue: what waits is dropped, who waits and who comes later gets the error.</summary>
    public void Fail(Exception failure)
    {
        TaskCompletionSource? waitingDone;
        TaskCompletionSource? inFlightDone;
        lock (_gate)
        {
            if (_failure is not null)
            {
                return;
            }

            _failure = failure;
            _inFlight = 0;
            ReleaseWaiting();
            _frameLengths.Clear();
            waitingDone = _waitingDone;
            inFlightDone = _inFlightDone;
            _waitingDone = _inFlightDone = null;
        }

        waitingDone?.TrySetException(failure);
        inFlightDone?.TrySetException(failure);
    }

    // An exception nobody waits for is no news: the connection keeps it.
    private static TaskCompletionSource NewSource()
    {
        TaskCompletionSource source = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _ = source.Task.ContinueWith(
            static task => task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        return source;
    }

    private bool TryBecomeWriter()
    {
        lock (_gate)
        {
            return !_writing && _failure is null && _start < _end && (_writing = true);
        }
    }

    private void RunOnPool()
        => ThreadPool.UnsafeQueueUserWorkItem(static queue => _ = queue.WriteAsync(oneBatch: false), this, preferLocal: false);

    /// <summary>The writer; never throws. With <paramref name="oneBatch"/> what gathers meanwhile is left to another thread.</summary>
    private async Task WriteAsync(bool oneBatch)
    {
        while (true)
        {
            byte[] batch;
            int start;
            int count;
            lock (_gate)
            {
                if (_start == _end || _failure is not null)
                {
                    // All that waited was dropped; who waited for it to leave need not wait on, nor who came since.
                    _writing = false;
                    _waitingDone?.TrySetResult();
                    _inFlightDone?.TrySetResult();
                    _waitingDone = _inFlightDone = null;
                    return;
                }

                batch = _waiting!;
                start = _start;
                count = _inFlight = _end - _start;
                _inFlightDone = _waitingDone;
                _waitingDone = null;
                _waiting = null;
                _start = _end = 0;
                _frameLengths.Clear();
            }

            try
            {
                await _write(batch.AsMemory(start, count)).ConfigureAwait(false);
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
                _inFlight = 0;
                done = _inFlightDone;
                _inFlightDone = null;
                more = _start < _end && _failure is null;
                _writing = more;
            }

            ArrayPool<byte>.Shared.Return(batch);
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

    private Span<byte> BeginFrame(FrameEncoder? encoder, int payloadLength, bool omitTrailer, out int length)
    {
        if (_failure is not null)
        {
            throw _failure;
        }

        Span<byte> header = stackalloc byte[FrameEncoder.MaxHeaderLength];
        int headerLength = encoder?.WriteHeader(payloadLength, header) ?? 0;
        int trailerLength = encoder is null || omitTrailer ? 0 : encoder.Trailer.Length;
        length = checked(headerLength + payloadLength + trailerLength);
        EnsureRoom(length);
        header[..headerLength].CopyTo(_waiting.AsSpan(_end));
        return _waiting.AsSpan(_end + headerLength, payloadLength + trailerLength);
    }

    private void EndFrame(FrameEncoder? encoder, Span<byte> trailer, bool omitTrailer, int length)
    {
        if (encoder is not null && !omitTrailer)
        {
            encoder.Trailer.CopyTo(trailer);
        }

        _end += length;
        if (TracksFrames)
        {
            _frameLengths.Enqueue(length);
        }
    }

    private void EnsureRoom(int length)
    {
        if (_waiting is null)
        {
            _waiting = ArrayPool<byte>.Shared.Rent(Math.Max(length, 512));
            _start = _end = 0;
        }
        else if (_waiting.Length - _end < length)
        {
            // Where dropped messages have left half of the array free, what waits moves to its front; else into a larger one.
            int used = _end - _start;
            long needed = (long)used + length;
            byte[] target = needed <= _waiting.Length / 2
                ? _waiting
                : ArrayPool<byte>.Shared.Rent((int)Math.Min(Math.Max(_waiting.Length * 2L, needed), Array.MaxLength));
            _waiting.AsSpan(_start, used).CopyTo(target);
            if (!ReferenceEquals(target, _waiting))
            {
                ArrayPool<byte>.Shared.Return(_waiting);
                _waiting = target;
            }

            _start = 0;
            _end = used;
        }
    }

    private void ReleaseWaiting()
    {
        if (_waiting is { } array)
        {
            _waiting = null;
            _start = _end = 0;
            ArrayPool<byte>.Shared.Return(array);
        }
    }
}
