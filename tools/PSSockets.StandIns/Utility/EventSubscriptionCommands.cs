using System.Collections.Generic;
using System.Management.Automation;

namespace Microsoft.PowerShell.Commands;

/// <summary>Register-ObjectEvent.</summary>
[Cmdlet(VerbsLifecycle.Register, "ObjectEvent")]
[OutputType(typeof(PSEventJob))]
public sealed class RegisterObjectEventCommand : ObjectEventRegistrationBase
{
    [Parameter(Position = 0, Mandatory = true)]
    public PSObject InputObject { get; set; } = null!;

    [Parameter(Position = 1, Mandatory = true)]
    public string EventName { get; set; } = string.Empty;

    protected override object GetSourceObject() => InputObject;

    protected override string GetSourceObjectEventName() => EventName;
}

/// <summary>Register-EngineEvent.</summary>
[Cmdlet(VerbsLifecycle.Register, "EngineEvent")]
[OutputType(typeof(PSEventJob))]
public sealed class RegisterEngineEventCommand : ObjectEventRegistrationBase
{
    protected override object GetSourceObject() => null!;

    protected override string GetSourceObjectEventName() => null!;
}

/// <summary>Get-EventSubscriber.</summary>
[Cmdlet(VerbsCommon.Get, "EventSubscriber", DefaultParameterSetName = "BySource")]
[OutputType(typeof(PSEventSubscriber))]
public sealed class GetEventSubscriberCommand : PSCmdlet
{
    [Parameter(Position = 0, ParameterSetName = "BySource", ValueFromPipelineByPropertyName = true)]
    public string SourceIdentifier { get; set; } = "*";

    [Parameter(Position = 0, Mandatory = true, ParameterSetName = "ById", ValueFromPipelineByPropertyName = true)]
    [Alias("Id")]
    public int SubscriptionId { get; set; }

    [Parameter(Position = 1)]
    public SwitchParameter Force { get; set; }

    protected override void ProcessRecord()
    {
        int? id = ParameterSetName == "ById" ? SubscriptionId : null;
        List<PSEventSubscriber> found = EventQueue.FindSubscribers(Events, id, SourceIdentifier, Force);
        if (found.Count == 0)
        {
            EventQueue.WriteNotFound(this, id, SourceIdentifier);
        }

        WriteObject(found, enumerateCollection: true);
    }
}

/// <summary>Unregister-Event.</summary>
[Cmdlet(VerbsLifecycle.Unregister, "Event", DefaultParameterSetName = "BySource", SupportsShouldProcess = true)]
public sealed class UnregisterEventCommand : PSCmdlet
{
    [Parameter(Position = 0, Mandatory = true, ParameterSetName = "BySource", ValueFromPipelineByPropertyName = true)]
    public string SourceIdentifier { get; set; } = string.Empty;

    [Parameter(Position = 0, Mandatory = true, ParameterSetName = "ById", ValueFromPipelineByPropertyName = true)]
    public int SubscriptionId { get; set; }

    [Parameter]
    public SwitchParameter Force { get; set; }

    protected override void ProcessRecord()
    {
        int? id = ParameterSetName == "ById" ? SubscriptionId : null;
        List<PSEventSubscriber> found = EventQueue.FindSubscribers(Events, id, SourceIdentifier, Force);
        if (found.Count == 0)
        {
            EventQueue.WriteNotFound(this, id, SourceIdentifier);
        }

        foreach (PSEventSubscriber subscriber in found)
        {
            if (ShouldProcess($"Event subscription '{subscriber.SourceIdentifier}'", "Unsubscribe"))
            {
                Events.UnsubscribeEvent(subscriber);
            }
        }
    }
}
