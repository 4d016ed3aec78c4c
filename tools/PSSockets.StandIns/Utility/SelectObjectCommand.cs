using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Management.Automation;

namespace Microsoft.PowerShell.Commands;

/// <summary>Select-Object.</summary>
[Cmdlet(VerbsCommon.Select, "Object", DefaultParameterSetName = "DefaultParameter")]
public sealed class SelectObjectCommand : PSCmdlet
{
    private readonly Queue<PSObject> _held = new();
    private readonly List<PSObject> _unique = [];
    private PropertySelection[] _properties = [];
    private PropertySelection? _expanded;
    private WildcardPattern[] _excluded = [];
    private int _position;
    private int _skipped;
    private int _taken;

    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    [Parameter(Position = 0, ParameterSetName = "DefaultParameter")]
    [Parameter(Position = 0, ParameterSetName = "SkipLastParameter")]
    public object[]? Property { get; set; }

    [Parameter(ParameterSetName = "DefaultParameter")]
    [Parameter(ParameterSetName = "SkipLastParameter")]
    public string[]? ExcludeProperty { get; set; }

    [Parameter(ParameterSetName = "DefaultParameter")]
    [Parameter(ParameterSetName = "SkipLastParameter")]
    public string? ExpandProperty { get; set; }

    [Parameter]
    public SwitchParameter Unique { get; set; }

    [Parameter(ParameterSetName = "DefaultParameter")]
    [ValidateRange(0, int.MaxValue)]
    public int Last { get; set; }

    [Parameter(ParameterSetName = "DefaultParameter")]
    [ValidateRange(0, int.MaxValue)]
    public int First { get; set; }

    [Parameter(ParameterSetName = "DefaultParameter")]
    [Parameter(ParameterSetName = "SkipLastParameter")]
    [ValidateRange(0, int.MaxValue)]
    public int Skip { get; set; }

    [Parameter(ParameterSetName = "SkipLastParameter")]
    [ValidateRange(0, int.MaxValue)]
    public int SkipLast { get; set; }

    /// <summary>Reads all the input even when -First has what it wants.</summary>
    [Parameter(ParameterSetName = "DefaultParameter")]
    [Parameter(ParameterSetName = "IndexParameter")]
    public SwitchParameter Wait { get; set; }

    [Parameter(ParameterSetName = "IndexParameter")]
    [ValidateRange(0, int.MaxValue)]
    public int[]? Index { get; set; }

    private bool IsLimited => MyInvocation.BoundParameters.ContainsKey(nameof(First)) || Last > 0;

    protected override void BeginProcessing()
    {
        _excluded = [.. (ExcludeProperty ?? []).Select(name => WildcardPattern.Get(name, WildcardOptions.IgnoreCase))];
        object[]? wanted = Property is null && _excluded.Length > 0 ? ["*"] : Property;
        _properties = PropertySelection.ParseAll(wanted, "Name", "Label", "Expression");
        _expanded = PropertySelection.ParseAll(ExpandProperty is null ? [] : [ExpandProperty]).FirstOrDefault();
    }

    protected override void ProcessRecord()
    {
        if (InputObject is null)
        {
            return;
        }

        int position = _position++;
        if (Index is not null)
        {
            if (Index.Contains(position))
            {
                Emit(InputObject);
            }

            StopIf(!Wait && position >= Index.Max());
        }
        else if (SkipLast > 0)
        {
            Hold(InputObject, SkipLast, emitOverflow: true);
        }
        else if (Last == 0 || First > 0)
        {
            TakeFromStart(InputObject);
        }
        else
        {
            // With -Last alone, -Skip counts from the end.
            Hold(InputObject, Last + Skip, emitOverflow: false);
        }
    }

    protected override void EndProcessing()
    {
        if (SkipLast == 0)
        {
            int count = First > 0 ? _held.Count : _held.Count - Skip;
            for (int i = 0; i < count; i++)
            {
                Emit(_held.Dequeue());
            }
        }

        foreach (PSObject item in _unique)
        {
            WriteObject(item);
        }
    }

    private void TakeFromStart(PSObject item)
    {
        if (_skipped < Skip)
        {
            _skipped++;
        }
        else if (!IsLimited)
        {
            Emit(item);
        }
        else if (_taken < First)
        {
            _taken++;
            Emit(item);
            StopIf(Last == 0 && !Wait && _taken == First);
        }
        else if (Last > 0)
        {
            Hold(item, Last, emitOverflow: false);
        }
    }

    private void Hold(PSObject item, int limit, bool emitOverflow)
    {
        if (emitOverflow && _skipped < Skip)
        {
            _skipped++;
            return;
        }

        _held.Enqueue(item);
        if (_held.Count > limit)
        {
            PSObject overflow = _held.Dequeue();
            if (emitOverflow)
            {
                Emit(overflow);
            }
        }
    }

    private void StopIf(bool complete)
    {
        if (complete)
        {
            EndProcessing();
            throw EngineInternals.StopUpstream(this);
        }
    }

    private void Emit(PSObject item)
    {
        if (_properties.Length == 0 && _expanded is null)
        {
            Write(item);
            return;
        }

        List<PSNoteProperty> notes = [.. Notes(item)];
        if (_expanded is null)
        {
            PSObject selected = new();
            selected.TypeNames.Insert(0, "Selected." + item.BaseObject.GetType());
            AddNotes(selected, notes, item);
            Write(selected);
        }
        else
        {
            Expand(item, notes);
        }
    }

    private IEnumerable<PSNoteProperty> Notes(PSObject item)
    {
        foreach (PropertySelection selection in _properties)
        {
            List<(string Name, object? Value)> values = [.. selection.Read(item)];
            if (values.Count == 0 && !selection.Expression.HasWildCardCharacters)
            {
                values.Add((selection.Label ?? selection.Expression.ToString(), null));
            }

            foreach ((string name, object? value) in values)
            {
                if (!_excluded.Any(pattern => pattern.IsMatch(name)))
                {
                    yield return new PSNoteProperty(name, value);
                }
            }
        }
    }

    private void Expand(PSObject item, List<PSNoteProperty> notes)
    {
        List<(string Name, object? Value)> values = [.. _expanded!.Read(item)];
        if (values.Count != 1)
        {
            string id = values.Count == 0 ? "ExpandPropertyNotFound" : "MutlipleExpandProperties";
            string message = values.Count == 0
                ? $"Property \"{ExpandProperty}\" cannot be found."
                : $"Multiple properties match \"{ExpandProperty}\".";
            WriteError(new ErrorRecord(new PSArgumentException(message), id, ErrorCategory.InvalidArgument, item));
            return;
        }

        object? value = values[0].Value;
        IEnumerable elements = LanguagePrimitives.GetEnumerable(value) ?? new[] { value };
        foreach (object? element in elements)
        {
            if (element is not null)
            {
                PSObject expanded = notes.Count == 0 ? PSObject.AsPSObject(element) : new PSObject(element);
                AddNotes(expanded, notes, item);
                Write(expanded);
            }
        }
    }

    private void AddNotes(PSObject target, List<PSNoteProperty> notes, PSObject source)
    {
        foreach (PSNoteProperty note in notes)
        {
            if (target.Properties[note.Name] is null)
            {
                target.Properties.Add(note);
            }
            else
            {
                WriteError(new ErrorRecord(
                    new PSArgumentException($"The property cannot be processed because the property \"{note.Name}\" already exists."),
                    _expanded is null ? "AlreadyExistingUserSpecifiedPropertyNoExpand" : "AlreadyExistingUserSpecifiedPropertyExpand",
                    ErrorCategory.InvalidOperation,
                    source));
            }
        }
    }

    private void Write(PSObject item)
    {
        if (!Unique)
        {
            WriteObject(item);
        }
        else if (!_unique.Exists(other => IsSame(item, other)))
        {
            _unique.Add(item);
        }
    }

    // As the real one: text is compared with regard to case, and objects without a type of their own by their properties.
    private static bool IsSame(PSObject left, PSObject right) =>
        left.BaseObject is PSCustomObject && right.BaseObject is PSCustomObject
            ? left.Properties.Count() == right.Properties.Count()
                && left.Properties.All(property => AreEqual(property.Value, right.Properties[property.Name]?.Value))
            : AreEqual(left, right);

    private static bool AreEqual(object? left, object? right) =>
        LanguagePrimitives.Equals(left, right, ignoreCase: false, CultureInfo.CurrentCulture);
}
