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
using PSSockets.Engine.Chat;
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
    private readonly object?[] _arguments;
    private readonly Dictionary<string, object?> _usingValues = [];
    private readonly string? _location;
    private readonly List<SessionStateVariableEntry> _variables = [];

    private HandlerBlueprint(HandlerSource source)
    {
        OnMessage = Capture(nameof(source.OnMessage), source.OnMessage, source.Command);
        OnConnect = Capture(nameof(source.OnConnect), source.OnConnect, source.Command);
        OnDisconnect = Capture(nameof(source.OnDisconnect), source.OnDisconnect, source.Command);
        InitializationScript = Capture(nameof(source.InitializationScript), source.InitializationScript, source.Command);
        _arguments = [.. source.Arguments.Select(value => HandlerScript.CaptureValue("ArgumentList", value, source.Command))];
        ErrorAction = source.ErrorAction;
        Timeout = source.Timeout;
        Host = new HandlerHost(source.Command.Host);
        _modules = source.Modules;
        _location = source.Command.SessionState.Path.CurrentFileSystemLocation?.ProviderPath;
    }

    public HandlerScript? OnMessage { get; }

    public HandlerScript? OnConnect { get; }

    public HandlerScript? OnDisconnect { get; }

    public HandlerScript? InitializationScript { get; }

    public HandlerErrorAction ErrorAction { get; }

    /// <summary>How long one call may take; infinite for no limit.</summary>
    public TimeSpan Timeout { get; }

    /// <summary>The user's host, where Write-Host, Write-Warning, Write-Verbose and Write-Progress of handlers appear.</summary>
    public PSHost Host { get; }

    /// <summary>Captures handlers; errors in them end the command.</summary>
    public static HandlerBlueprint Capture(HandlerSource source)
    {
        try
        {
            HandlerBlueprint blueprint = new(source);
            blueprint.CaptureUsingValues(source.Command);
            blueprint.CapturePreferences(source.Command);
            return blueprint;
        }
        catch (InvalidHandlerException exception)
        {
            source.Command.ThrowTerminatingError(exception.ErrorRecord);
            throw;
        }
    }

    /// <summary>Makes a worker's handler, on that worker's thread.</summary>
    public IMessageHandler Create(SocketServer server) => new ScriptHandler(this, new ServerHandlerOwner(server));

    /// <summary>Makes the handler of a chat session, on its worker's thread.</summary>
    public IMessageHandler Create(ChatSession session) => new ScriptHandler(this, new SessionHandlerOwner(session));

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
            try
            {
                runspace.SessionStateProxy.Path.SetLocation(WildcardPattern.Escape(_location));
            }
            catch (ItemNotFoundException)
            {
                // Removed meanwhile: that is no reason for a server to go without this worker.
            }
        }

        return runspace;
    }

    /// <summary>Makes the arguments for a worker's handlers, on its thread.</summary>
    public object?[] CreateArguments() => [.. _arguments.Select(HandlerScript.CompileValue)];

    /// <summary>Makes a worker's values of <c>$using:</c> expressions, on its thread, under the keys by which PowerShell looks them up.</summary>
    public Hashtable CreateUsingValues()
    {
        Hashtable values = [];
        foreach ((string key, object? value) in _usingValues)
        {
            values[key] = HandlerScript.CompileValue(value);
        }

        return values;
    }

    // An expression's text begins with $using:, ${using: or, where it is splatted, @using:.
    [GeneratedRegex(@"^[$@](\{?)using:", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex UsingPrefix();

    private static HandlerScript? Capture(string name, ScriptBlock? block, PSCmdlet command)
        => block is null ? null : HandlerScript.Capture(name, block, command);

    /// <summary>
    /// Evaluates each <c>$using:</c> expression once in the caller's scope. Workers get the values as PowerShell's own remoting passes
    /// them: a table under the implicit parameter "--%", keyed by the expression's text in Base64 (UTF-16, lower case for plain variables).
    /// </summary>
    private void CaptureUsingValues(PSCmdlet command)
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
                if (!_usingValues.ContainsKey(key))
                {
                    _usingValues[key] = HandlerScript.CaptureValue(text, Evaluate(command, script, expression), command);
                }
            }
        }
    }

    private static object? Evaluate(PSCmdlet command, HandlerScript script, UsingExpressionAst expression)
    {
        if (IsSet(command, expression))
        {
            // The parser lets only variables, members and indexes follow `$using:`; none of them runs a command.
            return Evaluate(command, UsingPrefix().Replace(expression.SubExpression.ToString(), "$$$1", 1));
        }

        try
        {
            // In a job or ForEach-Object -Parallel, PowerShell has brought the value there as one of `$using:`, not as a variable.
            return Evaluate(command, expression.ToString());
        }
        catch (RuntimeException)
        {
            string name = UsingExpressionAst.ExtractUsingVariable(expression).VariablePath.UserPath;
            throw new InvalidHandlerException($"-{script.Name}: ${name} is not set, so {expression} has no value.", expression.ToString());
        }
    }

    /// <summary>Evaluates an expression in the caller's scope, in a table: a collection that was the result would be taken apart.</summary>
    private static object? Evaluate(PSCmdlet command, string expression)
    {
        ScriptBlock value = ScriptBlock.Create($"@{{ Value = {expression} }}");
        PSObject table = command.InvokeCommand.InvokeScript(useLocalScope: false, value, input: null, args: null)[0];
        return ((Hashtable)table.BaseObject)["Value"];
    }

    private static bool IsSet(PSCmdlet command, UsingExpressionAst expression)
    {
        VariablePath path = UsingExpressionAst.ExtractUsingVariable(expression).VariablePath;
        return path.IsDriveQualified || command.SessionState.PSVariable.Get(path.UserPath) is not null;
    }

    private void CapturePreferences(PSCmdlet command)
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
