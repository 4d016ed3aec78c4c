using System;
using System.Management.Automation;

namespace PSSockets.Handlers;

/// <summary>A script handler threw, or wrote an error. Says where; the error itself is inside.</summary>
public sealed class HandlerFailedException : Exception
{
    internal HandlerFailedException(string handler, ErrorRecord error)
        : base(Describe(handler, error), error.Exception)
    {
        HandlerError = error;
    }

    /// <summary>The error as the script saw it, with its position and script stack.</summary>
    public ErrorRecord HandlerError { get; }

    private static string Describe(string handler, ErrorRecord error)
    {
        string message = $"{handler}: {ToLine(error.ErrorDetails?.Message ?? error.Exception.Message)}";
        if (error.InvocationInfo is { ScriptLineNumber: > 0, ScriptName.Length: > 0 } position)
        {
            return $"{message} ({position.ScriptName}:{position.ScriptLineNumber}:{position.OffsetInLine})";
        }

        // What Write-Error wrote has the position of its caller's caller; the first line of the script's stack says where it stands.
        return error.ScriptStackTrace is { Length: > 0 } stack ? $"{message} ({ToLine(stack.Split('\n')[0])})" : message;
    }

    // What a peer sent can be part of it.
    private static string ToLine(string text)
        => Display.Plain(string.Join(' ', text.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)));
}
