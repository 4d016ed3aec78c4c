using System.Collections.ObjectModel;
using System.Linq;
using System.Management.Automation;

namespace Microsoft.PowerShell.Commands;

/// <summary>Get-ChildItem.</summary>
[Cmdlet(VerbsCommon.Get, "ChildItem", DefaultParameterSetName = "Items")]
public sealed class GetChildItemCommand : PSCmdlet
{
    [Parameter(Position = 0, ParameterSetName = "Items", ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    public string[]? Path { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = "LiteralItems", ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "LP")]
    public string[]? LiteralPath { get; set; }

    /// <summary>A wildcard pattern for the names.</summary>
    [Parameter(Position = 1)]
    public string Filter { get; set; } = "*";

    [Parameter]
    [Alias("s", "r")]
    public SwitchParameter Recurse { get; set; }

    [Parameter]
    public SwitchParameter Force { get; set; }

    [Parameter]
    public SwitchParameter Name { get; set; }

    [Parameter]
    [Alias("af")]
    public SwitchParameter File { get; set; }

    [Parameter]
    [Alias("ad")]
    public SwitchParameter Directory { get; set; }

    protected override void ProcessRecord()
    {
        WildcardPattern filter = WildcardPattern.Get(Filter, WildcardOptions.IgnoreCase);
        foreach (string path in LiteralPath ?? Path ?? ["."])
        {
            FileTarget.AttemptProvider(this, () => Write(path, filter));
        }
    }

    private void Write(string path, WildcardPattern filter)
    {
        Collection<PSObject> children = InvokeProvider.ChildItem.Get(
            [path], Recurse, uint.MaxValue, Force, literalPath: LiteralPath is not null);
        foreach (PSObject child in children.Where(child => IsWanted(child, filter)))
        {
            WriteObject(Name ? child.Properties["PSChildName"].Value : child);
        }
    }

    private bool IsWanted(PSObject child, WildcardPattern filter)
    {
        bool isContainer = child.Properties["PSIsContainer"]?.Value is true;
        bool isOfKind = !(File && isContainer) && !(Directory && !isContainer);
        return isOfKind && filter.IsMatch(child.Properties["PSChildName"]?.Value as string ?? string.Empty);
    }
}
