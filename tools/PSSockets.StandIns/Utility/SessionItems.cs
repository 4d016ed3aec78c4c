using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using System.Reflection;

namespace Microsoft.PowerShell.Commands;

/// <summary>Variables by scope and aliases, which the engine offers to the real commands only.</summary>
internal static class SessionItems
{
    /// <summary>The variables with a name (wildcards allowed) that stand in a scope, or that the caller sees if it is null.</summary>
    public static IEnumerable<PSVariable> FindVariables(SessionState state, string name, string? scope)
    {
        object table = scope is null ? Call(state, "GetVariableTable")! : Call(state, "GetVariableTableAtScope", scope)!;
        WildcardPattern pattern = WildcardPattern.Get(name, WildcardOptions.IgnoreCase);
        return ((IDictionary<string, PSVariable>)table).Values.Where(variable => pattern.IsMatch(variable.Name)).ToList();
    }

    public static void SetVariable(SessionState state, PSVariable variable, string? scope, bool force) => _ = scope is null
        ? Call(state, "SetVariable", variable, force, CommandOrigin.Internal)
        : Call(state, "SetVariableAtScope", variable, scope, force, CommandOrigin.Internal);

    public static void RemoveVariable(SessionState state, PSVariable variable, string? scope, bool force) => _ = scope is null
        ? Call(state, "RemoveVariable", variable, force)
        : Call(state, "RemoveVariableAtScope", variable, scope, force);

    public static AliasInfo SetAlias(SessionState state, string name, string value, ScopedItemOptions options, bool force) =>
        (AliasInfo)Call(state, "SetAliasValue", name, value, options, force, CommandOrigin.Internal)!;

    private static object? Call(SessionState state, string method, params object[] arguments)
    {
        const BindingFlags Hidden = BindingFlags.Instance | BindingFlags.NonPublic;
        object engineState = typeof(SessionState).GetProperty("Internal", Hidden)!.GetValue(state)!;
        return engineState.GetType().InvokeMember(
            method,
            Hidden | BindingFlags.InvokeMethod | BindingFlags.DoNotWrapExceptions,
            binder: null,
            engineState,
            arguments,
            CultureInfo.InvariantCulture);
    }
}
