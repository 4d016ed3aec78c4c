using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;

namespace Microsoft.PowerShell.Commands;

/// <summary>Get-Variable.</summary>
[Cmdlet(VerbsCommon.Get, "Variable")]
[OutputType(typeof(PSVariable))]
public sealed class GetVariableCommand : PSCmdlet
{
    [Parameter(Position = 0, ValueFromPipeline = true)]
    public string[] Name { get; set; } = ["*"];

    [Parameter]
    public SwitchParameter ValueOnly { get; set; }

    [Parameter]
    public string? Scope { get; set; }

    protected override void ProcessRecord()
    {
        foreach (string name in Name)
        {
            List<PSVariable> found = [.. SessionItems.FindVariables(SessionState, name, Scope)];
            if (found.Count == 0 && !WildcardPattern.ContainsWildcardCharacters(name))
            {
                ItemNotFoundException error = new($"Cannot find a variable with the name '{name}'.");
                WriteError(new ErrorRecord(error, "VariableNotFound", ErrorCategory.ObjectNotFound, name));
            }

            foreach (PSVariable variable in found.OrderBy(variable => variable.Name))
            {
                WriteObject(ValueOnly ? variable.Value : variable);
            }
        }
    }
}

/// <summary>Set-Variable.</summary>
[Cmdlet(VerbsCommon.Set, "Variable", SupportsShouldProcess = true)]
[OutputType(typeof(PSVariable))]
public sealed class SetVariableCommand : PSCmdlet
{
    private readonly List<object?> _values = [];

    [Parameter(Position = 0, Mandatory = true)]
    public string[] Name { get; set; } = [];

    [Parameter(Position = 1, ValueFromPipeline = true)]
    public object? Value { get; set; }

    [Parameter]
    public ScopedItemOptions Option { get; set; }

    [Parameter]
    public string? Scope { get; set; }

    [Parameter]
    public SwitchParameter Force { get; set; }

    [Parameter]
    public SwitchParameter PassThru { get; set; }

    protected override void ProcessRecord() => _values.Add(Value);

    protected override void EndProcessing()
    {
        object? value = _values.Count == 1 ? _values[0] : _values.ToArray();
        foreach (string name in Name.Where(name => ShouldProcess($"Name: {name} Value: {value}", "Set variable")))
        {
            PSVariable variable = new(name, value, Option);
            SessionItems.SetVariable(SessionState, variable, Scope, Force);
            if (PassThru)
            {
                WriteObject(variable);
            }
        }
    }
}

/// <summary>New-Variable.</summary>
[Cmdlet(VerbsCommon.New, "Variable", SupportsShouldProcess = true)]
[OutputType(typeof(PSVariable))]
public sealed class NewVariableCommand : PSCmdlet
{
    [Parameter(Position = 0, Mandatory = true)]
    public string Name { get; set; } = string.Empty;

    [Parameter(Position = 1, ValueFromPipeline = true)]
    public object? Value { get; set; }

    [Parameter]
    public ScopedItemOptions Option { get; set; }

    [Parameter]
    public string? Scope { get; set; }

    [Parameter]
    public SwitchParameter Force { get; set; }

    [Parameter]
    public SwitchParameter PassThru { get; set; }

    protected override void ProcessRecord()
    {
        if (!Force && SessionItems.FindVariables(SessionState, WildcardPattern.Escape(Name), Scope ?? "Local").Any())
        {
            SessionStateException error = new($"A variable with name '{Name}' already exists.");
            WriteError(new ErrorRecord(error, "VariableAlreadyExists", ErrorCategory.ResourceExists, Name));
        }
        else if (ShouldProcess($"Name: {Name} Value: {Value}", "New variable"))
        {
            PSVariable variable = new(Name, Value, Option);
            SessionItems.SetVariable(SessionState, variable, Scope ?? "Local", Force);
            if (PassThru)
            {
                WriteObject(variable);
            }
        }
    }
}

/// <summary>Remove-Variable.</summary>
[Cmdlet(VerbsCommon.Remove, "Variable", SupportsShouldProcess = true)]
public sealed class RemoveVariableCommand : PSCmdlet
{
    [Parameter(Position = 0, Mandatory = true)]
    public string[] Name { get; set; } = [];

    [Parameter]
    public string? Scope { get; set; }

    [Parameter]
    public SwitchParameter Force { get; set; }

    protected override void ProcessRecord()
    {
        foreach (string name in Name)
        {
            List<PSVariable> found = [.. SessionItems.FindVariables(SessionState, name, Scope)];
            if (found.Count == 0 && !WildcardPattern.ContainsWildcardCharacters(name))
            {
                ItemNotFoundException error = new($"Cannot find a variable with the name '{name}'.");
                WriteError(new ErrorRecord(error, "VariableNotFound", ErrorCategory.ObjectNotFound, name));
            }

            foreach (PSVariable variable in found.Where(variable => ShouldProcess($"Name: {variable.Name}", "Remove variable")))
            {
                SessionItems.RemoveVariable(SessionState, variable, Scope, Force);
            }
        }
    }
}
