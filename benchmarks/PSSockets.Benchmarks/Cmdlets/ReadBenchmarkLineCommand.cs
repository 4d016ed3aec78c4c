using System.Management.Automation;

namespace PSSockets.Benchmarks.Cmdlets;

/// <summary>Takes objects from the pipeline and does nothing with them: what any compiled cmdlet can take in at most.</summary>
[Cmdlet(VerbsCommunications.Read, "BenchmarkLine")]
public sealed class ReadBenchmarkLineCommand : PSCmdlet
{
    private long _count;

    /// <summary>The objects.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    public object? InputObject { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => _count++;

    /// <inheritdoc/>
    protected override void EndProcessing() => WriteVerbose($"{_count} objects");
}
