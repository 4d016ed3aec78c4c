using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;

namespace Microsoft.PowerShell.Commands;

/// <summary>Get-Member for instance members.</summary>
[Cmdlet(VerbsCommon.Get, "Member")]
[OutputType(typeof(MemberDefinition))]
public sealed class GetMemberCommand : PSCmdlet
{
    private readonly HashSet<string> _seen = [];

    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    [Parameter(Position = 0)]
    public string[] Name { get; set; } = ["*"];

    [Parameter]
    [Alias("Type")]
    public PSMemberTypes MemberType { get; set; } = PSMemberTypes.All;

    protected override void ProcessRecord()
    {
        if (InputObject is null || !_seen.Add(InputObject.TypeNames.FirstOrDefault(string.Empty)))
        {
            return;
        }

        string typeName = InputObject.TypeNames.FirstOrDefault(string.Empty);
        foreach (string name in Name)
        {
            WriteObject(
                InputObject.Members.Match(name, MemberType)
                    .Where(member => member is not PSMethod method || !IsSpecial(method))
                    .OrderBy(member => member.MemberType.ToString(), StringComparer.OrdinalIgnoreCase)
                    .ThenBy(member => member.Name, StringComparer.OrdinalIgnoreCase)
                    .Select(member => new MemberDefinition(typeName, member)),
                enumerateCollection: true);
        }
    }

    protected override void EndProcessing()
    {
        if (_seen.Count == 0)
        {
            InvalidOperationException error = new("You must specify an object for the Get-Member cmdlet.");
            WriteError(new ErrorRecord(error, "NoObjectInGetMember", ErrorCategory.CloseError, targetObject: null));
        }
    }

    // The methods behind properties and events.
    private static bool IsSpecial(PSMethod method) =>
        method.Name is ['g' or 's', 'e', 't', '_', ..] || method.Name.StartsWith("add_", StringComparison.Ordinal)
        || method.Name.StartsWith("remove_", StringComparison.Ordinal);
}

/// <summary>One line of Get-Member.</summary>
public sealed class MemberDefinition
{
    internal MemberDefinition(string typeName, PSMemberInfo member)
    {
        TypeName = typeName;
        Name = member.Name;
        MemberType = member.MemberType;
        Definition = member.ToString() ?? string.Empty;
    }

    public string TypeName { get; }

    public string Name { get; }

    public PSMemberTypes MemberType { get; }

    public string Definition { get; }

    public override string ToString() => Definition;
}
