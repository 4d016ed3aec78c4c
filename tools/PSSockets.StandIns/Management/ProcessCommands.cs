using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Diagnostics;
using System.Linq;
using System.Management.Automation;
using System.Threading;

namespace Microsoft.PowerShell.Commands;

/// <summary>What the process commands share: finding processes by id or name, with an error for each that is not there.</summary>
internal static class ProcessTable
{
    public static IEnumerable<Process> ById(PSCmdlet command, IEnumerable<int> ids)
    {
        foreach (int id in ids)
        {
            Process process;
            try
            {
                process = Process.GetProcessById(id);
            }
            catch (ArgumentException error)
            {
                command.WriteError(new ErrorRecord(
                    new ProcessCommandException($"Cannot find a process with the process identifier {id}.", error),
                    "NoProcessFoundForGivenId",
                    ErrorCategory.ObjectNotFound,
                    id));
                continue;
            }

            yield return process;
        }
    }

    public static IEnumerable<Process> ByName(PSCmdlet command, IEnumerable<string> names)
    {
        foreach (string name in names)
        {
            WildcardPattern pattern = WildcardPattern.Get(name, WildcardOptions.IgnoreCase);
            List<Process> found = [.. Process.GetProcesses()
                .Where(process => pattern.IsMatch(process.ProcessName))
                .OrderBy(process => process.ProcessName)];
            if (found.Count == 0 && !WildcardPattern.ContainsWildcardCharacters(name))
            {
                command.WriteError(new ErrorRecord(
                    new ProcessCommandException($"Cannot find a process with the name \"{name}\"."),
                    "NoProcessFoundForGivenName",
                    ErrorCategory.ObjectNotFound,
                    name));
            }

            foreach (Process process in found)
            {
                yield return process;
            }
        }
    }
}

/// <summary>A process that is not there or does not obey.</summary>
public sealed class ProcessCommandException : SystemException
{
    public ProcessCommandException()
    {
    }

    public ProcessCommandException(string message)
        : base(message)
    {
    }

    public ProcessCommandException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>Get-Process.</summary>
[Cmdlet(VerbsCommon.Get, "Process", DefaultParameterSetName = "Name")]
[OutputType(typeof(Process))]
public sealed class GetProcessCommand : PSCmdlet
{
    [Parameter(Position = 0, ParameterSetName = "Name", ValueFromPipelineByPropertyName = true)]
    [Alias("ProcessName")]
    public string[] Name { get; set; } = ["*"];

    [Parameter(Mandatory = true, ParameterSetName = "Id", ValueFromPipelineByPropertyName = true)]
    [Alias("PID")]
    public int[] Id { get; set; } = [];

    protected override void ProcessRecord() =>
        WriteObject(ParameterSetName == "Id" ? ProcessTable.ById(this, Id) : ProcessTable.ByName(this, Name), enumerateCollection: true);
}

/// <summary>Stop-Process.</summary>
[Cmdlet(VerbsLifecycle.Stop, "Process", DefaultParameterSetName = "Id", SupportsShouldProcess = true)]
public sealed class StopProcessCommand : PSCmdlet
{
    [Parameter(Position = 0, Mandatory = true, ParameterSetName = "Id", ValueFromPipelineByPropertyName = true)]
    public int[] Id { get; set; } = [];

    [Parameter(Mandatory = true, ParameterSetName = "Name", ValueFromPipelineByPropertyName = true)]
    [Alias("ProcessName")]
    public string[] Name { get; set; } = [];

    [Parameter(Position = 0, Mandatory = true, ParameterSetName = "InputObject", ValueFromPipeline = true)]
    public Process[] InputObject { get; set; } = [];

    [Parameter]
    public SwitchParameter Force { get; set; }

    [Parameter]
    public SwitchParameter PassThru { get; set; }

    protected override void ProcessRecord()
    {
        IEnumerable<Process> targets = ParameterSetName switch
        {
            "Id" => ProcessTable.ById(this, Id),
            "Name" => ProcessTable.ByName(this, Name),
            _ => InputObject,
        };
        foreach (Process process in targets.Where(process => !process.HasExited && ShouldProcess($"{process.ProcessName} ({process.Id})")))
        {
            try
            {
                process.Kill();
            }
            catch (Exception error) when (error is Win32Exception or InvalidOperationException)
            {
                WriteError(new ErrorRecord(error, "CouldNotStopProcess", ErrorCategory.CloseError, process));
            }

            if (PassThru)
            {
                WriteObject(process);
            }
        }
    }
}

/// <summary>Wait-Process.</summary>
[Cmdlet(VerbsLifecycle.Wait, "Process", DefaultParameterSetName = "Name")]
public sealed class WaitProcessCommand : PSCmdlet, IDisposable
{
    private readonly CancellationTokenSource _stopped = new();

    [Parameter(Position = 0, Mandatory = true, ParameterSetName = "Id", ValueFromPipelineByPropertyName = true)]
    [Alias("PID")]
    public int[] Id { get; set; } = [];

    [Parameter(Position = 0, Mandatory = true, ParameterSetName = "Name", ValueFromPipelineByPropertyName = true)]
    [Alias("ProcessName")]
    public string[] Name { get; set; } = [];

    [Parameter(Mandatory = true, ParameterSetName = "InputObject", ValueFromPipeline = true)]
    public Process[] InputObject { get; set; } = [];

    /// <summary>Seconds; without it the wait has no limit.</summary>
    [Parameter(Position = 1)]
    [Alias("TimeoutSec")]
    [ValidateRange(0, 32767)]
    public int? Timeout { get; set; }

    public void Dispose() => _stopped.Dispose();

    protected override void ProcessRecord()
    {
        IEnumerable<Process> targets = ParameterSetName switch
        {
            "Id" => ProcessTable.ById(this, Id),
            "Name" => ProcessTable.ByName(this, Name),
            _ => InputObject,
        };
        TimeSpan limit = Timeout is int seconds ? TimeSpan.FromSeconds(seconds) : System.Threading.Timeout.InfiniteTimeSpan;
        foreach (Process process in targets)
        {
            if (!ProcessExit.Wait(process, limit, _stopped.Token))
            {
                WriteError(new ErrorRecord(
                    new TimeoutException($"The process {process.Id} has not ended within {limit.TotalSeconds} s."),
                    "ProcessNotTerminated",
                    ErrorCategory.CloseError,
                    process));
            }
        }
    }

    protected override void StopProcessing() => _stopped.Cancel();
}
