using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;

namespace Microsoft.PowerShell.Commands;

/// <summary>Compare-Object.</summary>
[Cmdlet(VerbsData.Compare, "Object")]
public sealed class CompareObjectCommand : PSCmdlet
{
    private readonly List<PSObject> _difference = [];

    [Parameter(Position = 0, Mandatory = true)]
    [AllowEmptyCollection]
    public PSObject[] ReferenceObject { get; set; } = [];

    [Parameter(Position = 1, Mandatory = true, ValueFromPipeline = true)]
    [AllowEmptyCollection]
    public PSObject[] DifferenceObject { get; set; } = [];

    [Parameter]
    public object[]? Property { get; set; }

    [Parameter]
    public SwitchParameter IncludeEqual { get; set; }

    [Parameter]
    public SwitchParameter ExcludeDifferent { get; set; }

    [Parameter]
    public SwitchParameter PassThru { get; set; }

    [Parameter]
    public SwitchParameter CaseSensitive { get; set; }

    protected override void ProcessRecord() => _difference.AddRange(DifferenceObject);

    protected override void EndProcessing()
    {
        PropertySelection[] keys = PropertySelection.ParseAll(Property, "Expression");
        ObjectOrder order = new(CaseSensitive);
        List<PSObject> onlyReference = [];
        foreach (PSObject item in ReferenceObject)
        {
            int match = _difference.FindIndex(other => AreEqual(item, other, keys, order));
            if (match < 0)
            {
                onlyReference.Add(item);
                continue;
            }

            _difference.RemoveAt(match);
            WriteIf(IncludeEqual || ExcludeDifferent, item, "==", keys);
        }

        foreach (PSObject item in _difference)
        {
            WriteIf(!ExcludeDifferent, item, "=>", keys);
        }

        foreach (PSObject item in onlyReference)
        {
            WriteIf(!ExcludeDifferent, item, "<=", keys);
        }
    }

    private static bool AreEqual(PSObject left, PSObject right, PropertySelection[] keys, ObjectOrder order) => keys.Length == 0
        ? order.Compare(left, right) == 0
        : keys.All(key => order.Compare(key.ReadFirst(left), key.ReadFirst(right)) == 0);

    private void WriteIf(bool wanted, PSObject item, string side, PropertySelection[] keys)
    {
        if (!wanted)
        {
            return;
        }

        PSObject result = PassThru ? item : new PSObject();
        if (!PassThru)
        {
            foreach (PropertySelection key in keys)
            {
                result.Properties.Add(new PSNoteProperty(key.Expression.ToString(), key.ReadFirst(item)));
            }

            if (keys.Length == 0)
            {
                result.Properties.Add(new PSNoteProperty("InputObject", item));
            }
        }

        result.Properties.Add(new PSNoteProperty("SideIndicator", side));
        WriteObject(result);
    }
}
