using System;
using System.Collections.Generic;
using System.IO;
using System.Reflection;
using Microsoft.PowerShell.Commands;

namespace PSSockets.Shell;

/// <summary>Puts the stand-in commands where every runspace of the process finds them.</summary>
internal static class StandIns
{
    private const string ModulePathVariable = "PSModulePath";

    private static readonly Dictionary<string, Assembly> s_snapIns = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Microsoft.PowerShell.Commands.Utility"] = typeof(WriteHostCommand).Assembly,
        ["Microsoft.PowerShell.Commands.Management"] = typeof(GetContentCommand).Assembly,
        ["Microsoft.PowerShell.Security"] = typeof(GetCredentialCommand).Assembly,

        // Nothing of these is needed, so an assembly without commands takes their place.
        ["Microsoft.PowerShell.ConsoleHost"] = typeof(StandIns).Assembly,
        ["Microsoft.PowerShell.Commands.Diagnostics"] = typeof(StandIns).Assembly,
        ["Microsoft.WSMan.Management"] = typeof(StandIns).Assembly,
    };

    public static void Install()
    {
        AppendToModulePath(Path.Combine(AppContext.BaseDirectory, "Modules"));

        // A runspace made without a session state ([powershell]::Create()) loads its commands not as modules but from the assemblies
        // of pwsh, by name. The engine's package does not have them.
        AppDomain.CurrentDomain.AssemblyResolve += (_, request) => s_snapIns.GetValueOrDefault(new AssemblyName(request.Name).Name!);
    }

    // At the end of the path: the real modules, where there are any, go before the stand-ins.
    private static void AppendToModulePath(string folder)
    {
        string? current = Environment.GetEnvironmentVariable(ModulePathVariable);
        Environment.SetEnvironmentVariable(
            ModulePathVariable,
            string.IsNullOrEmpty(current) ? folder : current + Path.PathSeparator + folder);
    }
}
