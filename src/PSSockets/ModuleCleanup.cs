using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace PSSockets;

/// <summary>Remove-Module closes what the module opened in that runspace. At the end of the process the system does.</summary>
public sealed class ModuleCleanup : IModuleAssemblyCleanup
{
    /// <inheritdoc/>
    public void OnRemove(PSModuleInfo psModuleInfo) => SocketRegistry.CloseAll(Runspace.DefaultRunspace.InstanceId);
}
