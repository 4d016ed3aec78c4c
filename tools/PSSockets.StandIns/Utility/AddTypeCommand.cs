using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Reflection;

namespace Microsoft.PowerShell.Commands;

/// <summary>Add-Type for assemblies that exist; there is no compiler here.</summary>
[Cmdlet(VerbsCommon.Add, "Type", DefaultParameterSetName = "FromSource")]
public sealed class AddTypeCommand : PSCmdlet
{
    [Parameter(Position = 0, Mandatory = true, ParameterSetName = "FromSource")]
    public string TypeDefinition { get; set; } = string.Empty;

    [Parameter(Mandatory = true, ParameterSetName = "FromAssemblyName")]
    [Alias("AN")]
    public string[] AssemblyName { get; set; } = [];

    [Parameter(Mandatory = true, ParameterSetName = "FromPath")]
    public string[] Path { get; set; } = [];

    [Parameter]
    public SwitchParameter PassThru { get; set; }

    protected override void EndProcessing()
    {
        if (ParameterSetName == "FromSource")
        {
            ThrowTerminatingError(new ErrorRecord(
                new NotSupportedException("This stand-in for Add-Type cannot compile source; it takes -AssemblyName and -Path."),
                "NoCompiler",
                ErrorCategory.NotImplemented,
                null));
        }

        IEnumerable<Assembly> assemblies = ParameterSetName == "FromPath"
            ? Path.SelectMany(path => GetResolvedProviderPathFromPSPath(path, out _)).Select(Assembly.LoadFrom)
            : AssemblyName.Select(LoadByName);
        foreach (Assembly assembly in assemblies)
        {
            if (PassThru)
            {
                WriteObject(assembly.GetExportedTypes(), enumerateCollection: true);
            }
        }
    }

    private Assembly LoadByName(string name)
    {
        try
        {
            return Assembly.Load(new AssemblyName(name));
        }
        catch (IOException error)
        {
            ThrowTerminatingError(new ErrorRecord(error, "PASSEMBLYNAME_NOT_FOUND", ErrorCategory.ObjectNotFound, name));
            throw;
        }
    }
}
