using System;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Threading;

namespace PSSockets.Engine.Servers;

/// <content>What a worker's thread does from its start to its end.</content>
internal sealed partial class WorkerPool
{
    /// <summary>How long a worker without work looks for some before it goes to sleep.</summary>
    private static readonly TimeSpan s_fetchLimit = TimeSpan.FromMilliseconds(5);

    /// <summary>While work lasts, the time between two looks for more; and how long what one has fetched may wait for it alone: 0.1 ms.</summary>
    private static readonly long s_fetchInterval = Stopwatch.Frequency / 10_000;

    /// <summary>Where the last worker has gone and no handler can be made, the time between two tries.</summary>
    private static readonly TimeSpan s_retryInterval = TimeSpan.FromSeconds(1);

    private long _fetchedAt;

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
}
