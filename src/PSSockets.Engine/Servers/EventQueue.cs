using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

namespace PSSockets.Engine.Servers;

/// <summary>
/// Raises the events of a server, or of a chat session, one after the other, apart from the threads that notice them. Bounded: where subscribers are slower than
/// events come, new ones are dropped and counted. Safe for use by many threads.
/// </summary>
internal sealed class EventQueue
{
    /// <summary>How long events wait for slow subscribers once the sender has ended.</summary>
    public static readonly TimeSpan LastEvents = TimeSpan.FromSeconds(5);

    /// <summary>How often subscribers that were full are asked again.</summary>
    private static readonly TimeSpan s_retryInterval = TimeSpan.FromMilliseconds(10);

    private readonly Queue<(Func<EventHandler<ServerEventArgs>?> Subscribers, ServerEventArgs Args)> _events = new();
    private readonly object _sender;
    private readonly int _limit;
    private readonly Func<EventHandler<ServerEventArgs>, object, ServerEventArgs, bool> _tryRaise;
    private readonly CancellationToken _end;
    private long _dropped;
    private bool _raising;

    /// <summary>Creates a queue.</summary>
    /// <param name="sender">Whose events these are.</param>
    /// <param name="limit">How many wait at the most.</param>
    /// <param name="tryRaise">Calls a subscriber, or says that it cannot take one more for now.</param>
    /// <param name="end">When cancelled, what waits for slow subscribers is dropped and counted.</param>
    public EventQueue(object sender, int limit, Func<EventHandler<ServerEventArgs>, object, ServerEventArgs, bool> tryRaise, CancellationToken end)
    {
        _end = end;
        _sender = sender;
        _limit = limit;
        _tryRaise = tryRaise;
    }

    /// <summary>How many events were dropped.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>Calls a subscriber, which can always take one more.</summary>
    public static bool Call(EventHandler<ServerEventArgs> subscriber, object sender, ServerEventArgs args)
    {
        subscriber(sender, args);
        return true;
    }

    /// <summary>Has an event raised; does nothing where nobody subscribed.</summary>
    /// <param name="subscribers">Says who is subscribed, now and when the event's turn comes.</param>
    /// <param name="args">What the event is about.</param>
    public void Add(Func<EventHandler<ServerEventArgs>?> subscribers, ServerEventArgs args)
    {
        if (subscribers() is null)
        {
            return;
        }

        lock (_events)
        {
            if (_events.Count >= _limit)
            {
                Interlocked.Increment(ref _dropped);
                return;
            }

            _events.Enqueue((subscribers, args));
            if (_raising)
            {
                return;
            }

            _raising = true;
        }

        _ = Task.Run(RaiseAllAsync);
    }

    /// <summary>Raises an event as soon as each subscriber can take it; who unsubscribes meanwhile is not told.</summary>
    /// <returns>False where nobody took it.</returns>
    public async Task<bool> RaiseAsync(Func<EventHandler<ServerEventArgs>?> subscribers, ServerEventArgs args, CancellationToken cancellationToken)
    {
        bool isTaken = false;
        foreach (Delegate subscriber in subscribers()?.GetInvocationList() ?? [])
        {
            bool isRaised = false;
            while (!isRaised && !cancellationToken.IsCancellationRequested && subscribers()?.GetInvocationList().Contains(subscriber) == true)
            {
                isRaised = TryRaise((EventHandler<ServerEventArgs>)subscriber, args);
                if (!isRaised)
                {
                    await Task.Delay(s_retryInterval, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }
            }

            isTaken |= isRaised;
        }

        return isTaken;
    }

    private bool TryRaise(EventHandler<ServerEventArgs> subscriber, ServerEventArgs args)
    {
        try
        {
            return _tryRaise(subscriber, _sender, args);
        }
        catch (Exception)
        {
            // A subscriber's error is its own; the other subscribers and events go on.
            return true;
        }
    }

    private async Task RaiseAllAsync()
    {
        while (true)
        {
            (Func<EventHandler<ServerEventArgs>?> Subscribers, ServerEventArgs Args) next;
            lock (_events)
            {
                if (!_events.TryDequeue(out next))
                {
                    _raising = false;
                    return;
                }
            }

            if (!await RaiseAsync(next.Subscribers, next.Args, _end).ConfigureAwait(false) && _end.IsCancellationRequested)
            {
                Interlocked.Increment(ref _dropped);
            }
        }
    }
}
