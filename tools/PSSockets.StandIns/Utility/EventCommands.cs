using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading;

namespace Microsoft.PowerShell.Commands;

/// <summary>New-Event.</summary>
[Cmdlet(VerbsCommon.New, "Event")]
[OutputType(typeof(PSEventArgs))]
public sealed class NewEventCommand : PSCmdlet
{
    [Parameter(Position = 0, Mandatory = true)]
    public string SourceIdentifier { get; set; } = string.Empty;

    [Parameter(Position = 1)]
    public PSObject? Sender { get; set; }

    [Parameter(Position = 2)]
    public PSObject[] EventArguments { get; set; } = [];

    [Parameter(Position = 3)]
    public PSObject? MessageData { get; set; }

    protected override void EndProcessing()
    {
        object[] arguments = [.. EventArguments.Select(argument => argument.BaseObject)];
        PSEventArgs generated = Events.GenerateEvent(
            SourceIdentifier,
            Sender?.BaseObject,
            arguments,
            MessageData,
            processInCurrentThread: true,
            waitForCompletionInCurrentThread: false);
        WriteObject(generated);
    }
}

/// <summary>Get-Event.</summary>
[Cmdlet(VerbsCommon.Get, "Event", DefaultParameterSetName = "BySource")]
[OutputType(typeof(PSEventArgs))]
public sealed class GetEventCommand : PSCmdlet
{
    [Parameter(Position = 0, ParameterSetName = "BySource", ValueFromPipelineByPropertyName = true)]
    public string SourceIdentifier { get; set; } = "*";

    [Parameter(Position = 0, Mandatory = true, ParameterSetName = "ById", ValueFromPipelineByPropertyName = true)]
    [Alias("Id")]
    public int EventIdentifier { get; set; }

    protected override void EndProcessing()
    {
        List<PSEventArgs> found = EventQueue.Find(Events, ParameterSetName == "ById" ? EventIdentifier : null, SourceIdentifier);
        if (found.Count == 0)
        {
            EventQueue.WriteNotFound(this, ParameterSetName == "ById" ? EventIdentifier : null, SourceIdentifier);
        }

        WriteObject(found, enumerateCollection: true);
    }
}

/// <summary>Remove-Event.</summary>
[Cmdlet(VerbsCommon.Remove, "Event", DefaultParameterSetName = "BySource", SupportsShouldProcess = true)]
public sealed class RemoveEventCommand : PSCmdlet
{
    [Parameter(Position = 0, Mandatory = true, ParameterSetName = "BySource", ValueFromPipelineByPropertyName = true)]
    public string SourceIdentifier { get; set; } = string.Empty;

    [Parameter(Position = 0, Mandatory = true, ParameterSetName = "ByIdentifier", ValueFromPipelineByPropertyName = true)]
    public int EventIdentifier { get; set; }

    protected override void ProcessRecord()
    {
        int? id = ParameterSetName == "ByIdentifier" ? EventIdentifier : null;
        List<PSEventArgs> found = EventQueue.Find(Events, id, SourceIdentifier);
        if (found.Count == 0)
        {
            EventQueue.WriteNotFound(this, id, SourceIdentifier);
        }

        foreach (PSEventArgs item in found.Where(item => ShouldProcess($"Event '{item.SourceIdentifier}'", "Remove")))
        {
            EventQueue.Remove(Events, item);
        }
    }
}

/// <summary>Wait-Event; the event stays in the queue.</summary>
[Cmdlet(VerbsLifecycle.Wait, "Event")]
[OutputType(typeof(PSEventArgs))]
public sealed class WaitEventCommand : PSCmdlet, IDisposable
{
    private static readonly TimeSpan s_pulse = TimeSpan.FromMilliseconds(200);
    private readonly AutoResetEvent _changed = new(initialState: false);

    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    public string SourceIdentifier { get; set; } = "*";

    /// <summary>Seconds; -1 waits for ever.</summary>
    [Parameter]
    [Alias("TimeoutSec")]
    [ValidateRange(-1, int.MaxValue)]
    public int Timeout { get; set; } = -1;

    public void Dispose() => _changed.Dispose();

    protected override void ProcessRecord()
    {
        long start = Environment.TickCount64;
        Events.ReceivedEvents.PSEventReceived += OnReceived;
        try
        {
            while (!Stopping)
            {
                if (EventQueue.Find(Events, id: null, SourceIdentifier) is [PSEventArgs first, ..])
                {
                    WriteObject(first);
                    return;
                }

                if (Timeout >= 0 && Environment.TickCount64 - start > Timeout * 1000L)
                {
                    return;
                }

                // The pulse lets the actions of other subscriptions run while this command holds the runspace.
                _changed.WaitOne(s_pulse);
                EngineInternals.RunPendingEventActions(Events);
            }
        }
        finally
        {
            Events.ReceivedEvents.PSEventReceived -= OnReceived;
        }
    }

    protected override void StopProcessing() => _changed.Set();

    private void OnReceived(object? sender, PSEventArgs e) => _changed.Set();
}
