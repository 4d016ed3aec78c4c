using System.Linq;
using System.Management.Automation;

namespace Microsoft.PowerShell.Commands;

/// <summary>Set-Alias in the current scope.</summary>
[Cmdlet(VerbsCommon.Set, "Alias", SupportsShouldProcess = true)]
[OutputType(typeof(AliasInfo))]
public sealed class SetAliasCommand : PSCmdlet
{
    [Parameter(Position = 0, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    public string Name { get; set; } = string.Empty;

    [Parameter(Position = 1, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    public string Value { get; set; } = string.Empty;

    [Parameter]
    public ScopedItemOptions Option { get; set; }

    [Parameter]
    public SwitchParameter Force { get; set; }

    [Parameter]
    public SwitchParameter PassThru { get; set; }

    protected override void ProcessRecord()
    {
        if (ShouldProcess($"Name: {Name} Value: {Value}", "Set alias"))
        {
            AliasInfo alias = SessionItems.SetAlias(SessionState, Name, Value, Option, Force);
            if (PassThru)
            {
                WriteObject(alias);
            }
        }
    }
}

/// <summary>Get-Alias.</summary>
[Cmdlet(VerbsCommon.Get, "Alias")]
[OutputType(typeof(AliasInfo))]
public sealed class GetAliasCommand : PSCmdlet
{
    [Parameter(Position = 0, ValueFromPipeline = true)]
    public string[] Name { get; set; } = ["*"];

    protected override void ProcessRecord()
    {
        foreach (string name in Name)
        {
            CommandInfo[] found = [.. SessionState.InvokeCommand.GetCommands(name, CommandTypes.Alias, nameIsPattern: true)];
            if (found.Length == 0 && !WildcardPattern.ContainsWildcardCharacters(name))
            {
                ItemNotFoundException error = new($"There is no alias with the name '{name}'.");
                WriteError(new ErrorRecord(error, "ItemNotFoundException", ErrorCategory.ObjectNotFound, name));
            }

            WriteObject(found.OrderBy(alias => alias.Name), enumerateCollection: true);
        }
    }
}
