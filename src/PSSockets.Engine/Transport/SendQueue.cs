using System;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.Framing;

namespace PSSockets.Engine.Transport;

/// <summary>
/// The send side of a connection: messages are framed into one waiting buffer, and a single writer hands over all that waits in one
/// system call while the next messages gather. Posted texts wait behind that buffer as they are, and are framed by the writer, or by
/// whoever adds something behind them. Safe for use by many threads; a message is never torn apart by another.
/// </summary>
internal sealed partial class SendQueue
{
    /// <summary>Hands over what can be taken at once.</summary>
    public delegate int SpanWriter(ReadOnlySpan<byte> bytes);

    private readonly object _gate = new();
    private readonly Func<ReadOnlyMemory<byte>, ValueTask> _write;
    private readonly Func<Exception> _closed;
    private readonly bool _tracksFrames;
    private SendBuffer _waiting;
    private PostedTexts? _posted;

    private long _messageCount;
    private int _inFlight;
    private bool _writing;
    private bool _completed;
    private Exception? _failure;

    // Completes when what waits now has been handed to the system; made only where somebody asks for it.
    private TaskCompletionSource? _waitingDone;
    private TaskCompletionSource? _inFlightDone;

    /// <summary>Creates the queue.</summary>
    /// <param name="write">Hands bytes to the system; never called twice at a time.</param>
    /// <param name="closed">Makes the error for a message that comes after the end.</param>
    /// <param name="tracksFrames">Keeps the messages apart while they wait, so that the oldest can be dropped.</param>
    public SendQueue(Func<ReadOnlyMemory<byte>, ValueTask> write, Func<Exception> closed, bool tracksFrames)
    {
        _write = write;
        _closed = closed;
        _tracksFrames = tracksFrames;
        _waiting = new SendBuffer(tracksFrames);
    }

    /// <summary>How many messages were added.</summary>
    public long MessageCount => Volatile.Read(ref _messageCount);

    /// <summary>The bytes that the system has not taken yet.</summary>
    public int QueuedBytes
    {
        get
        {
            lock (_gate)
            {
                EncodePostedLocked();
                return _waiting.Length + _inFlight;
            }
        }
    }

    /// <summary>True while the system has bytes to take, or has just refused them.</summary>
    public bool IsWriting
    {
        get
        {
            lock (_gate)
            {
                return _inFlight > 0;
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
                return _waiting.Capacity;
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
            AppendLocked(encoder, payload, omitTrailer);
        }
    }

    /// <summary>Adds a message given as text, encoded straight into the buffer.</summary>
    public void Append(FrameEncoder? encoder, ReadOnlySpan<char> text, Encoding encoding, bool omitTrailer)
    {
        lock (_gate)
        {
            AppendLocked(encoder, text, encoding, omitTrailer);
        }
    }

    /// <summary>
    /// Adds a message and has it written by another thread, where fewer than <paramref name="limit"/> bytes wait. A lone message leaves at
    /// once; those that follow on its heels gather for a moment and leave together.
    /// </summary>
    /// <returns>False where there is no room; the message was not added.</returns>
    public bool TryPost(FrameEncoder? encoder, ReadOnlySpan<byte> payload, bool omitTrailer, int limit)
    {
        bool start;
        lock (_gate)
        {
            if (IsFull(limit))
            {
                return false;
            }

            AppendLocked(encoder, payload, omitTrailer);
            start = ShouldWriteLocked();
        }

        WritePosted(start);
        return true;
    }

    /// <inheritdoc cref="TryPost(FrameEncoder?, ReadOnlySpan{byte}, bool, int)"/>
    public bool TryPost(FrameEncoder encoder, string text, Encoding encoding, bool omitTrailer, int limit)
    {
        bool start;
        lock (_gate)
        {
            if (IsFull(limit))
            {
                return false;
            }

            if (_posted is null && !_tracksFrames && PostedTexts.CanDefer(encoder, encoding))
            {
                _posted = new PostedTexts(encoder, encoding);
            }

            if (_posted is null || omitTrailer)
            {
                AppendLocked(encoder, text, encoding, omitTrailer);
            }
            else
            {
                ThrowIfClosedLocked();
                if (_posted.IsFull)
                {
                    // The writer is busy with what came before.
                    EncodePostedLocked();
                }

                _posted.Add(text);
                _messageCount++;
            }

            start = ShouldWriteLocked();
        }

        WritePosted(start);
        return true;
    }

    /// <summary>
    /// Hands bytes that many queues share to the system without copying them, where nothing waits before them; what the system does not
    /// take at once waits here as usual.
    /// </summary>
    /// <param name="bytes">The bytes, as they go out.</param>
    /// <param name="messageCount">How many messages they are.</param>
    /// <param name="tryWrite">Hands over what the system takes at once, and says how much that was.</param>
    /// <returns>True where all of it has gone; else <see cref="FlushAsync"/> says when.</returns>
    public bool WriteThrough(ReadOnlySpan<byte> bytes, int messageCount, SpanWriter tryWrite)
    {
        // Under the lock, so that nothing gets between the two parts; the call does not wait, and others seldom send here.
        lock (_gate)
        {
            ThrowIfClosedLocked();
            _messageCount += messageCount;
            int written = _writing || HasWaitingLocked ? 0 : tryWrite(bytes);
            if (written == bytes.Length)
            {
                return true;
            }

            EncodePostedLocked();
            _waiting.AppendRest(bytes[written..]);
            return false;
        }
    }

    /// <summary>Drops the oldest waiting messages until <paramref name="byteCount"/> more bytes fit under the limit.</summary>
    /// <returns>How many messages were dropped.</returns>
    public int DropOldest(int byteCount, int limit)
    {
        lock (_gate)
        {
            return _waiting.DropOldest(_waiting.Length + _inFlight + byteCount - limit);
        }
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

            if (HasWaitingLocked)
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
                if (!IsFull(limit))
                {
                    return;
                }

                done = (_inFlight > 0 ? _inFlightDone ??= NewSource() : _waitingDone ??= NewSource()).Task;
            }

            Start();
            await done.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Takes no more messages; what waits still goes out.</summary>
    public void Complete()
    {
        lock (_gate)
        {
            _completed = true;
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
            _waiting.Release();
            PostedTexts.Drop(_posted?.Take() ?? []);
            _gatherEnd?.Dispose();
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

    private bool HasWaitingLocked => _waiting.Length > 0 || _posted is { Any: true };

    private bool IsFull(int limit) => _failure is null && _waiting.Length + (_posted?.Length ?? 0) + _inFlight >= limit;

    private void ThrowIfClosedLocked()
    {
        if (_completed || _failure is not null)
        {
            throw _closed();
        }
    }

    private void AppendLocked(FrameEncoder? encoder, ReadOnlySpan<byte> payload, bool omitTrailer)
    {
        ThrowIfClosedLocked();
        EncodePostedLocked();
        _waiting.Append(encoder, payload, omitTrailer);
        _messageCount++;
    }

    private void AppendLocked(FrameEncoder? encoder, ReadOnlySpan<char> text, Encoding encoding, bool omitTrailer)
    {
        ThrowIfClosedLocked();
        EncodePostedLocked();
        _waiting.Append(encoder, text, encoding, omitTrailer);
        _messageCount++;
    }

    private void EncodePostedLocked()
    {
        if (_posted is { Any: true })
        {
            _posted.Encode(_posted.Take(), _waiting);
        }
    }
}
