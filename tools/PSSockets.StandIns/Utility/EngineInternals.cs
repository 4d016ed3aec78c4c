using System;
using System.Globalization;
using System.IO;
using System.Management.Automation;
using System.Management.Automation.Internal;
using System.Reflection;
using Microsoft.PowerShell.Commands.Internal.Format;

namespace Microsoft.PowerShell.Commands;

/// <summary>The few engine parts that the real commands reach as friend assemblies, reached here by reflection.</summary>
internal static class EngineInternals
{
    private const BindingFlags Hidden = BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public;
    private const string FormatNamespace = "Microsoft.PowerShell.Commands.Internal.Format.";
    private static readonly Assembly s_engine = typeof(PSObject).Assembly;

    /// <summary>The exception that ends the commands before this one and lets those after it finish.</summary>
    public static Exception StopUpstream(InternalCommand command) =>
        (Exception)Create("System.Management.Automation.StopUpstreamCommandsException", command);

    /// <summary>Makes an error record point at the script that wrote it, not at the command that it used to do so.</summary>
    public static void SetCaller(ErrorRecord record, InvocationInfo caller)
    {
        typeof(ErrorRecord).GetMethod("SetInvocationInfo", Hidden)!.Invoke(record, [caller]);
        typeof(ErrorRecord).GetProperty("PreserveInvocationInfoOnce", Hidden)!.SetValue(record, true);
    }

    /// <summary>Gives a Format- command the engine's formatter for a shape: Table, List, Wide or Complex.</summary>
    public static void UseFormatter(FrontEndCommandBase command, string shape)
    {
        object value = Enum.Parse(s_engine.GetType(FormatNamespace + "FormatShape", throwOnError: true)!, shape);
        SetImplementation(command, Create(FormatNamespace + "InnerFormatShapeCommand", value));
    }

    /// <summary>Gives an Out- command the engine's output manager.</summary>
    public static void UseOutputManager(FrontEndCommandBase command) =>
        SetImplementation(command, Create(FormatNamespace + "OutputManagerInner"));

    /// <summary>Says where the output manager of a command writes its lines.</summary>
    public static void SetOutput(FrontEndCommandBase command, TextWriter writer, int width, bool noNewline)
    {
        object implementation = ImplementationField.GetValue(command)!;
        implementation.GetType().GetProperty("LineOutput", Hidden)!
            .SetValue(implementation, Create(FormatNamespace + "TextWriterLineOutput", writer, width, noNewline));
    }

    /// <summary>Runs the actions of event subscriptions that wait for the runspace.</summary>
    public static void RunPendingEventActions(PSEventManager events)
    {
        MethodInfo run = events.GetType().GetMethod("ProcessPendingActions", Hidden)!;
        run.Invoke(events, BindingFlags.DoNotWrapExceptions, binder: null, [], CultureInfo.InvariantCulture);
    }

    private static FieldInfo ImplementationField => typeof(FrontEndCommandBase).GetField("implementation", Hidden)!;

    private static void SetImplementation(FrontEndCommandBase command, object implementation) =>
        ImplementationField.SetValue(command, implementation);

    private static object Create(string typeName, params object[] arguments) => Activator.CreateInstance(
        s_engine.GetType(typeName, throwOnError: true)!, Hidden, binder: null, arguments, CultureInfo.InvariantCulture)!;
}
