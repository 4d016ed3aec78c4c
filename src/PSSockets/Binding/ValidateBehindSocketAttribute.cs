using System;
using System.Management.Automation;

namespace PSSockets.Binding;

/// <summary>
/// Refuses null for a parameter whose position depends on whether the socket is given before it or comes through the pipeline: where the
/// socket before it is null, PowerShell takes that for this parameter's value.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ValidateBehindSocketAttribute : ValidateArgumentsAttribute
{
    /// <inheritdoc/>
    protected override void Validate(object arguments, EngineIntrinsics engineIntrinsics)
    {
        if (arguments is null)
        {
            throw new ValidationMetadataException("It is null, or the socket that stands before it is.");
        }
    }
}
