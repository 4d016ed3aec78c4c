using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Threading;
using System.Threading.Tasks;

namespace PSSockets.Engine.Servers;

/// <summary>
/// A fixed number of threads, each with a handler of its own, that run what is ready in turn. Handlers may block: the threads are
/// theirs, not the process's pool. Threads beyond the first start when there is work for them.
/// </summary>
internal sealed partial class WorkerPool
{
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
