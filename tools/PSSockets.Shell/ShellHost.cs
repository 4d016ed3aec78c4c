using System;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;

namespace PSSockets.Shell;

/// <summary>The host object that scripts see as $Host.</summary>
internal sealed class ShellHost(bool canPrompt) : PSHost
{
    public override string Name => "PSSockets shell";

    public override Version Version { get; } = typeof(PSObject).Assembly.GetName().Version!;

    public override Guid InstanceId { get; } = Guid.NewGuid();

    public override CultureInfo CurrentCulture { get; } = CultureInfo.CurrentCulture;

    public override CultureInfo CurrentUICulture { get; } = CultureInfo.CurrentUICulture;

    public override PSHostUserInterface UI { get; } = new ConsoleUserInterface(canPrompt);

    /// <summary>Set when a script calls exit.</summary>
    public int? ExitCode { get; private set; }

    public override void SetShouldExit(int exitCode) => ExitCode = exitCode;

    public override void EnterNestedPrompt() => throw new NotSupportedException("This shell has no nested prompt.");

    public override void ExitNestedPrompt() => throw new NotSupportedException("This shell has no nested prompt.");

    public override void NotifyBeginApplication()
    {
    }

    public override void NotifyEndApplication()
    {
    }
}
