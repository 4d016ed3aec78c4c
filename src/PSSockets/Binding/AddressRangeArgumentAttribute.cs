using System;
using System.Collections;
using System.Collections.Generic;
using System.Management.Automation;
using PSSockets.Engine.EndPoints;

namespace PSSockets.Binding;

/// <summary>Takes addresses and CIDR blocks as text or objects.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class AddressRangeArgumentAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        List<AddressRange> ranges = [];
        foreach (object? item in value is IEnumerable items and not string ? items : new[] { value })
        {
            object? element = item is PSObject inner ? inner.BaseObject : item;
            ranges.Add(element as AddressRange ?? (AddressRange.TryParse(element?.ToString(), out AddressRange? range)
                ? range
                : throw new ArgumentTransformationMetadataException(
                    $"'{element}' is not an IP address or a CIDR block such as 192.0.2.0/24.")));
        }

        return ranges.ToArray();
    }
}
