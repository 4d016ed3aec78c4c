using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;

namespace Microsoft.PowerShell.Commands;

/// <summary>New-Object for .NET types.</summary>
[Cmdlet(VerbsCommon.New, "Object")]
public sealed class NewObjectCommand : PSCmdlet
{
    [Parameter(Position = 0, Mandatory = true)]
    public string TypeName { get; set; } = string.Empty;

    [Parameter(Position = 1)]
    [Alias("Args")]
    public object[] ArgumentList { get; set; } = [];

    [Parameter]
    public IDictionary? Property { get; set; }

    protected override void ProcessRecord()
    {
        if (!LanguagePrimitives.TryConvertTo(TypeName, out Type type))
        {
            ThrowTerminatingError(new ErrorRecord(
                new PSArgumentException($"Cannot find type [{TypeName}]: verify that the assembly containing this type is loaded."),
                "TypeNotFound",
                ErrorCategory.InvalidType,
                null));
        }

        object created = type == typeof(PSObject) || type == typeof(PSCustomObject) ? new PSObject() : Construct(type);
        WriteObject(SetProperties(created));
    }

    private object Construct(Type type)
    {
        try
        {
            ScriptBlock construct = ScriptBlock.Create("param($type, $arguments) , $type::new.Invoke($arguments)");
            return ((PSObject)construct.InvokeReturnAsIs(type, ArgumentList)).BaseObject;
        }
        catch (RuntimeException error)
        {
            ThrowTerminatingError(new ErrorRecord(error, "ConstructorInvokedThrowException", ErrorCategory.InvalidOperation, null));
            throw;
        }
    }

    private PSObject SetProperties(object created)
    {
        PSObject result = PSObject.AsPSObject(created);
        foreach (DictionaryEntry entry in Property ?? new Hashtable())
        {
            string name = entry.Key.ToString()!;
            if (result.Properties[name] is PSPropertyInfo property)
            {
                property.Value = entry.Value;
            }
            else if (created is PSObject)
            {
                result.Properties.Add(new PSNoteProperty(name, entry.Value));
            }
            else
            {
                WriteError(new ErrorRecord(
                    new InvalidOperationException($"The member \"{name}\" was not found for the specified {TypeName} object."),
                    "InvalidOperationException",
                    ErrorCategory.InvalidOperation,
                    created));
            }
        }

        return result;
    }
}

/// <summary>Add-Member for note and script properties and script methods; a member type is given by name only.</summary>
[Cmdlet(VerbsCommon.Add, "Member", DefaultParameterSetName = "TypeNameSet")]
public sealed class AddMemberCommand : PSCmdlet
{
    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    public PSObject InputObject { get; set; } = null!;

    [Parameter(Mandatory = true, ParameterSetName = "MemberSet")]
    [ValidateSet("NoteProperty", "ScriptProperty", "ScriptMethod")]
    [Alias("Type")]
    public PSMemberTypes MemberType { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = "MemberSet")]
    public string Name { get; set; } = string.Empty;

    [Parameter(ParameterSetName = "MemberSet")]
    public object? Value { get; set; }

    [Parameter(Position = 0, Mandatory = true, ParameterSetName = "NotePropertySingleMemberSet")]
    public string NotePropertyName { get; set; } = string.Empty;

    [Parameter(Position = 1, Mandatory = true, ParameterSetName = "NotePropertySingleMemberSet")]
    [AllowNull]
    public object? NotePropertyValue { get; set; }

    [Parameter(Position = 0, Mandatory = true, ParameterSetName = "NotePropertyMultiMemberSet")]
    public IDictionary NotePropertyMembers { get; set; } = new Hashtable();

    [Parameter(ParameterSetName = "TypeNameSet", Mandatory = true)]
    [Parameter(ParameterSetName = "MemberSet")]
    [Parameter(ParameterSetName = "NotePropertySingleMemberSet")]
    [Parameter(ParameterSetName = "NotePropertyMultiMemberSet")]
    public string? TypeName { get; set; }

    [Parameter]
    public SwitchParameter Force { get; set; }

    [Parameter]
    public SwitchParameter PassThru { get; set; }

    protected override void ProcessRecord()
    {
        foreach (PSMemberInfo member in NewMembers())
        {
            if (InputObject.Members[member.Name] is not null && !Force)
            {
                InvalidOperationException error = new(
                    $"Cannot add a member with the name \"{member.Name}\" because a member with that name already exists.");
                WriteError(new ErrorRecord(error, "MemberAlreadyExists", ErrorCategory.InvalidOperation, InputObject));
                continue;
            }

            InputObject.Members.Remove(member.Name);
            InputObject.Members.Add(member);
        }

        if (TypeName is not null)
        {
            InputObject.TypeNames.Insert(0, TypeName);
        }

        if (PassThru)
        {
            WriteObject(InputObject);
        }
    }

    private IEnumerable<PSMemberInfo> NewMembers() => ParameterSetName switch
    {
        "MemberSet" => [NewMember()],
        "NotePropertySingleMemberSet" => [new PSNoteProperty(NotePropertyName, NotePropertyValue)],
        "NotePropertyMultiMemberSet" => NotePropertyMembers.Cast<DictionaryEntry>()
            .Select(entry => new PSNoteProperty(entry.Key.ToString(), entry.Value)),
        _ => [],
    };

    private PSMemberInfo NewMember() => MemberType switch
    {
        PSMemberTypes.ScriptProperty => new PSScriptProperty(Name, LanguagePrimitives.ConvertTo<ScriptBlock>(Value)),
        PSMemberTypes.ScriptMethod => new PSScriptMethod(Name, LanguagePrimitives.ConvertTo<ScriptBlock>(Value)),
        _ => new PSNoteProperty(Name, Value),
    };
}
