using System;
using System.Collections;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Linq;
using System.Management.Automation;

namespace Microsoft.PowerShell.Commands;

/// <summary>Group-Object.</summary>
[Cmdlet(VerbsData.Group, "Object")]
[OutputType(typeof(GroupInfo), typeof(Hashtable))]
public sealed class GroupObjectCommand : PSCmdlet
{
    private readonly List<PSObject> _items = [];

    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    [Parameter(Position = 0)]
    public object[]? Property { get; set; }

    [Parameter]
    public SwitchParameter NoElement { get; set; }

    [Parameter]
    [Alias("AHT")]
    public SwitchParameter AsHashTable { get; set; }

    [Parameter]
    public SwitchParameter AsString { get; set; }

    [Parameter]
    public SwitchParameter CaseSensitive { get; set; }

    protected override void ProcessRecord()
    {
        if (InputObject is not null)
        {
            _items.Add(InputObject);
        }
    }

    protected override void EndProcessing()
    {
        PropertySelection[] keys = PropertySelection.ParseAll(Property, "Expression");
        ObjectOrder order = new(CaseSensitive);
        List<GroupInfo> groups = [];
        foreach (PSObject item in _items)
        {
            object?[] values = keys.Length == 0 ? [item] : [.. keys.Select(key => key.ReadFirst(item))];
            GroupInfo? group = groups.Find(group => group.HasValues(values, order));
            if (group is null)
            {
                group = NoElement ? new GroupInfoNoElement(values) : new GroupInfo(values);
                groups.Add(group);
            }

            group.Add(item);
        }

        // The real one sorts the groups as long as all keys are of one type.
        if (groups.Select(group => group.KeyTypes).Distinct().Count() == 1)
        {
            groups = [.. groups.OrderBy(group => group.Values[0], order)];
        }

        if (!AsHashTable)
        {
            WriteObject(groups, enumerateCollection: true);
            return;
        }

        Hashtable table = new(CaseSensitive ? StringComparer.CurrentCulture : StringComparer.CurrentCultureIgnoreCase);
        foreach (GroupInfo group in groups)
        {
            object key = group.Values[0] is PSObject wrapped ? wrapped.BaseObject : group.Values[0]!;
            table.Add(AsString ? group.Name : key, group.Group);
        }

        WriteObject(table);
    }
}

/// <summary>One group of Group-Object.</summary>
public class GroupInfo
{
    internal GroupInfo(object?[] values)
    {
        Values = new ArrayList(values);
        Name = string.Join(", ", values.Select(value => LanguagePrimitives.ConvertTo<string>(value)));
    }

    public int Count { get; private protected set; }

    public string Name { get; }

    public Collection<PSObject> Group { get; } = [];

    public ArrayList Values { get; }

    internal string KeyTypes =>
        string.Join(',', Values.Cast<object?>().Select(value => PSObject.AsPSObject(value ?? string.Empty).BaseObject.GetType()));

    internal bool HasValues(object?[] values, ObjectOrder order) =>
        values.Select((value, i) => order.Compare(value, Values[i])).All(difference => difference == 0);

    internal virtual void Add(PSObject item)
    {
        Count++;
        Group.Add(item);
    }
}

/// <summary>One group of Group-Object -NoElement, which only counts.</summary>
public sealed class GroupInfoNoElement : GroupInfo
{
    internal GroupInfoNoElement(object?[] values)
        : base(values)
    {
    }

    internal override void Add(PSObject item) => Count++;
}
