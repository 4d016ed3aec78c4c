using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;

namespace Microsoft.PowerShell.Commands;

/// <summary>Sort-Object.</summary>
[Cmdlet("Sort", "Object")]
public sealed class SortObjectCommand : PSCmdlet
{
    private readonly List<PSObject> _items = [];

    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    [Parameter(Position = 0)]
    public object[]? Property { get; set; }

    [Parameter]
    public SwitchParameter Descending { get; set; }

    [Parameter]
    public SwitchParameter Unique { get; set; }

    [Parameter]
    public SwitchParameter CaseSensitive { get; set; }

    /// <summary>Accepted for what it promises: the order is always stable here.</summary>
    [Parameter]
    public SwitchParameter Stable { get; set; }

    protected override void ProcessRecord()
    {
        if (InputObject is not null)
        {
            _items.Add(InputObject);
        }
    }

    protected override void EndProcessing()
    {
        PropertySelection[] keys = PropertySelection.ParseAll(Property, "Expression", "Ascending", "Descending");
        ObjectOrder order = new(CaseSensitive);
        Func<PSObject, object?>[] readers = keys.Length == 0
            ? [item => item]
            : [.. keys.Select<PropertySelection, Func<PSObject, object?>>(key => key.ReadFirst)];
        IOrderedEnumerable<PSObject> sorted = _items.OrderBy(_ => 0);
        for (int i = 0; i < readers.Length; i++)
        {
            bool descending = (keys.Length == 0 ? null : keys[i].Descending) ?? Descending;
            sorted = descending ? sorted.ThenByDescending(readers[i], order) : sorted.ThenBy(readers[i], order);
        }

        PSObject? last = null;
        foreach (PSObject item in sorted)
        {
            if (!Unique || last is null || readers.Any(read => order.Compare(read(last), read(item)) != 0))
            {
                WriteObject(item);
            }

            last = item;
        }
    }
}
