using System;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Reflection;

namespace PSSockets.Shell;

/// <summary>The two engine parts that the console of pwsh reaches as a friend assembly, reached here by reflection.</summary>
internal static class EngineInternals
{
    private const BindingFlags Hidden = BindingFlags.Instance | BindingFlags.NonPublic;

    /// <summary>
    /// Makes `exit` in the next script reach the host, as -File does in pwsh. Without it the engine takes the script for one that another
    /// script called and only sets $LASTEXITCODE.
    /// </summary>
    public static void PassOnExit(Runspace runspace)
    {
        EngineIntrinsics engine = (EngineIntrinsics)runspace.SessionStateProxy.GetVariable("ExecutionContext");
        object context = typeof(EngineIntrinsics).GetField("_context", Hidden)!.GetValue(engine)!;
        context.GetType().GetProperty("ScriptCommandProcessorShouldRethrowExit", Hidden)!.SetValue(context, true);
    }

    /// <summary>Wraps a record so that Out-Default writes it as an error, not as an object.</summary>
    public static PSObject AsError(ErrorRecord record)
    {
        PropertyInfo stream = typeof(PSObject).GetProperty("WriteStream", Hidden)!;
        PSObject error = new(record);
        stream.SetValue(error, Enum.Parse(stream.PropertyType, "Error"));
        return error;
    }
}
