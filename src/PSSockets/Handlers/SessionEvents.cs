using System;
using System.Collections;
using System.Linq;
using System.Management.Automation;
using System.Reflection;
using PSSockets.Engine.Servers;

namespace PSSockets.Handlers;

/// <summary>
/// Raises the events of servers and chat sessions in PowerShell sessions, in their order and with a bound. What Register-ObjectEvent subscribes by itself hands
/// each event to a pool thread, so that they overtake each other, and the session queues them without end.
/// </summary>
internal static class SessionEvents
{
    /// <summary>How far a session may be behind.</summary>
    private const int Limit = 1000;

    // The subscriber is a public type; its fields are there for subclasses.
    private static readonly FieldInfo? s_manager = GetField("eventManager");
    private static readonly FieldInfo? s_identifier = GetField("sourceIdentifier");
    private static readonly FieldInfo? s_extraData = GetField("extraData");

    /// <summary>Raises an event for one subscriber; false where its session is too far behind for now.</summary>
    public static bool TryRaise(EventHandler<ServerEventArgs> subscriber, object sender, ServerEventArgs args)
    {
        if (subscriber.Target is not PSEventHandler handler || s_manager?.GetValue(handler) is not PSEventManager manager)
        {
            subscriber(sender, args);
            return true;
        }

        string? identifier = s_identifier?.GetValue(handler) as string;
        if (CountWaiting(manager, identifier) >= Limit)
        {
            return false;
        }

        manager.GenerateEvent(
            identifier,
            sender,
            [sender, args],
            s_extraData?.GetValue(handler) as PSObject,
            processInCurrentThread: true,
            waitForCompletionInCurrentThread: false);
        return true;
    }

    /// <summary>
    /// How many events of the subscriber's kind wait. Those for Get-Event or Wait-Event are public; those for an -Action are not, and
    /// count as none where a version of PowerShell keeps them elsewhere.
    /// </summary>
    private static int CountWaiting(PSEventManager manager, string? identifier)
    {
        if (manager.GetEventSubscribers(identifier).All(subscriber => subscriber.Action is null))
        {
            return manager.ReceivedEvents.Count;
        }

        FieldInfo? actions = manager.GetType().GetField("_actionQueue", BindingFlags.Instance | BindingFlags.NonPublic);
        return (actions?.GetValue(manager) as ICollection)?.Count ?? 0;
    }

    private static FieldInfo? GetField(string name) => typeof(PSEventHandler).GetField(name, BindingFlags.Instance | BindingFlags.NonPublic);
}
