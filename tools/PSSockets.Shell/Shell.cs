using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;
using System.Threading;
using Microsoft.PowerShell;

namespace PSSockets.Shell;

/// <summary>One runspace with a console: runs a command, a script or a prompt, and says how the process shall exit.</summary>
internal sealed class Shell : IDisposable
{
    private const int Failed = 1;
    private const int Interrupted = 130;
    private const string Manifest = "PSSockets.psd1";

    private readonly ShellArguments _arguments;
    private readonly ShellHost _host;
    private readonly Runspace _runspace;
    private readonly Lock _gate = new();
    private PowerShell? _running;
    private volatile bool _interrupted;

    public Shell(ShellArguments arguments)
    {
        _arguments = arguments;
        _host = new ShellHost(arguments.CanPrompt);
        StandIns.Install();
        InitialSessionState state = InitialSessionState.CreateDefault2();
        if (OperatingSystem.IsWindows())
        {
            // The machine's policy is about scripts from elsewhere; this shell runs the checkout's own.
            state.ExecutionPolicy = ExecutionPolicy.Bypass;
        }

        _runspace = RunspaceFactory.CreateRunspace(_host, state);
        _runspace.ThreadOptions = PSThreadOptions.ReuseThread;
        _runspace.Open();
        Console.CancelKeyPress += OnCancelKeyPress;
    }

    public int Run()
    {
        bool imported = !_arguments.ImportModule || ImportModule();
        if (!_arguments.RunsOnce)
        {
            return RunPrompt();
        }

        bool succeeded = imported && RunOnce();
        if (_host.ExitCode is int exitCode)
        {
            return exitCode;
        }

        return _interrupted ? Interrupted : succeeded ? 0 : Failed;
    }

    public void Dispose()
    {
        Console.CancelKeyPress -= OnCancelKeyPress;
        _runspace.Dispose();
    }

    private bool ImportModule()
    {
        string? path = FindUpwards(AppContext.BaseDirectory, Manifest);
        if (path is null)
        {
            Console.Error.WriteLine($"{Manifest} was not found above {AppContext.BaseDirectory}; use -NoModule to do without it.");
            return false;
        }

        return Invoke(new PSCommand()
            .AddCommand("Import-Module")
            .AddParameter("Name", path)
            .AddParameter("ErrorAction", ActionPreference.Stop));
    }

    private bool RunOnce()
    {
        if (_arguments.Command is string text)
        {
            // The engine keeps $? for the next pipeline only after one that goes into the history.
            return Invoke(new PSCommand().AddScript(text), addToHistory: true) && LastSucceeded();
        }

        Command script = new(_arguments.File, isScript: false, useLocalScope: false);
        foreach (CommandParameter argument in ScriptParameters(_arguments.ScriptArguments))
        {
            script.Parameters.Add(argument);
        }

        EngineInternals.PassOnExit(_runspace);
        return Invoke(new PSCommand().AddCommand(script));
    }

    private int RunPrompt()
    {
        bool showsPrompt = !Console.IsInputRedirected;
        if (showsPrompt && _arguments.ShowLogo)
        {
            Console.Out.WriteLine(
                $"PSSockets shell over the PowerShell {_host.Version.ToString(3)} engine. Not pwsh: few commands beside the module's.");
        }

        string pending = string.Empty;
        while (_host.ExitCode is null)
        {
            if (showsPrompt)
            {
                Console.Out.Write(pending.Length == 0 ? PromptText() : ">> ");
            }

            string? line = Console.ReadLine();
            if (line is null && pending.Length == 0)
            {
                return 0;
            }

            pending = pending.Length == 0 ? line! : pending + "\n" + line;
            if (line is null || !IsIncomplete(pending))
            {
                Invoke(new PSCommand().AddScript(pending), addToHistory: true);
                pending = string.Empty;
            }
        }

        return _host.ExitCode.Value;
    }

    /// <summary>Runs a command with its output and errors going through Out-Default. False after a terminating error or a stop.</summary>
    private bool Invoke(PSCommand command, bool addToHistory = false)
    {
        command.AddCommand("Out-Default");
        command.Commands[^1].MergeUnclaimedPreviousCommandResults = PipelineResultTypes.Error | PipelineResultTypes.Output;
        using PowerShell powershell = PowerShell.Create(_runspace);
        powershell.Commands = command;
        SetRunning(powershell);
        try
        {
            powershell.Invoke(null, new PSInvocationSettings { AddToHistory = addToHistory });
            return true;
        }
        catch (PipelineStoppedException)
        {
            return false;
        }
        catch (RuntimeException error)
        {
            Report(error.ErrorRecord);
            return false;
        }
        finally
        {
            SetRunning(null);
        }
    }

    private void Report(ErrorRecord record)
    {
        using PowerShell powershell = PowerShell.Create(_runspace);
        powershell.AddCommand("Out-Default").Invoke(new[] { EngineInternals.AsError(record) });
    }

    private bool LastSucceeded() => Evaluate("$global:?") is true;

    private string PromptText() => Evaluate("prompt") as string ?? "PS> ";

    private object? Evaluate(string text)
    {
        using PowerShell powershell = PowerShell.Create(_runspace);
        return powershell.AddScript(text).Invoke().FirstOrDefault()?.BaseObject;
    }

    private void OnCancelKeyPress(object? sender, ConsoleCancelEventArgs e)
    {
        e.Cancel = true;
        _interrupted = true;
        lock (_gate)
        {
            _running?.BeginStop(null, null);
        }
    }

    private void SetRunning(PowerShell? powershell)
    {
        lock (_gate)
        {
            _running = powershell;
        }
    }

    // A name with a leading dash tells the binder that the next value may belong to it, as on a command line.
    private static IEnumerable<CommandParameter> ScriptParameters(IEnumerable<string> arguments)
    {
        foreach (string argument in arguments)
        {
            int colon = argument.IndexOf(':', StringComparison.Ordinal);
            if (argument.Length < 2 || argument[0] != '-' || !char.IsLetter(argument[1]))
            {
                yield return new CommandParameter(null, argument);
            }
            else if (colon < 0)
            {
                yield return new CommandParameter(argument);
            }
            else
            {
                yield return new CommandParameter(argument[..colon], BooleanOrText(argument[(colon + 1)..]));
            }
        }
    }

    private static object BooleanOrText(string value) => value.ToLowerInvariant() switch
    {
        "$true" => true,
        "$false" => false,
        _ => value,
    };

    private static bool IsIncomplete(string text)
    {
        Parser.ParseInput(text, out _, out ParseError[] errors);
        return errors.Any(error => error.IncompleteInput);
    }

    private static string? FindUpwards(string start, string name)
    {
        for (DirectoryInfo? folder = new(start); folder is not null; folder = folder.Parent)
        {
            string path = Path.Combine(folder.FullName, name);
            if (File.Exists(path))
            {
                return path;
            }
        }

        return null;
    }
}
