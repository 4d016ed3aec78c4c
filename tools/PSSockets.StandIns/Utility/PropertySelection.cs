using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;

namespace Microsoft.PowerShell.Commands;

/// <summary>One -Property argument: a name, a script block or a hashtable such as @{ Name = 'n'; Expression = { ... } }.</summary>
internal sealed class PropertySelection
{
    private static readonly string[] s_keys = ["Name", "Label", "Expression", "Ascending", "Descending"];

    private PropertySelection(PSPropertyExpression expression, string? label, bool? descending)
    {
        Expression = expression;
        Label = label;
        Descending = descending;
    }

    public PSPropertyExpression Expression { get; }

    public string? Label { get; }

    /// <summary>The order that a hashtable asked for, or null.</summary>
    public bool? Descending { get; }

    public static PropertySelection[] ParseAll(object[]? arguments, params string[] allowedKeys) =>
        [.. (arguments ?? []).Select(argument => Parse(argument, allowedKeys))];

    /// <summary>The values of the properties that this selection matches on an object, with their names; none if nothing matches.</summary>
    public IEnumerable<(string Name, object? Value)> Read(PSObject source)
    {
        foreach (PSPropertyExpression resolved in Expression.ResolveNames(source))
        {
            foreach (PSPropertyExpressionResult result in resolved.GetValues(source))
            {
                yield return (Label ?? result.ResolvedExpression.ToString(), result.Exception is null ? result.Result : null);
            }
        }
    }

    public object? ReadFirst(PSObject source) => Read(source).Select(property => property.Value).FirstOrDefault();

    private static PropertySelection Parse(object argument, string[] allowedKeys)
    {
        object value = argument is PSObject wrapped ? wrapped.BaseObject : argument;
        if (value is not IDictionary table)
        {
            return new PropertySelection(ToExpression(value), label: null, descending: null);
        }

        object? expression = null;
        string? label = null;
        bool? descending = null;
        foreach (DictionaryEntry entry in table)
        {
            string key = Complete(entry.Key.ToString()!, allowedKeys);
            switch (key)
            {
                case "Name" or "Label":
                    label = LanguagePrimitives.ConvertTo<string>(entry.Value);
                    break;
                case "Expression":
                    expression = entry.Value is PSObject inner ? inner.BaseObject : entry.Value;
                    break;
                default:
                    descending = LanguagePrimitives.IsTrue(entry.Value) == (key == "Descending");
                    break;
            }
        }

        // A table with nothing but a name selects the property of that name.
        return new PropertySelection(
            ToExpression(expression ?? label ?? throw new PSArgumentException("A property table needs an Expression.")), label, descending);
    }

    private static PSPropertyExpression ToExpression(object value) => value switch
    {
        ScriptBlock script => new PSPropertyExpression(script),
        PSPropertyExpression expression => expression,
        _ => new PSPropertyExpression(LanguagePrimitives.ConvertTo<string>(value)),
    };

    private static string Complete(string key, string[] allowedKeys) =>
        s_keys.FirstOrDefault(known => allowedKeys.Contains(known) && known.StartsWith(key, StringComparison.OrdinalIgnoreCase))
        ?? throw new PSArgumentException($"The key '{key}' is not valid here; known keys: {string.Join(", ", allowedKeys)}.");
}
