using System;
using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using System.Threading.Tasks.Sources;

namespace PSSockets.Engine.Transport;

/// <summary>
/// Waits for many sockets at once until they are readable, on a thread of its own. Where there are workers that handle what is read and
/// keep up, the thread steps aside and they wait themselves, which saves the two changes of threads that .NET's own waiting has for each
/// message. Safe for use by many threads.
/// </summary>
internal sealed class ReadinessLoop : IDisposable
{
    private const int StackSize = 256 * 1024;

    /// <summary>Without a look by a worker for so long the thread waits again.</summary>
    private static readonly TimeSpan s_asideLimit = TimeSpan.FromMilliseconds(1);

    /// <summary>How long it then stays, in milliseconds: handlers that are slow once are slow twice.</summary>
    private const int StayTime = 100;

    private readonly ConcurrentDictionary<long, Waiter> _waiters = new();
    private readonly object _polling = new();
    private readonly Epoll _epoll;
    private readonly Action _onWorkersBusy;
    private readonly Thread _thread;
    private long _lastToken;
    private long _staysUntil;
    private volatile bool _closing;
    private volatile bool _isAside;
    private volatile int _looks;

    private ReadinessLoop(Epoll epoll, string name, Action onWorkersBusy)
    {
        _epoll = epoll;
        _onWorkersBusy = onWorkersBusy;
        _thread = new Thread(Run, StackSize) { IsBackground = true, Name = $"{name} readiness" };
    }

    /// <summary>Starts a loop; null where the system cannot, and sockets are to be waited for one by one.</summary>
    public static ReadinessLoop? TryStart(string name, Action onWorkersBusy)
    {
        if (Epoll.TryCreate() is not { } epoll)
        {
            return null;
        }

        ReadinessLoop loop = new(epoll, name, onWorkersBusy);
        loop._thread.Start();
        return loop;
    }

    /// <summary>Makes what waits for a socket.</summary>
    public Waiter Add(Socket socket) => new(this, socket.SafeHandle);

    /// <summary>Waits on a worker's thread, and completes the waits of what has become readable.</summary>
    /// <param name="limit">How long to wait at the most.</param>
    /// <param name="work">Always null: what follows a wait queues for a worker by itself.</param>
    /// <returns>False where there was nothing, or the loop's thread does it.</returns>
    public bool TryPoll(TimeSpan limit, out Action? work)
    {
        work = null;
        if (!_isAside || !Monitor.TryEnter(_polling))
        {
            return false;
        }

        try
        {
            bool any = _isAside && !_closing && Dispatch(limit);
            _looks++;
            return any;
        }
        finally
        {
            Monitor.Exit(_polling);
        }
    }

    /// <summary>Ends a worker's wait.</summary>
    public void Wake()
    {
        try
        {
            _epoll.Wake();
        }
        catch (ObjectDisposedException)
        {
            // Ended: nobody waits any more.
        }
    }

    /// <summary>Ends the thread. A socket that is waited for afterwards is told to be closed.</summary>
    public void Dispose()
    {
        _closing = true;
        Wake();
    }

    private void Run()
    {
        while (!_closing)
        {
            lock (_polling)
            {
                Dispatch(Timeout.Infinite);
            }

            if (Environment.TickCount64 >= _staysUntil && !_closing)
            {
                StepAside();
            }
        }

        lock (_polling)
        {
            _epoll.Dispose();
        }
    }

    /// <summary>Leaves the sockets to the workers for as long as they look after them.</summary>
    private void StepAside()
    {
        int first = _looks;
        int seen;
        _isAside = true;
        do
        {
            seen = _looks;
            Thread.Sleep(s_asideLimit);
        }
        while (!_closing && _looks != seen);

        _isAside = false;
        lock (_polling)
        {
            if (Dispatch(0) || seen == first)
            {
                // They are all at work, or little is going on.
                _staysUntil = Environment.TickCount64 + StayTime;
            }
        }

        // What a worker has taken for itself must not wait where its handler now takes long.
        _onWorkersBusy();
    }

    private bool Dispatch(TimeSpan limit)
    {
        BriefSpin spin = BriefSpin.Begin(limit);
        do
        {
            if (Dispatch(0))
            {
                return true;
            }
        }
        while (spin.Continue() && _isAside);

        return limit > TimeSpan.Zero && Dispatch((int)limit.TotalMilliseconds);
    }

    private bool Dispatch(int milliseconds)
    {
        Epoll.Tokens tokens = _epoll.Wait(milliseconds);
        for (int i = 0; i < tokens.Count; i++)
        {
            if (_waiters.TryGetValue(tokens[i], out Waiter? waiter))
            {
                waiter.Complete();
            }
        }

        return tokens.Count > 0;
    }

    /// <summary>Waits for one socket; one wait at a time.</summary>
    internal sealed class Waiter(ReadinessLoop loop, SafeSocketHandle socket) : IValueTaskSource
    {
        private readonly long _token = Interlocked.Increment(ref loop._lastToken);
        private ManualResetValueTaskSourceCore<bool> _source;
        private CancellationTokenRegistration _registration;
        private CancellationToken _cancellationToken;
        private int _isWaiting;
        private bool _isKnown;

        /// <summary>Completes when the socket has something to say, or is closed here.</summary>
        /// <param name="inline">True where what follows is short and may run on the thread that has noticed.</param>
        /// <param name="cancellationToken">Ends the wait.</param>
        /// <exception cref="ObjectDisposedException">The socket is closed.</exception>
        public ValueTask WaitAsync(bool inline, CancellationToken cancellationToken)
        {
            _source.Reset();
            _source.RunContinuationsAsynchronously = !inline;
            Volatile.Write(ref _isWaiting, 1);
            _cancellationToken = cancellationToken;
            _registration = cancellationToken.UnsafeRegister(static waiter => ((Waiter)waiter!).Cancel(), this);
            if (!_isKnown)
            {
                loop._waiters[_token] = this;
            }

            try
            {
                if (!loop._epoll.TryArm(socket, _token, _isKnown))
                {
                    throw new SocketException((int)SocketError.NoBufferSpaceAvailable);
                }

                _isKnown = true;
            }
            catch (Exception exception) when (exception is ObjectDisposedException or SocketException)
            {
                if (TryEnd())
                {
                    _source.SetException(exception);
                }
            }

            return new ValueTask(this, _source.Version);
        }

        /// <summary>Completes the wait, where there is one.</summary>
        public void Complete()
        {
            if (TryEnd())
            {
                _source.SetResult(true);
            }
        }

        /// <summary>Says that the socket was closed, and completes the wait.</summary>
        public void Close()
        {
            loop._waiters.TryRemove(_token, out _);
            Complete();
        }

        public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
            => _source.OnCompleted(continuation, state, token, flags);

        public void GetResult(short token)
        {
            _registration.Dispose();
            _ = _source.GetResult(token);
        }

        private void Cancel()
        {
            if (TryEnd())
            {
                _source.SetException(new OperationCanceledException(_cancellationToken));
            }
        }

        private bool TryEnd() => Interlocked.Exchange(ref _isWaiting, 0) == 1;
    }
}
