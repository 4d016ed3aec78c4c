using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.Transport;

namespace PSSockets.Engine.Chat;

/// <summary>
/// Gives the messages of a chat to those who read them, each from a bounded queue of its own: where a reader is too slow its oldest
/// messages are dropped and counted. Safe for use by many threads.
/// </summary>
internal sealed class ChatFeed
{
    private readonly object _gate = new();
    private readonly int _limit;
    private Reader[] _readers = [];
    private long _dropped;
    private bool _completed;

    /// <summary>Creates a feed.</summary>
    /// <param name="limit">How many messages wait for a reader at the most.</param>
    public ChatFeed(int limit)
    {
        _limit = limit;
    }

    /// <summary>How many messages were dropped in all.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>Begins reading; what comes from now on.</summary>
    public IMessageReader OpenReader()
    {
        lock (_gate)
        {
            Reader reader = new(this) { IsCompleted = _completed };
            _readers = [.. _readers, reader];
            return reader;
        }
    }

    /// <summary>Adds a message; never waits.</summary>
    public void Add(ChatMessage message)
    {
        foreach (Reader reader in Volatile.Read(ref _readers))
        {
            reader.Add(message);
        }
    }

    /// <summary>No more will come; what waits can still be taken.</summary>
    public void Complete()
    {
        Reader[] readers;
        lock (_gate)
        {
            _completed = true;
            readers = _readers;
        }

        foreach (Reader reader in readers)
        {
            reader.Complete();
        }
    }

    private void Remove(Reader reader)
    {
        lock (_gate)
        {
            _readers = Array.FindAll(_readers, other => other != reader);
        }
    }

    private sealed class Reader(ChatFeed feed) : IMessageReader
    {
        private readonly Queue<ChatMessage> _messages = new();
        private TaskCompletionSource? _arrived;

        public bool IsCompleted { get; set; }

        public void Add(ChatMessage message)
        {
            TaskCompletionSource? arrived;
            lock (_messages)
            {
                if (_messages.Count >= feed._limit)
                {
                    _messages.Dequeue();
                    Interlocked.Increment(ref feed._dropped);
                }

                _messages.Enqueue(message);
                arrived = _arrived;
                _arrived = null;
            }

            arrived?.TrySetResult();
        }

        public void Complete()
        {
            TaskCompletionSource? arrived;
            lock (_messages)
            {
                IsCompleted = true;
                arrived = _arrived;
                _arrived = null;
            }

            arrived?.TrySetResult();
        }

        public bool TryRead([NotNullWhen(true)] out object? message)
        {
            lock (_messages)
            {
                bool isRead = _messages.TryDequeue(out ChatMessage? next);
                message = next;
                return isRead;
            }
        }

        public async ValueTask<bool> WaitAsync(CancellationToken cancellationToken)
        {
            Task arrived;
            lock (_messages)
            {
                if (_messages.Count > 0 || IsCompleted)
                {
                    return _messages.Count > 0;
                }

                arrived = (_arrived ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }

            await arrived.WaitAsync(cancellationToken).ConfigureAwait(false);
            lock (_messages)
            {
                return _messages.Count > 0;
            }
        }

        public void Dispose() => feed.Remove(this);
    }
}
