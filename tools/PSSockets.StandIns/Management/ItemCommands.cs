using System.Collections.Generic;
using System.Management.Automation;

namespace Microsoft.PowerShell.Commands;

/// <summary>What the item commands share: -Path with wildcards or -LiteralPath, for every provider.</summary>
public abstract class ItemCommandBase : PSCmdlet
{
    [Parameter(Position = 0, Mandatory = true, ParameterSetName = "Path", ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    public string[]? Path { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = "LiteralPath", ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "LP")]
    public string[]? LiteralPath { get; set; }

    private protected bool IsLiteral => LiteralPath is not null;

    private protected IEnumerable<string> Paths => LiteralPath ?? Path ?? [];

    private protected abstract void Process(string path);

    protected override void ProcessRecord()
    {
        foreach (string path in Paths)
        {
            FileTarget.AttemptProvider(this, () => Process(path));
        }
    }
}

/// <summary>Get-Item.</summary>
[Cmdlet(VerbsCommon.Get, "Item", DefaultParameterSetName = "Path")]
public sealed class GetItemCommand : ItemCommandBase
{
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override void Process(string path) =>
        WriteObject(InvokeProvider.Item.Get([path], Force, IsLiteral), enumerateCollection: true);
}

/// <summary>Test-Path.</summary>
[Cmdlet(VerbsDiagnostic.Test, "Path", DefaultParameterSetName = "Path")]
[OutputType(typeof(bool))]
public sealed class TestPathCommand : PSCmdlet
{
    [Parameter(Position = 0, Mandatory = true, ParameterSetName = "Path", ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [AllowNull]
    [AllowEmptyCollection]
    [AllowEmptyString]
    public string[]? Path { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = "LiteralPath", ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "LP")]
    public string[]? LiteralPath { get; set; }

    [Parameter]
    [Alias("Type")]
    [ValidateSet("Any", "Container", "Leaf")]
    public string PathType { get; set; } = "Any";

    protected override void ProcessRecord()
    {
        foreach (string path in LiteralPath ?? Path ?? [])
        {
            WriteObject(Exists(path));
        }
    }

    private bool Exists(string path)
    {
        try
        {
            string tested = LiteralPath is null ? path : WildcardPattern.Escape(path);
            return !string.IsNullOrWhiteSpace(path) && PathType switch
            {
                "Container" => InvokeProvider.Item.IsContainer(tested),
                "Leaf" => InvokeProvider.Item.Exists(tested) && !InvokeProvider.Item.IsContainer(tested),
                _ => InvokeProvider.Item.Exists(tested),
            };
        }
        catch (SessionStateException)
        {
            return false;
        }
    }
}

/// <summary>Remove-Item.</summary>
[Cmdlet(VerbsCommon.Remove, "Item", DefaultParameterSetName = "Path", SupportsShouldProcess = true)]
public sealed class RemoveItemCommand : ItemCommandBase
{
    [Parameter]
    public SwitchParameter Recurse { get; set; }

    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override void Process(string path)
    {
        foreach (PSObject item in InvokeProvider.Item.Get([path], Force, IsLiteral))
        {
            string target = (string)item.Properties["PSPath"].Value;
            bool isContainer = item.Properties["PSIsContainer"]?.Value is true;
            if (ShouldProcess(GetUnresolvedProviderPathFromPSPath(target), isContainer ? "Remove Directory" : "Remove File"))
            {
                InvokeProvider.Item.Remove([target], Recurse, Force, literalPath: true);
            }
        }
    }
}

/// <summary>Copy-Item.</summary>
[Cmdlet(VerbsCommon.Copy, "Item", DefaultParameterSetName = "Path", SupportsShouldProcess = true)]
public sealed class CopyItemCommand : ItemCommandBase
{
    [Parameter(Position = 1)]
    public string Destination { get; set; } = ".";

    [Parameter]
    public SwitchParameter Recurse { get; set; }

    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override void Process(string path)
    {
        if (ShouldProcess($"Item: {path} Destination: {Destination}"))
        {
            InvokeProvider.Item.Copy([path], Destination, Recurse, CopyContainers.CopyTargetContainer, Force, IsLiteral);
        }
    }
}

/// <summary>Move-Item.</summary>
[Cmdlet(VerbsCommon.Move, "Item", DefaultParameterSetName = "Path", SupportsShouldProcess = true)]
public sealed class MoveItemCommand : ItemCommandBase
{
    [Parameter(Position = 1)]
    public string Destination { get; set; } = ".";

    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override void Process(string path)
    {
        if (ShouldProcess($"Item: {path} Destination: {Destination}"))
        {
            InvokeProvider.Item.Move([path], Destination, Force, IsLiteral);
        }
    }
}
