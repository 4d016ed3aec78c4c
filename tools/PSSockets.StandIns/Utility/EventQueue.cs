using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;

namespace Microsoft.PowerShell.Commands;

/// <summary>Look-ups that the event commands share.</summary>
internal static class EventQueue
{
    public static List<PSEventArgs> Find(PSEventManager events, int? id, string source)
    {
        WildcardPattern pattern = WildcardPattern.Get(source, WildcardOptions.IgnoreCase);
        lock (events.ReceivedEvents.SyncRoot)
        {
            return [.. events.ReceivedEvents.Where(item =>
                id is null ? pattern.IsMatch(item.SourceIdentifier) : item.EventIdentifier == id)];
        }
    }

    public static void Remove(PSEventManager events, PSEventArgs item)
    {
        lock (events.ReceivedEvents.SyncRoot)
        {
            for (int i = events.ReceivedEvents.Count - 1; i >= 0; i--)
            {
                if (events.ReceivedEvents[i] == item)
                {
                    events.ReceivedEvents.RemoveAt(i);
                }
            }
        }
    }

    public static List<PSEventSubscriber> FindSubscribers(PSEventManager events, int? id, string source, bool force)
    {
        WildcardPattern pattern = WildcardPattern.Get(source, WildcardOptions.IgnoreCase);
        return [.. events.Subscribers.Where(item =>
            (id is null ? pattern.IsMatch(item.SourceIdentifier) : item.SubscriptionId == id) && (force || !item.SupportEvent))];
    }

    /// <summary>An error for an id or a name without wildcards that matched nothing.</summary>
    public static void WriteNotFound(PSCmdlet command, int? id, string source)
    {
        if (id is not null || !WildcardPattern.ContainsWildcardCharacters(source))
        {
            command.WriteError(new ErrorRecord(
                new ArgumentException($"There is no event or subscription '{(id is null ? source : id)}'."),
                id is null ? "INVALID_SOURCE_IDENTIFIER" : "INVALID_EVENT_IDENTIFIER",
                ErrorCategory.InvalidArgument,
                targetObject: null));
        }
    }
}
