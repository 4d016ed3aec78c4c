using System;
using System.Collections;
using System.Management.Automation;
using PSSockets.Engine.Transport;

namespace PSSockets.Binding;

/// <summary>Takes socket options as a hashtable such as <c>@{ KeepAlive = $true; KeepAliveTimeSeconds = 30 }</c>, or as an object.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SocketOptionArgumentAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        switch (value)
        {
            case SocketOptionSet options:
                return options;
            case IDictionary entries:
                Hashtable unwrapped = [];
                foreach (DictionaryEntry entry in entries)
                {
                    unwrapped[entry.Key] = entry.Value is PSObject inner ? inner.BaseObject : entry.Value;
                }

                try
                {
                    return SocketOptionSet.FromDictionary(unwrapped);
                }
                catch (ArgumentException exception)
                {
                    throw new ArgumentTransformationMetadataException(exception.Message, exception);
                }

            default:
                throw new ArgumentTransformationMetadataException(
                    $"Socket options are given as a hashtable, such as @{{ NoDelay = $true }}. Known: {string.Join(", ", SocketOptionSet.Names)}.");
        }
    }
}
