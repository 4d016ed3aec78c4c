using System;
using System.Collections;
using System.ComponentModel;
using System.Diagnostics;
using System.IO;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;

namespace Microsoft.PowerShell.Commands;

/// <summary>Start-Process.</summary>
[Cmdlet(VerbsLifecycle.Start, "Process", SupportsShouldProcess = true)]
[OutputType(typeof(Process))]
public sealed class StartProcessCommand : PSCmdlet, IDisposable
{
    private readonly CancellationTokenSource _stopped = new();

    [Parameter(Position = 0, Mandatory = true)]
    [Alias("PSPath", "Path")]
    public string FilePath { get; set; } = string.Empty;

    [Parameter(Position = 1)]
    [Alias("Args")]
    public string[] ArgumentList { get; set; } = [];

    [Parameter]
    public string? WorkingDirectory { get; set; }

    [Parameter]
    [Alias("RSI")]
    public string? RedirectStandardInput { get; set; }

    [Parameter]
    [Alias("RSO")]
    public string? RedirectStandardOutput { get; set; }

    [Parameter]
    [Alias("RSE")]
    public string? RedirectStandardError { get; set; }

    [Parameter]
    public Hashtable? Environment { get; set; }

    /// <summary>Accepted for what it promises: this stand-in never opens a window.</summary>
    [Parameter]
    [Alias("nnw")]
    public SwitchParameter NoNewWindow { get; set; }

    [Parameter]
    public SwitchParameter PassThru { get; set; }

    [Parameter]
    public SwitchParameter Wait { get; set; }

    public void Dispose() => _stopped.Dispose();

    protected override void BeginProcessing()
    {
        if (!ShouldProcess(FilePath))
        {
            return;
        }

        Process process = Start();
        Task copying = Task.WhenAll(
            CopyFrom(RedirectStandardInput, () => process.StandardInput.BaseStream),
            CopyTo(RedirectStandardOutput, () => process.StandardOutput.BaseStream),
            CopyTo(RedirectStandardError, () => process.StandardError.BaseStream));
        if (PassThru)
        {
            WriteObject(process);
        }

        if (Wait && ProcessExit.Wait(process, Timeout.InfiniteTimeSpan, _stopped.Token))
        {
            copying.Wait(_stopped.Token);
        }
    }

    protected override void StopProcessing() => _stopped.Cancel();

    private Process Start()
    {
        ProcessStartInfo info = new()
        {
            FileName = SessionState.InvokeCommand.GetCommand(FilePath, CommandTypes.Application)?.Definition ?? FilePath,
            // The real one joins the list with spaces and leaves the quoting to the caller.
            Arguments = string.Join(' ', ArgumentList),
            WorkingDirectory = GetUnresolvedProviderPathFromPSPath(WorkingDirectory ?? SessionState.Path.CurrentFileSystemLocation.Path),
            RedirectStandardInput = RedirectStandardInput is not null,
            RedirectStandardOutput = RedirectStandardOutput is not null,
            RedirectStandardError = RedirectStandardError is not null,
        };
        foreach (DictionaryEntry entry in Environment ?? [])
        {
            info.Environment[entry.Key.ToString()!] = entry.Value?.ToString();
        }

        try
        {
            return Process.Start(info)!;
        }
        catch (Win32Exception error)
        {
            ThrowTerminatingError(new ErrorRecord(
                new InvalidOperationException($"This command cannot be run due to the error: {error.Message}.", error),
                "InvalidOperationException",
                ErrorCategory.InvalidOperation,
                targetObject: null));
            throw;
        }
    }

    private async Task CopyTo(string? path, Func<Stream> source)
    {
        if (path is not null)
        {
            using FileStream file = File.Create(GetUnresolvedProviderPathFromPSPath(path));
            await source().CopyToAsync(file);
        }
    }

    private async Task CopyFrom(string? path, Func<Stream> target)
    {
        if (path is not null)
        {
            using FileStream file = File.OpenRead(GetUnresolvedProviderPathFromPSPath(path));
            using Stream input = target();
            await file.CopyToAsync(input);
        }
    }
}

/// <summary>Waits for the end of a process so that a stop of the pipeline ends the wait.</summary>
internal static class ProcessExit
{
    /// <summary>False when the limit has passed or the pipeline was stopped.</summary>
    public static bool Wait(Process process, TimeSpan limit, CancellationToken cancellationToken)
    {
        try
        {
            return process.WaitForExitAsync(cancellationToken).Wait((int)limit.TotalMilliseconds, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
