using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;
using System.Threading;

namespace Microsoft.PowerShell.Commands;

/// <summary>Start-Sleep; ends at once when the pipeline is stopped.</summary>
[Cmdlet(VerbsLifecycle.Start, "Sleep", DefaultParameterSetName = "Seconds")]
public sealed class StartSleepCommand : PSCmdlet, IDisposable
{
    private readonly ManualResetEvent _stopped = new(initialState: false);

    [Parameter(Position = 0, Mandatory = true, ParameterSetName = "Seconds", ValueFromPipeline = true)]
    [ValidateRange(0.0, (double)(int.MaxValue / 1000))]
    public double Seconds { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = "Milliseconds")]
    [ValidateRange(0, int.MaxValue)]
    [Alias("ms")]
    public int Milliseconds { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = "FromTimeSpan")]
    [ValidateRange(ValidateRangeKind.NonNegative)]
    [Alias("ts")]
    public TimeSpan Duration { get; set; }

    public void Dispose() => _stopped.Dispose();

    protected override void ProcessRecord() => _stopped.WaitOne(ParameterSetName switch
    {
        "Seconds" => TimeSpan.FromSeconds(Seconds),
        "Milliseconds" => TimeSpan.FromMilliseconds(Milliseconds),
        _ => Duration,
    });

    protected override void StopProcessing() => _stopped.Set();
}

/// <summary>Get-Date.</summary>
[Cmdlet(VerbsCommon.Get, "Date")]
[OutputType(typeof(DateTime), typeof(string))]
public sealed class GetDateCommand : PSCmdlet
{
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [Alias("LastWriteTime")]
    public DateTime Date { get; set; }

    [Parameter]
    public string? Format { get; set; }

    [Parameter]
    public SwitchParameter AsUTC { get; set; }

    protected override void ProcessRecord()
    {
        DateTime date = MyInvocation.BoundParameters.ContainsKey(nameof(Date)) ? Date : DateTime.Now;
        if (AsUTC)
        {
            date = date.ToUniversalTime();
        }

        WriteObject(Format is null ? date : date.ToString(Format, CultureInfo.CurrentCulture));
    }
}

/// <summary>New-TimeSpan.</summary>
[Cmdlet(VerbsCommon.New, "TimeSpan", DefaultParameterSetName = "Date")]
[OutputType(typeof(TimeSpan))]
public sealed class NewTimeSpanCommand : PSCmdlet
{
    [Parameter(Position = 0, ParameterSetName = "Date", ValueFromPipeline = true)]
    [Alias("LastWriteTime")]
    public DateTime? Start { get; set; }

    [Parameter(Position = 1, ParameterSetName = "Date")]
    public DateTime? End { get; set; }

    [Parameter(ParameterSetName = "Time")]
    public int Days { get; set; }

    [Parameter(ParameterSetName = "Time")]
    public int Hours { get; set; }

    [Parameter(ParameterSetName = "Time")]
    public int Minutes { get; set; }

    [Parameter(ParameterSetName = "Time")]
    public int Seconds { get; set; }

    [Parameter(ParameterSetName = "Time")]
    public int Milliseconds { get; set; }

    protected override void ProcessRecord()
    {
        DateTime now = DateTime.Now;
        WriteObject(ParameterSetName == "Time"
            ? new TimeSpan(Days, Hours, Minutes, Seconds, Milliseconds)
            : (End ?? now) - (Start ?? now));
    }
}

/// <summary>Measure-Command.</summary>
[Cmdlet(VerbsDiagnostic.Measure, "Command")]
[OutputType(typeof(TimeSpan))]
public sealed class MeasureCommandCommand : PSCmdlet
{
    private readonly Stopwatch _watch = new();

    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    [Parameter(Position = 0, Mandatory = true)]
    public ScriptBlock Expression { get; set; } = null!;

    protected override void ProcessRecord()
    {
        _watch.Start();
        List<PSVariable> input = [new PSVariable("_", InputObject)];
        Expression.InvokeWithContext(functionsToDefine: null, input, InputObject);
        _watch.Stop();
    }

    protected override void EndProcessing() => WriteObject(_watch.Elapsed);
}
