using System;
using System.Management.Automation;

namespace PSSockets.Handlers;

/// <summary>The handlers that a command was given, and what is for them.</summary>
internal sealed record HandlerSource
{
    /// <summary>The command, in whose session they are captured.</summary>
    public required PSCmdlet Command { get; init; }

    public ScriptBlock? OnMessage { get; init; }

    public ScriptBlock? OnConnect { get; init; }

    public ScriptBlock? OnDisconnect { get; init; }

    public ScriptBlock? InitializationScript { get; init; }

    public object?[] Arguments { get; init; } = [];

    public string[] Modules { get; init; } = [];

    public HandlerErrorAction ErrorAction { get; init; }

    /// <summary>How long one call may take; infinite for no limit.</summary>
    public TimeSpan Timeout { get; init; }

    /// <summary>A parameter that was given and means nothing without a handler; null where there is none.</summary>
    public string? ForHandlersOnly => InitializationScript is not null ? nameof(InitializationScript)
        : Modules.Length > 0 ? "ImportModule"
        : Arguments.Length > 0 ? "ArgumentList"
        : null;
}
