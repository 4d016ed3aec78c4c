using System.Management.Automation;

namespace PSSockets.Benchmarks.Cmdlets;

/// <summary>
/// Has the parameters of Send-SocketData and does nothing with what it takes: for each object PowerShell looks at every parameter
/// that is not bound, so a cmdlet with more of them takes in less.
/// </summary>
[Cmdlet(VerbsCommon.Skip, "BenchmarkData", DefaultParameterSetName = "InputObject")]
public sealed class SkipBenchmarkDataCommand : PSCmdlet
{
    private long _count;

    /// <summary>As Send-SocketData has it.</summary>
    [Parameter(Position = 0, Mandatory = true)]
    [ValidateNotNull]
    public object Connection { get; set; } = null!;

    /// <summary>The objects.</summary>
    [Parameter(Position = 1, ValueFromPipeline = true, ParameterSetName = "InputObject")]
    [AllowEmptyString]
    [AllowEmptyCollection]
    public object? InputObject { get; set; }

    /// <summary>As Send-SocketData has it.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Path")]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = string.Empty;

    /// <summary>As Send-SocketData has it.</summary>
    [Parameter(ParameterSetName = "InputObject")]
    public SwitchParameter NoNewline { get; set; }

    /// <summary>As Send-SocketData has it.</summary>
    [Parameter]
    public SwitchParameter CompleteWrites { get; set; }

    /// <summary>As Send-SocketData has it.</summary>
    [Parameter]
    [ValidateRange(0, 2147483)]
    public double TimeoutSeconds { get; set; } = 30;

    /// <summary>As Send-SocketData has it.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => _count++;

    /// <inheritdoc/>
    protected override void EndProcessing() => WriteVerbose($"{_count} objects");
}
