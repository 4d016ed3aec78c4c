using System.IO;
using System.Management.Automation;

namespace Microsoft.PowerShell.Commands;

/// <summary>New-Item for files and directories.</summary>
[Cmdlet(VerbsCommon.New, "Item", DefaultParameterSetName = "pathSet", SupportsShouldProcess = true)]
public sealed class NewItemCommand : PSCmdlet
{
    [Parameter(Position = 0, Mandatory = true, ParameterSetName = "pathSet", ValueFromPipelineByPropertyName = true)]
    [Parameter(Position = 0, ParameterSetName = "nameSet", ValueFromPipelineByPropertyName = true)]
    public string[]? Path { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = "nameSet", ValueFromPipelineByPropertyName = true)]
    public string? Name { get; set; }

    [Parameter]
    [Alias("Type")]
    public string? ItemType { get; set; }

    [Parameter(ValueFromPipeline = true)]
    [Alias("Target")]
    public object? Value { get; set; }

    [Parameter]
    public SwitchParameter Force { get; set; }

    protected override void ProcessRecord()
    {
        foreach (string path in Path ?? ["."])
        {
            string target = Name is null ? path : SessionState.Path.Combine(path, Name);
            string action = ItemType is "Directory" ? "Create Directory" : "Create File";
            if (ShouldProcess($"Destination: {GetUnresolvedProviderPathFromPSPath(target)}", action))
            {
                Create(path, target);
            }
        }
    }
    private void Create(string path, string target)
    {
        if (!Force && InvokeProvider.Item.IsContainer(WildcardPattern.Escape(target)) && ItemType is "Directory")
        {
            IOException error = new($"An item with the specified name {target} already exists.");
            WriteError(new ErrorRecord(error, "DirectoryExist", ErrorCategory.ResourceExists, target));
            return;
        }

        FileTarget.AttemptProvider(this, () =>
            WriteObject(InvokeProvider.Item.New([path], Name, ItemType, Value, Force), enumerateCollection: true));
    }
}
