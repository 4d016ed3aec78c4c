using System;
using System.Collections.Concurrent;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.Servers;
using PSSockets.Engine.Tests.Support;
using Xunit;

namespace PSSockets.Engine.Tests.Servers;

public sealed class WorkerPoolTests
{
    private readonly ConcurrentQueue<Exception?> _errors = new();

    [Fact]
    public async Task Two_that_become_ready_together_run_together()
    {
        for (int i = 0; i < 200; i++)
        {
            // One worker sleeps, the other has not been started yet.
            WorkerPool pool = Create(2, () => new TestHandler());
            pool.Start();
            Assert.True(await DoAsync(pool).Within());
            Thread.SpinWait(20_000);

            // Each waits for the other: with both on one worker neither would end.
            using Barrier barrier = new(2);
            Task<bool> first = MeetAsync(pool, barrier);
            Task<bool> second = MeetAsync(pool, barrier);
            Assert.True(await first.Within());
            Assert.True(await second.Within());
            await pool.StopAsync().Within();
        }
    }

    [Fact]
    public async Task What_is_ready_when_the_pool_stops_still_runs()
    {
        WorkerPool pool = Create(1, () => new TestHandler());
        pool.Start();
        int ran = 0;
        Task[] work = new Task[100];
        for (int i = 0; i < work.Length; i++)
        {
            work[i] = RunAsync();
        }

        await pool.StopAsync().Within();
        await Task.WhenAll(work).Within();
        Assert.Equal(100, ran);

        async Task RunAsync()
        {
            await pool.SwitchToWorker();
            ran++;
        }
    }

    [Fact]
    public void A_first_handler_that_cannot_be_made_is_the_starters_error()
    {
        WorkerPool pool = Create(2, () => throw new InvalidOperationException("no handler"));
        Assert.Equal("no handler", Assert.Throws<InvalidOperationException>(() => pool.Start()).Message);
        Assert.Empty(_errors);
    }

    [Fact]
    public async Task A_later_handler_that_cannot_be_made_is_reported_and_the_first_does_the_work()
    {
        int made = 0;
        WorkerPool pool = Create(4, () => Interlocked.Increment(ref made) == 1 ? new TestHandler() : throw new InvalidOperationException("no handler"));
        pool.Start();
        using Barrier barrier = new(2);
        Task<bool> held = MeetAsync(pool, barrier);
        Task<bool>[] more = [.. Enumerable.Range(0, 10).Select(_ => DoAsync(pool))];
        await Limit.UntilAsync(() => !_errors.IsEmpty, "the error is reported");
        Assert.True(barrier.SignalAndWait(Limit.Default));
        Assert.True(await held.Within());
        await Task.WhenAll(more).Within();
        Assert.All(_errors, error => Assert.Equal("no handler", error!.Message));
        await pool.StopAsync().Within();
    }

    [Fact]
    public async Task A_handler_whose_end_fails_is_reported_and_the_pool_ends()
    {
        WorkerPool pool = Create(1, () => new TestHandler { Disposed = () => throw new InvalidOperationException("no end") });
        pool.Start();
        await pool.StopAsync().Within();
        Assert.Equal("no end", Assert.Single(_errors)!.Message);
    }

    [Fact]
    public async Task When_the_last_worker_dies_another_does_what_is_ready()
    {
        int made = 0;
        using ManualResetEventSlim go = new();
        WorkerPool pool = Create(1, () => Interlocked.Increment(ref made) switch
        {
            1 => new TestHandler { Surroundings = loop => go.Wait(Limit.Default) ? throw new InvalidOperationException("died") : false },
            2 => throw new InvalidOperationException("no handler"),
            _ => new TestHandler(),
        });
        pool.Start();
        Task<bool>[] work = [.. Enumerable.Range(0, 3).Select(_ => DoAsync(pool))];
        go.Set();
        Assert.All(await Task.WhenAll(work).Within(), Assert.True);
        Assert.Equal(["died", "no handler"], _errors.Select(error => error!.Message));
        await pool.StopAsync().Within();
    }

    [Fact]
    public async Task A_worker_that_dies_while_it_fetches_is_not_waited_for()
    {
        int fetched = 0;
        WorkerPool pool = new(
            "test",
            1,
            () => new TestHandler(),
            _errors.Enqueue,
            (TimeSpan _, out Action? work) =>
            {
                work = null;
                return Interlocked.Increment(ref fetched) == 1 ? throw new InvalidOperationException("no fetch") : false;
            },
            () => { });
        pool.Start();
        await Limit.UntilAsync(() => !_errors.IsEmpty, "the worker dies");
        Assert.True(await DoAsync(pool).Within());
        await pool.StopAsync().Within();
    }

    private static async Task<bool> MeetAsync(WorkerPool pool, Barrier barrier)
    {
        await pool.SwitchToWorker();
        return barrier.SignalAndWait(TimeSpan.FromSeconds(10));
    }

    private static async Task<bool> DoAsync(WorkerPool pool)
    {
        await pool.SwitchToWorker();
        return pool.IsWorker;
    }

    private WorkerPool Create(int size, Func<IMessageHandler> createHandler) => new("test", size, createHandler, _errors.Enqueue);
}
