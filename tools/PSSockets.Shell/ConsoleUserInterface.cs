using System;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Management.Automation.Internal;

namespace PSSockets.Shell;

/// <summary>Writes to the console as pwsh does: errors to stderr, everything else to stdout, colours only on a terminal.</summary>
internal sealed partial class ConsoleUserInterface(bool canPrompt) : PSHostUserInterface
{
    private static readonly bool s_colourAllowed =
        string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) && Environment.GetEnvironmentVariable("TERM") != "dumb";

    private static readonly bool s_colourOutput = s_colourAllowed && !Console.IsOutputRedirected;
    private static readonly bool s_colourErrors = s_colourAllowed && !Console.IsErrorRedirected;

    public override PSHostRawUserInterface RawUI { get; } = new ConsoleRawUserInterface();

    public override bool SupportsVirtualTerminal => s_colourOutput;

    public override void Write(string value) => Console.Out.Write(ForOutput(value));

    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value)
    {
        if (!s_colourOutput)
        {
            Console.Out.Write(ForOutput(value));
            return;
        }

        // A negative colour means "as it is".
        if (foregroundColor >= 0)
        {
            Console.ForegroundColor = foregroundColor;
        }

        if (backgroundColor >= 0)
        {
            Console.BackgroundColor = backgroundColor;
        }

        Console.Out.Write(value);
        Console.ResetColor();
    }

    public override void WriteLine(string value) => Console.Out.WriteLine(ForOutput(value));

    public override void WriteErrorLine(string value)
    {
        string plain = Plain(value);
        Console.Error.WriteLine(s_colourErrors ? Coloured(PSStyle.Instance.Formatting.Error, plain) : plain);
    }

    public override void WriteWarningLine(string message) => WriteTagged("WARNING", PSStyle.Instance.Formatting.Warning, message);

    public override void WriteVerboseLine(string message) => WriteTagged("VERBOSE", PSStyle.Instance.Formatting.Verbose, message);

    public override void WriteDebugLine(string message) => WriteTagged("DEBUG", PSStyle.Instance.Formatting.Debug, message);

    /// <summary>Progress is not shown: it would only get between the lines of a script's output.</summary>
    public override void WriteProgress(long sourceId, ProgressRecord record)
    {
    }

    private static void WriteTagged(string tag, string style, string message)
    {
        string line = $"{tag}: {message}";
        Console.Out.WriteLine(s_colourOutput ? Coloured(style, line) : line);
    }

    // $PSStyle.OutputRendering = 'Ansi' asks for escape sequences in a redirected output too.
    private static string ForOutput(string value) =>
        s_colourOutput || PSStyle.Instance.OutputRendering == OutputRendering.Ansi ? value : Plain(value);

    private static string Plain(string value) => new StringDecorated(value).ToString(OutputRendering.PlainText);

    private static string Coloured(string style, string text) => style + text + PSStyle.Instance.Reset;
}
