using System;
using System.Management.Automation;
using PSSockets.Errors;

namespace PSSockets.Handlers;

/// <summary>A script block cannot serve as a handler, or its worker could not be set up.</summary>
public sealed class InvalidHandlerException : Exception, IContainsErrorRecord
{
    internal InvalidHandlerException(string message, object? target, Exception? innerException = null)
        : base(message, innerException)
    {
        ErrorRecord = new ErrorRecord(this, ErrorRecords.InvalidHandler, ErrorCategory.InvalidArgument, target);
    }

    /// <inheritdoc/>
    public ErrorRecord ErrorRecord { get; }
}
