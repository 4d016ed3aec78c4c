using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using PSSockets.Commands;
using PSSockets.Engine.Servers;

namespace PSSockets.Handlers;

/// <summary>
/// All that a worker needs to run a server's handlers, captured once from the caller's session when the server starts. Immutable; each
/// worker makes its own runspace and script blocks of it.
/// </summary>
internal sealed partial class HandlerBlueprint
{
    private static readonly string[] s_preferences =
    [
        "VerbosePreference", "WarningPreference", "DebugPreference", "InformationPreference", "ProgressPreference", "ErrorActionPreference",
    ];

    private readonly string[] _modules;
    private readonly string? _location;
    private readonly List<SessionStateVariableEntry> _variables = [];

    private HandlerBlueprint(StartServerCommand command)
    {
        OnMessage = Capture(nameof(command.OnMessage), command.OnMessage);
        OnConnect = Capture(nameof(StartTcpServerCommand.OnConnect), (command as StartTcpServerCommand)?.OnConnect);
        OnDisconnect = Capture(nameof(StartTcpServerCommand.OnDisconnect), (command as StartTcpServerCommand)?.OnDisconnect);
        InitializationScript = Capture(nameof(command.InitializationScript), command.InitializationScript);
        Arguments = command.ArgumentList ?? [];
        ErrorAction = command.OnHandlerError;
        Timeout = SocketCommand.ToLimit(command.HandlerTimeoutSeconds);
        Host = new HandlerHost(command.Host);
        _modules = command.ImportModule;
        _location = command.SessionState.Path.CurrentFileSystemLocation?.Path;
    }

    public HandlerScript? OnMessage { get; }

    public HandlerScript? OnConnect { get; }

    public HandlerScript? OnDisconnect { get; }

    public HandlerScript? InitializationScript { get; }

    public object?[] Arguments { get; }

    public HandlerErrorAction ErrorAction { get; }

    /// <summary>How long one call may take; infinite for no limit.</summary>
    public TimeSpan Timeout { get; }

    /// <summary>The user's host, where Write-Host, Write-Warning, Write-Verbose and Write-Progress of handlers appear.</summary>
    public PSHost Host { get; }

    /// <summary>The values of <c>$using:</c> expressions, under the keys by which PowerShell looks them up.</summary>
    public Hashtable UsingValues { get; } = [];

    /// <summary>Captures a server's handlers; errors in them end the command.</summary>
    public static HandlerBlueprint Capture(StartServerCommand command)
    {
        try
        {
            HandlerBlueprint blueprint = new(command);
            blueprint.CaptureUsingValues(command);
            blueprint.CapturePreferences(command);
            return blueprint;
        }
        catch (InvalidHandlerException exception)
        {
            command.ThrowTerminatingError(exception.ErrorRecord);
            throw;
        }
    }

    /// <summary>Makes a worker's handler, on that worker's thread.</summary>
    public IMessageHandler Create(SocketServer server) => new ScriptHandler(this, server);

    /// <summary>Makes a worker's runspace: the shell's defaults, this module's cmdlets and aliases, the modules asked for, the caller's preferences.</summary>
    public Runspace CreateRunspace()
    {
        InitialSessionState state = InitialSessionState.CreateDefault2();
        state.ThreadOptions = PSThreadOptions.UseCurrentThread;
        state.Types.Add(new SessionStateTypeEntry(TypeMembers.TypesFile));
        foreach (Type type in typeof(HandlerBlueprint).Assembly.GetExportedTypes())
        {
            if (type.GetCustomAttribute<CmdletAttribute>() is { } cmdlet)
            {
                string name = $"{cmdlet.VerbName}-{cmdlet.NounName}";
                state.Commands.Add(new SessionStateCmdletEntry(name, type, helpFileName: null));
                foreach (string alias in type.GetCustomAttribute<AliasAttribute>()?.AliasNames ?? [])
                {
                    state.Commands.Add(new SessionStateAliasEntry(alias, name));
                }
            }
        }

        foreach (SessionStateVariableEntry variable in _variables)
        {
            state.Variables.Add(variable);
        }

        state.ImportPSModule(_modules);
        state.ThrowOnRunspaceOpenError = true;
        Runspace runspace = RunspaceFactory.CreateRunspace(Host, state);
        try
        {
            runspace.Open();
        }
        catch (RuntimeException exception)
        {
            runspace.Dispose();
            throw new InvalidHandlerException($"A worker for the handlers could not be set up: {exception.Message}", _modules, exception);
        }

        if (_location is not null)
        {
            runspace.SessionStateProxy.Path.SetLocation(WildcardPattern.Escape(_location));
        }

        return runspace;
    }

    // An expression's text begins with $using:, ${using: or, where it is splatted, @using:.
    [GeneratedRegex(@"^[$@](\{?)using:", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex UsingPrefix();

    private static HandlerScript? Capture(string name, ScriptBlock? block) => block is null ? null : HandlerScript.Capture(name, block);

    /// <summary>
    /// Evaluates each <c>$using:</c> expression once in the caller's scope. Workers get the values as PowerShell's own remoting passes
    /// them: a table under the implicit parameter "--%", keyed by the expression's text in Base64 (UTF-16, lower case for plain variables).
    /// </summary>
    private void CaptureUsingValues(StartServerCommand command)
    {
        foreach (HandlerScript script in new[] { OnMessage, OnConnect, OnDisconnect, InitializationScript }.OfType<HandlerScript>())
        {
            foreach ((UsingExpressionAst expression, bool isNested) in script.FindUsingExpressions())
            {
                // A block within, as that of ForEach-Object -Parallel, may mean a variable of the handler itself.
                if (isNested && !IsSet(command, expression))
                {
                    continue;
                }

                string text = expression.ToString();
                string keyText = expression.SubExpression is VariableExpressionAst ? text.ToLowerInvariant() : text;
                string key = Convert.ToBase64String(Encoding.Unicode.GetBytes(keyText));
                if (!UsingValues.ContainsKey(key))
                {
                    UsingValues[key] = Evaluate(command, script, expression);
                }
            }
        }
    }

    private static object? Evaluate(StartServerCommand command, HandlerScript script, UsingExpressionAst expression)
    {
        if (!IsSet(command, expression))
        {
            string name = UsingExpressionAst.ExtractUsingVariable(expression).VariablePath.UserPath;
            throw new InvalidHandlerException($"-{script.Name}: ${name} is not set, so {expression} has no value.", expression.ToString());
        }

        // The parser lets only variables, members and indexes follow `$using:`; none of them runs a command. In a table a collection stays
        // the object that it is; as a result it would be taken apart.
        ScriptBlock value = ScriptBlock.Create($"@{{ Value = {UsingPrefix().Replace(expression.SubExpression.ToString(), "$$$1", 1)} }}");
        PSObject table = command.InvokeCommand.InvokeScript(useLocalScope: false, value, input: null, args: null)[0];
        return ((Hashtable)table.BaseObject)["Value"];
    }

    private static bool IsSet(StartServerCommand command, UsingExpressionAst expression)
    {
        VariablePath path = UsingExpressionAst.ExtractUsingVariable(expression).VariablePath;
        return path.IsDriveQualified || command.SessionState.PSVariable.Get(path.UserPath) is not null;
    }

    private void CapturePreferences(StartServerCommand command)
    {
        foreach (string name in s_preferences)
        {
            object? value = command.SessionState.PSVariable.GetValue(name);
            string common = name.Replace("Preference", string.Empty, StringComparison.Ordinal);
            if (command.MyInvocation.BoundParameters.TryGetValue(common, out object? bound))
            {
                value = bound is SwitchParameter given ? (given ? ActionPreference.Continue : ActionPreference.SilentlyContinue) : bound;
            }

            if (value is not null)
            {
                _variables.Add(new SessionStateVariableEntry(name, value, string.Empty));
            }
        }
    }
}
