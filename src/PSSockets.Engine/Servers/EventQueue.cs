using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

namespace PSSockets.Engine.Servers;

/// <summary>
/// Raises a server's events one after the other, apart from the threads that notice them. Bounded: where subscribers are slower than
/// events come, new ones are dropped and counted. Safe for use by many threads.
/// </summary>
internal sealed class EventQueue
{
    /// <summary>How often subscribers that were full are asked again.</summary>
    private static readonly TimeSpan s_retryInterval = TimeSpan.FromMilliseconds(10);

    private readonly Queue<(Func<EventHandler<ServerEventArgs>?> Subscribers, ServerEventArgs Args)> _events = new();
    private readonly object _sender;
    private readonly int _limit;
    private readonly Func<EventHandler<ServerEventArgs>, object, ServerEventArgs, bool> _tryRaise;
    private long _dropped;
    private bool _raising;

    /// <summary>Creates a queue.</summary>
    /// <param name="sender">Whose events these are.</param>
    /// <param name="limit">How many wait at the most.</param>
    /// <param name="tryRaise">Calls a subscriber, or says that it cannot take one more for now.</param>
    public EventQueue(object sender, int limit, Func<EventHandler<ServerEventArgs>, object, ServerEventArgs, bool> tryRaise)
    {
        _sender = sender;
        _limit = limit;
        _tryRaise = tryRaise;
    }

    /// <summary>How many events were dropped.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

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
                _dropped++;
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
    public async Task RaiseAsync(Func<EventHandler<ServerEventArgs>?> subscribers, ServerEventArgs args, CancellationToken cancellationToken)
    {
        foreach (Delegate subscriber in subscribers()?.GetInvocationList() ?? [])
        {
            while (subscribers()?.GetInvocationList().Contains(subscriber) == true
                && !TryRaise((EventHandler<ServerEventArgs>)subscriber, args))
            {
                await Task.Delay(s_retryInterval, cancellationToken).ConfigureAwait(false);
            }
        }
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

            await RaiseAsync(next.Subscribers, next.Args, CancellationToken.None).ConfigureAwait(false);
        }
    }
}
