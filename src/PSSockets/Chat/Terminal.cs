using System;
using System.Management.Automation;

namespace PSSockets.Chat;

/// <summary>What the console is able to do.</summary>
internal static class Terminal
{
    /// <summary>True where a person types and looks at it.</summary>
    public static bool IsInteractive
        => !Console.IsInputRedirected && !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") != "dumb";

    /// <summary>True where colours are wanted: not with NO_COLOR (no-color.org), nor where the shell was told to write plain text.</summary>
    public static bool HasColors(PSCmdlet cmdlet)
    {
        if (!string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")))
        {
            return false;
        }

        // $PSStyle came after the interface that this module is compiled against.
        object? style = cmdlet.SessionState.PSVariable.GetValue("PSStyle");
        return style is null || (PSObject.AsPSObject(style).Properties["OutputRendering"]?.Value?.ToString() != "PlainText");
    }
}
