using System.Management.Automation;
using PSSockets.Engine.Transport;

namespace PSSockets.Commands;

[Cmdlet(VerbsCommon.Get, "SocketOption")]
[OutputType(typeof(SocketOptionSet))]
public sealed class GetSocketOptionCommand : SocketCommand
{
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true)]
    [Alias("Socket")]
    [ValidateNotNull]
    public ISocketOwner Connection { get; set; } = null!;

    protected override void ProcessRecord()
    {
        SocketOptionSet? options = null;
        if (TryRun(() => options = SocketOptionSet.Read(Connection), Connection))
        {
            WriteObject(options);
        }
    }
}
