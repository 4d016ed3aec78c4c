using System;
using System.Management.Automation;
using PSSockets.Engine.Framing;

namespace PSSockets.Binding;

/// <summary>Takes a framing by its name, such as Line or LengthPrefix:2, or as an object.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class FramingArgumentAttribute : ArgumentTransformationAttribute
{
    /// <summary>The names that tab completion offers.</summary>
    internal static readonly string[] Names =
    [
        "Line", "Raw", "CrLf", "Null", "LengthPrefix", "LengthPrefix:1", "LengthPrefix:2", "LengthPrefix:4", "LengthPrefix:8",
        "Fixed:", "Delimiter:", "OctetCounting",
    ];

    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        try
        {
            return value as FramingScheme ?? FramingScheme.Parse(value?.ToString() ?? string.Empty);
        }
        catch (FormatException exception)
        {
            throw new ArgumentTransformationMetadataException(exception.Message, exception);
        }
    }
}
