using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Threading;
using System.Threading.Tasks;

namespace PSSockets.Engine.Transport;

/// <summary>
/// The messages of many peers, in the order of their arrival, bounded by number and bytes. Who adds to a full queue waits until it is
/// half empty, and reads nothing meanwhile; or finds no room for what nobody can wait with. Safe for use by many threads.
/// </summary>
internal sealed class MessageQueue
{
    private readonly object _gate = new();
    private readonly Queue<SocketMessage> _messages = new();
    private readonly int _maxMessages;
    private readonly long _maxBytes;
    private SocketMessage? _putBack;
    private bool _isHeld;
    private long _bytes;
    private bool _completed;
    private TaskCompletionSource? _arrived;
    private TaskCompletionSource? _drained;

    public MessageQueue(int maxMessages, long maxBytes)
    {
        _maxMessages = maxMessages;
        _maxBytes = maxBytes;
    }

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return CountLocked();
            }
        }
    }

    /// <summary>True where a message of so many bytes would go over the limits.</summary>
    public bool IsFullFor(int byteCount)
    {
        lock (_gate)
        {
            return _completed || CountLocked() >= _maxMessages || _bytes + byteCount > _maxBytes;
        }
    }

    /// <summary>Adds a message.</summary>
    /// <returns>A task that completes when there is room for the next one.</returns>
    public Task Add(SocketMessage message)
    {
        TaskCompletionSource? arrived;
        Task room = Task.CompletedTask;
        lock (_gate)
        {
            _messages.Enqueue(message);
            _bytes += message.Bytes.Length;
            arrived = _arrived;
            _arrived = null;
            if (_messages.Count >= _maxMessages || _bytes >= _maxBytes)
            {
                room = (_drained ??= NewSource()).Task;
            }
        }

        arrived?.TrySetResult();
        return room;
    }

    /// <summary>Takes the next message; an error that stands before it is left to <see cref="TryTakeFailure"/>.</summary>
    /// <param name="message">The message.</param>
    /// <param name="hold">
    /// Takes it on trial: nobody gets the ones behind it before <see cref="Release"/> says what became of it.
    /// </param>
    public bool TryTake([NotNullWhen(true)] out SocketMessage? message, bool hold = false)
    {
        TaskCompletionSource? drained = null;
        lock (_gate)
        {
            if (_isHeld || !TryDequeueLocked(out message))
            {
                message = null;
                return false;
            }

            _isHeld = hold;
            _bytes -= message.Bytes.Length;
            if (_drained is not null && _messages.Count <= _maxMessages / 2 && _bytes <= _maxBytes / 2)
            {
                drained = _drained;
                _drained = null;
            }
        }

        drained?.TrySetResult();
        return true;
    }

    /// <summary>Takes the error that stands first.</summary>
    public bool TryTakeFailure([NotNullWhen(true)] out Exception? failure)
    {
        lock (_gate)
        {
            failure = !_isHeld && _putBack is null && _messages.TryPeek(out SocketMessage? first) ? first.Failure : null;
            if (failure is not null)
            {
                _messages.Dequeue();
            }

            return failure is not null;
        }
    }

    /// <summary>Says what became of a message that was taken on trial.</summary>
    /// <param name="putBack">The message, where nobody wanted it: it is the next one again. Null where it was dealt with.</param>
    public void Release(SocketMessage? putBack)
    {
        TaskCompletionSource? arrived;
        lock (_gate)
        {
            _isHeld = false;
            _putBack = putBack;
            _bytes += putBack?.Bytes.Length ?? 0;
            arrived = _arrived;
            _arrived = null;
        }

        arrived?.TrySetResult();
    }

    /// <summary>Waits for a message.</summary>
    /// <returns>False where the queue is empty and no more will come.</returns>
    public async ValueTask<bool> WaitAsync(CancellationToken cancellationToken)
    {
        Task arrived;
        lock (_gate)
        {
            if (!_isHeld && (CountLocked() > 0 || _completed))
            {
                return CountLocked() > 0;
            }

            arrived = (_arrived ??= NewSource()).Task;
        }

        await arrived.WaitAsync(cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <summary>No more will come; what is there can still be taken.</summary>
    public void Complete()
    {
        TaskCompletionSource? arrived;
        TaskCompletionSource? drained;
        lock (_gate)
        {
            _completed = true;
            arrived = _arrived;
            drained = _drained;
            _arrived = _drained = null;
        }

        arrived?.TrySetResult();
        drained?.TrySetResult();
    }

    private bool TryDequeueLocked([NotNullWhen(true)] out SocketMessage? message)
    {
        if (_putBack is not null)
        {
            message = _putBack;
            _putBack = null;
            return true;
        }

        return _messages.TryPeek(out message) && message.Failure is null && _messages.TryDequeue(out message);
    }

    private int CountLocked() => _messages.Count + (_putBack is null ? 0 : 1);

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
