using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Threading;

namespace PSSockets.Benchmarks.Cmdlets;

/// <summary>
/// Calls <c>{ $_ }</c> again and again from a thread that has a runspace of its own, and writes how often that goes in a second: the ways
/// in which a compiled server could run a handler.
/// </summary>
[Cmdlet(VerbsDiagnostic.Measure, "BenchmarkCall")]
[OutputType(typeof(double))]
public sealed class MeasureBenchmarkCallCommand : PSCmdlet
{
    /// <summary>The way.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateSet("context in pipeline", "context", "invoke", "pipeline reused", "pipeline anew")]
    public string Way { get; set; } = string.Empty;

    /// <summary>How often.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    public int Count { get; set; }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        double rate = 0;
        Thread thread = new(() => rate = Run());
        thread.Start();
        thread.Join();
        WriteObject(rate);
    }

    private static void Repeat(int count, Action<object> call)
    {
        for (int i = 0; i < count; i++)
        {
            call("a message");
        }
    }

    private double Run()
    {
        InitialSessionState state = InitialSessionState.CreateDefault2();
        state.ThreadOptions = PSThreadOptions.UseCurrentThread;
        using Runspace runspace = RunspaceFactory.CreateRunspace(Host, state);
        runspace.Open();
        Runspace.DefaultRunspace = runspace;
        ScriptBlock block = ScriptBlock.Create("$_");
        ScriptBlock withParameter = ScriptBlock.Create("param($m) $m");
        using PowerShell reused = PowerShell.Create();
        reused.Runspace = runspace;

        Action<object> call = Way switch
        {
            "invoke" => message => withParameter.Invoke(message),
            "pipeline reused" => message =>
            {
                reused.Commands.Clear();
                reused.AddScript("param($m) $m").AddArgument(message).Invoke();
            }
            ,
            "pipeline anew" => message =>
            {
                using PowerShell pipeline = PowerShell.Create();
                pipeline.Runspace = runspace;
                pipeline.AddScript("param($m) $m").AddArgument(message).Invoke();
            }
            ,
            _ => message => block.InvokeWithContext(null, new List<PSVariable> { new("_", message), new("Connection", this), new("Server", this) }),
        };

        double rate = 0;
        Action measure = () =>
        {
            Repeat(Count / 10, call);
            long start = Stopwatch.GetTimestamp();
            Repeat(Count, call);
            rate = Count / Stopwatch.GetElapsedTime(start).TotalSeconds;
        };
        if (Way == "context in pipeline")
        {
            reused.AddScript("$args[0].Invoke()").AddArgument(measure).Invoke();
        }
        else
        {
            measure();
        }

        return rate;
    }
}
