using System;
using System.Collections;
using System.Collections.Generic;
using System.Collections.Specialized;
using System.Linq;
using System.Management.Automation;
using Newtonsoft.Json;
using Newtonsoft.Json.Converters;
using Newtonsoft.Json.Linq;

namespace Microsoft.PowerShell.Commands;

/// <summary>ConvertTo-Json, with the library that the engine brings along and the real one uses.</summary>
[Cmdlet(VerbsData.ConvertTo, "Json")]
[OutputType(typeof(string))]
public sealed class ConvertToJsonCommand : PSCmdlet
{
    private readonly List<object?> _items = [];
    private bool _isTruncated;

    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true)]
    [AllowNull]
    public object? InputObject { get; set; }

    [Parameter]
    [ValidateRange(0, 100)]
    public int Depth { get; set; } = 2;

    [Parameter]
    public SwitchParameter Compress { get; set; }

    [Parameter]
    public SwitchParameter EnumsAsStrings { get; set; }

    [Parameter]
    public SwitchParameter AsArray { get; set; }

    protected override void ProcessRecord() => _items.Add(InputObject);

    protected override void EndProcessing()
    {
        if (_items.Count == 0)
        {
            return;
        }

        JsonSerializerSettings settings = new() { Formatting = Compress ? Formatting.None : Formatting.Indented };
        if (EnumsAsStrings)
        {
            settings.Converters.Add(new StringEnumConverter());
        }

        object? plain = ToPlain(_items.Count > 1 || AsArray ? _items : _items[0], level: 0);
        if (_isTruncated)
        {
            WriteWarning($"Resulting JSON is truncated as serialization has exceeded the set depth of {Depth}.");
        }

        WriteObject(JsonConvert.SerializeObject(plain, settings));
    }

    /// <summary>Turns a value into what the serializer writes as it is: simple values, lists and dictionaries.</summary>
    private object? ToPlain(object? value, int level)
    {
        object? inner = value is PSObject wrapped ? wrapped.BaseObject : value;
        switch (inner)
        {
            case null or DBNull:
                return null;
            case string or char or bool or Enum or DateTime or DateTimeOffset or Guid or Uri or decimal or System.Numerics.BigInteger:
            case not null when inner.GetType().IsPrimitive:
                return inner;
            case not null when level > Depth:
                _isTruncated = true;
                return LanguagePrimitives.ConvertTo<string>(value);
            case IDictionary table:
                return ToTable(table.Cast<DictionaryEntry>().Select(entry => (entry.Key.ToString()!, entry.Value)), level);
            case IEnumerable items:
                return items.Cast<object?>().Select(item => ToPlain(item, level + 1)).ToList();
            default:
                return ToTable(PSObject.AsPSObject(value).Properties.Select(property => (property.Name, ValueOf(property))), level);
        }
    }

    private OrderedDictionary ToTable(IEnumerable<(string Name, object? Value)> properties, int level)
    {
        OrderedDictionary table = [];
        foreach ((string name, object? value) in properties)
        {
            table[name] = ToPlain(value, level + 1);
        }

        return table;
    }

    // A getter that throws leaves null, as with the real one.
    private static object? ValueOf(PSPropertyInfo property)
    {
        try
        {
            return property.Value;
        }
        catch (GetValueException)
        {
            return null;
        }
    }
}

/// <summary>ConvertFrom-Json.</summary>
[Cmdlet(VerbsData.ConvertFrom, "Json")]
public sealed class ConvertFromJsonCommand : PSCmdlet
{
    private readonly List<string> _lines = [];

    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true)]
    [AllowEmptyString]
    public string InputObject { get; set; } = string.Empty;

    [Parameter]
    public SwitchParameter AsHashtable { get; set; }

    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int Depth { get; set; } = 1024;

    [Parameter]
    public SwitchParameter NoEnumerate { get; set; }

    protected override void ProcessRecord() => _lines.Add(InputObject);

    protected override void EndProcessing()
    {
        string text = string.Join('\n', _lines);
        if (string.IsNullOrWhiteSpace(text))
        {
            return;
        }

        try
        {
            JToken? token = JsonConvert.DeserializeObject<JToken>(text, new JsonSerializerSettings { MaxDepth = Depth });
            WriteObject(FromToken(token), enumerateCollection: !NoEnumerate);
        }
        catch (JsonException error)
        {
            ThrowTerminatingError(new ErrorRecord(
                new ArgumentException($"Conversion from JSON failed with error: {error.Message}", error),
                "System.ArgumentException",
                ErrorCategory.NotSpecified,
                targetObject: null));
        }
    }

    private object? FromToken(JToken? token) => token switch
    {
        JObject table when AsHashtable => ToHashtable(table),
        JObject table => ToObject(table),
        JArray items => items.Select(FromToken).ToArray(),
        JValue value => value.Value,
        _ => null,
    };

    private OrderedHashtable ToHashtable(JObject table)
    {
        OrderedHashtable result = [];
        foreach (JProperty property in table.Properties())
        {
            result.Add(property.Name, FromToken(property.Value));
        }

        return result;
    }

    private PSObject ToObject(JObject table)
    {
        PSObject result = new();
        foreach (JProperty property in table.Properties())
        {
            result.Properties.Add(new PSNoteProperty(property.Name, FromToken(property.Value)));
        }

        return result;
    }
}
