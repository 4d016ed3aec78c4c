using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Threading;
using System.Threading.Tasks;

namespace PSSockets.Engine.Servers;

/// <summary>
/// A fixed number of threads, each with a handler of its own, that run what is ready in turn. Handlers may block: the threads are
/// theirs, not the process's pool. Threads beyond the first start when there is work for them.
/// </summary>
internal sealed class WorkerPool
{
    /// <summary>How long a worker without work looks for some before it goes to sleep.</summary>
    private static readonly TimeSpan s_fetchLimit = TimeSpan.FromMilliseconds(5);

    /// <summary>While work lasts, the time between two looks for more; and how long what one has fetched may wait for it alone: 0.1 ms.</summary>
    private static readonly long s_fetchInterval = Stopwatch.Frequency / 10_000;

    /// <summary>Where the last worker has gone and no handler can be made, the time between two tries.</summary>
    private static readonly TimeSpan s_retryInterval = TimeSpan.FromSeconds(1);

    [ThreadStatic]
    private static Worker? s_current;

    private readonly object _gate = new();
    private readonly Queue<Action> _ready = new();
    private readonly List<Worker> _workers = [];
    private readonly Func<IMessageHandler> _createHandler;
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Action<Exception> _onError;
    private readonly Fetcher? _fetch;
    private readonly Action? _endFetch;
    private readonly string _name;
    private readonly int _size;
    private long _fetchedAt;
    private int _idle;
    private int _fetching;
    private int _running;
    private bool _waking;
    private bool _stopping;

    /// <summary>Creates the pool.</summary>
    /// <param name="name">For the threads' names.</param>
    /// <param name="size">How many threads there are at the most.</param>
    /// <param name="createHandler">Makes a worker's handler, on its thread.</param>
    /// <param name="onError">Told what goes wrong with a worker other than the first.</param>
    /// <param name="fetch">Fetches work for the worker that calls it, for which no other is woken unless it takes long.</param>
    /// <param name="endFetch">Ends a wait of <paramref name="fetch"/>, where it has other ways to end than its limit.</param>
    public WorkerPool(string name, int size, Func<IMessageHandler> createHandler, Action<Exception> onError, Fetcher? fetch = null, Action? endFetch = null)
    {
        _endFetch = endFetch;
        _fetch = fetch;
        _onError = onError;
        _name = name;
        _size = size;
        _createHandler = createHandler;
    }

    /// <summary>Fetches work for the worker that calls it.</summary>
    /// <param name="limit">How long to wait for it.</param>
    /// <param name="work">What this worker is to do now; null where what was fetched is ready for every worker.</param>
    /// <returns>False where there was nothing.</returns>
    internal delegate bool Fetcher(TimeSpan limit, out Action? work);

    /// <summary>The handler of the worker that this thread is.</summary>
    public static IMessageHandler Current => s_current?.Handler ?? throw new InvalidOperationException("This thread is no worker.");

    /// <summary>True on a thread of this pool, where waiting for the pool would never end.</summary>
    public bool IsWorker => ReferenceEquals(s_current?.Pool, this);

    /// <summary>Starts the first worker and waits until its handler stands, so that its errors come to who starts the server.</summary>
    public void Start(CancellationToken cancellationToken = default)
    {
        // Never disposed: where the wait is cancelled, the worker sets it later.
        ManualResetEventSlim ready = new();
        ExceptionDispatchInfo? failure = null;
        lock (_gate)
        {
            StartThread(exception =>
            {
                failure = exception is null ? null : ExceptionDispatchInfo.Capture(exception);
                ready.Set();
            });
        }

        try
        {
            ready.Wait(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            _ = StopAsync();
            throw;
        }

        failure?.Throw();
    }

    /// <summary>Continues an asynchronous method on a worker, behind all that is ready already.</summary>
    public WorkerSwitch SwitchToWorker() => new(this);

    /// <summary>Lets the workers finish what is ready and ends them. Completes when the last has gone.</summary>
    public Task StopAsync()
    {
        lock (_gate)
        {
            _stopping = true;
            Monitor.PulseAll(_gate);
            if (_running == 0)
            {
                _stopped.TrySetResult();
            }
        }

        return _stopped.Task;
    }

    /// <summary>Ends the handler calls that are under way now; those that this leads to are not touched.</summary>
    public void Interrupt()
    {
        long now = Stopwatch.GetTimestamp();
        Worker[] workers;
        lock (_gate)
        {
            workers = [.. _workers];
        }

        foreach (Worker worker in workers)
        {
            if (worker.BusySince is > 0 and long since && since <= now)
            {
                worker.Handler.Interrupt();
            }
        }
    }

    /// <summary>Has something done by a worker, behind all that is ready already.</summary>
    public void Enqueue(Action work)
    {
        lock (_gate)
        {
            _ready.Enqueue(work);
            if (_fetch is null || !IsWorker)
            {
                WakeOne();
            }
        }
    }

    /// <summary>Has a worker come for what is ready, where one is idle.</summary>
    public void Wake()
    {
        lock (_gate)
        {
            if (_ready.Count > 0)
            {
                WakeOne();
            }
        }
    }

    /// <summary>
    /// Has one more worker come. One at a time: the one that comes wakes the next where there is more, so that a short burst does not
    /// rouse them all for work that the first has done before they arrive.
    /// </summary>
    private void WakeOne()
    {
        if (_idle > 0)
        {
            if (!_waking)
            {
                _waking = true;
                Monitor.Pulse(_gate);
            }
        }
        else if (_fetching > 0 && _endFetch is not null)
        {
            _endFetch();
        }
        else if (_running < _size && !_stopping)
        {
            StartThread(null);
        }
    }

    private void StartThread(Action<Exception?>? report, TimeSpan delay = default)
    {
        _running++;
        Thread thread = new(() => Run(report, delay)) { IsBackground = true, Name = $"{_name} worker {_running}" };
        thread.Start();
    }

    private void Run(Action<Exception?>? report, TimeSpan delay)
    {
        Worker? worker = null;
        try
        {
            Thread.Sleep(delay);
            worker = new Worker(this, _createHandler());
            s_current = worker;
            lock (_gate)
            {
                _workers.Add(worker);
            }

            report?.Invoke(null);
            report = null;
            while (worker.Handler.Run(RunReady))
            {
            }
        }
        catch (OperationCanceledException) when (report is null)
        {
            // The server stops: a handler that was being made is not needed any more.
        }
        catch (Exception exception)
        {
            // The first worker's error is its starter's; a later one's is the server's, whose other workers go on.
            (report ?? _onError).Invoke(exception);
        }
        finally
        {
            s_current = null;
            End(worker);
        }
    }

    private void End(Worker? worker)
    {
        lock (_gate)
        {
            _workers.Remove(worker!);
        }

        try
        {
            worker?.Handler.Dispose();
        }
        catch (Exception exception)
        {
            _onError(exception);
        }

        lock (_gate)
        {
            // Where it has failed another takes its place as soon as there is work.
            if (--_running > 0)
            {
                return;
            }

            if (_stopping)
            {
                _stopped.TrySetResult();
            }
            else if (_ready.Count > 0)
            {
                StartThread(null, worker is null ? s_retryInterval : TimeSpan.Zero);
            }
        }
    }

    /// <summary>Runs what is ready until the pool stops (false) or the handler wants its surroundings anew (true).</summary>
    private bool RunReady()
    {
        Worker worker = s_current!;
        while (TryTake(out Action? work, out bool isFetched))
        {
            worker.BusySince = Stopwatch.GetTimestamp();
            work();
            worker.BusySince = 0;
            if (!isFetched && IsFetchDue())
            {
                // One worker does not keep up: it leaves nothing unread, and another comes for what it has not got to.
                if (Fetch(TimeSpan.Zero, out work) && work is not null)
                {
                    Enqueue(work);
                }

                Wake();
            }

            if (worker.Handler.IsLoopBroken)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Takes the next work, and waits for it.</summary>
    /// <param name="work">The work.</param>
    /// <param name="isFetched">True where it was fetched for this worker, which has then left nothing to others.</param>
    /// <returns>False where the pool stops.</returns>
    private bool TryTake([NotNullWhen(true)] out Action? work, out bool isFetched)
    {
        isFetched = false;
        bool hasLooked = _fetch is null;
        while (true)
        {
            lock (_gate)
            {
                if (_ready.TryDequeue(out work))
                {
                    if (_ready.Count > 0 && (_fetch is null || IsFetchDue()))
                    {
                        WakeOne();
                    }

                    return true;
                }

                if (_stopping)
                {
                    return false;
                }

                if (hasLooked)
                {
                    _idle++;
                    Monitor.Wait(_gate);
                    _idle--;
                    _waking = false;
                    hasLooked = _fetch is null;
                    continue;
                }

                Interlocked.Increment(ref _fetching);
            }

            try
            {
                hasLooked = !Fetch(s_fetchLimit, out work);
            }
            finally
            {
                Interlocked.Decrement(ref _fetching);
            }

            if (work is not null)
            {
                return isFetched = true;
            }
        }
    }

    private bool IsFetchDue() => _fetch is not null && Stopwatch.GetTimestamp() - Volatile.Read(ref _fetchedAt) > s_fetchInterval;

    private bool Fetch(TimeSpan limit, out Action? work)
    {
        if (!_fetch!(limit, out work))
        {
            return false;
        }

        if (work is null)
        {
            Volatile.Write(ref _fetchedAt, Stopwatch.GetTimestamp());
        }

        return true;
    }

    /// <summary>One of the threads.</summary>
    private sealed class Worker(WorkerPool pool, IMessageHandler handler)
    {
        private long _busySince;

        public WorkerPool Pool { get; } = pool;

        public IMessageHandler Handler { get; } = handler;

        /// <summary>When the work that it is at began, as a time stamp; 0 where it waits.</summary>
        public long BusySince
        {
            get => Volatile.Read(ref _busySince);
            set => Volatile.Write(ref _busySince, value);
        }
    }

    /// <summary>Awaited, it continues on a worker thread.</summary>
    internal readonly struct WorkerSwitch : ICriticalNotifyCompletion
    {
        private readonly WorkerPool _pool;

        public WorkerSwitch(WorkerPool pool)
        {
            _pool = pool;
        }

        public bool IsCompleted => false;

        public WorkerSwitch GetAwaiter() => this;

        public void GetResult()
        {
        }

        public void OnCompleted(Action continuation) => _pool.Enqueue(continuation);

        public void UnsafeOnCompleted(Action continuation) => _pool.Enqueue(continuation);
    }
}
