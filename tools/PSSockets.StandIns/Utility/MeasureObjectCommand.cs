using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;

namespace Microsoft.PowerShell.Commands;

/// <summary>Measure-Object for numbers and for anything that has an order; not for text.</summary>
[Cmdlet(VerbsDiagnostic.Measure, "Object")]
[OutputType(typeof(GenericMeasureInfo), typeof(GenericObjectMeasureInfo))]
public sealed class MeasureObjectCommand : PSCmdlet
{
    private static readonly ObjectOrder s_order = new(caseSensitive: false);
    private readonly List<PSObject> _items = [];

    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    [Parameter(Position = 0)]
    public string[]? Property { get; set; }

    [Parameter]
    public SwitchParameter Sum { get; set; }

    [Parameter]
    public SwitchParameter Average { get; set; }

    [Parameter]
    public SwitchParameter Maximum { get; set; }

    [Parameter]
    public SwitchParameter Minimum { get; set; }

    [Parameter]
    public SwitchParameter StandardDeviation { get; set; }

    [Parameter]
    public SwitchParameter AllStats { get; set; }

    protected override void ProcessRecord()
    {
        if (InputObject is not null)
        {
            _items.Add(InputObject);
        }
    }

    protected override void EndProcessing()
    {
        foreach (string? name in Property ?? [null!])
        {
            List<object> values = [.. Values(name)];
            if (name is not null && values.Count == 0)
            {
                WriteError(new ErrorRecord(
                    new PSArgumentException($"The property \"{name}\" cannot be found in the input for any objects."),
                    "GenericMeasurePropertyNotFound",
                    ErrorCategory.InvalidArgument,
                    null));
            }
            else
            {
                WriteObject(Measure(name, values));
            }
        }
    }

    private IEnumerable<object> Values(string? name)
    {
        PSPropertyExpression? expression = name is null ? null : new PSPropertyExpression(name);
        foreach (PSObject item in _items)
        {
            object? value = expression is null ? item : expression.GetValues(item).FirstOrDefault()?.Result;
            if (value is not null)
            {
                yield return value is PSObject wrapped ? wrapped.BaseObject : value;
            }
        }
    }

    private MeasureInfo Measure(string? property, List<object> values)
    {
        bool wantsNumbers = Sum || Average || StandardDeviation || AllStats;
        bool isNumeric = values.TrueForAll(value => LanguagePrimitives.TryConvertTo(value, out double _));
        object? maximum = (Maximum || AllStats) && values.Count > 0 ? values.Max(s_order) : null;
        object? minimum = (Minimum || AllStats) && values.Count > 0 ? values.Min(s_order) : null;
        if (!isNumeric && !wantsNumbers)
        {
            return new GenericObjectMeasureInfo { Property = property, Count = values.Count, Maximum = maximum, Minimum = minimum };
        }

        GenericMeasureInfo result = new() { Property = property, Count = values.Count };
        if (!isNumeric)
        {
            WriteNotNumeric(values);
            return result;
        }

        double[] numbers = [.. values.Select(value => LanguagePrimitives.ConvertTo<double>(value))];
        if (numbers.Length > 0)
        {
            result.Sum = Sum || AllStats ? numbers.Sum() : null;
            result.Average = Average || AllStats ? numbers.Average() : null;
            result.Maximum = maximum is null ? null : LanguagePrimitives.ConvertTo<double>(maximum);
            result.Minimum = minimum is null ? null : LanguagePrimitives.ConvertTo<double>(minimum);
            result.StandardDeviation = StandardDeviation || AllStats ? Deviation(numbers) : null;
        }

        return result;
    }

    private static double Deviation(double[] numbers)
    {
        double mean = numbers.Average();
        return numbers.Length < 2 ? 0 : Math.Sqrt(numbers.Sum(number => (number - mean) * (number - mean)) / (numbers.Length - 1));
    }

    private void WriteNotNumeric(List<object> values)
    {
        foreach (object value in values.Where(value => !LanguagePrimitives.TryConvertTo(value, out double _)))
        {
            PSInvalidCastException error = new($"Input object \"{value}\" is not numeric.");
            WriteError(new ErrorRecord(error, "NonNumericInputObject", ErrorCategory.InvalidType, value));
        }
    }
}

/// <summary>What Measure-Object found out.</summary>
public abstract class MeasureInfo
{
    public string? Property { get; set; }
}

/// <summary>Statistics of numbers.</summary>
public sealed class GenericMeasureInfo : MeasureInfo
{
    public int Count { get; set; }

    public double? Average { get; set; }

    public double? Sum { get; set; }

    public double? Maximum { get; set; }

    public double? Minimum { get; set; }

    public double? StandardDeviation { get; set; }
}

/// <summary>Statistics of things that have an order but are no numbers.</summary>
public sealed class GenericObjectMeasureInfo : MeasureInfo
{
    public int Count { get; set; }

    public object? Maximum { get; set; }

    public object? Minimum { get; set; }
}
