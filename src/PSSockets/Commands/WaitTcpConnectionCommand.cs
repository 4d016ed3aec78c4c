using System.Management.Automation;
using PSSockets.Engine.Errors;
using PSSockets.Engine.Servers;
using PSSockets.Engine.Transport;

namespace PSSockets.Commands;

[Cmdlet(VerbsLifecycle.Wait, "TcpConnection")]
[OutputType(typeof(SocketConnection))]
public sealed class WaitTcpConnectionCommand : SocketCommand
{
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true)]
    [ValidateNotNull]
    public TcpServer Server { get; set; } = null!;

    [Parameter]
    [ValidateRange(0, 2147483)]
    public double TimeoutSeconds { get; set; } = 30;

    protected override void ProcessRecord()
    {
        SocketConnection? connection = null;
        if (TryRun(
            () => connection = Await(Server.TakeConnectionAsync, ToLimit(TimeoutSeconds)),
            Server,
            () => new SocketTimeoutException(
                SocketErrorId.AcceptTimedOut, $"Nobody connected to {Server.DisplayName} within {TimeoutSeconds} s.", Server.DisplayName)))
        {
            WriteVerbose($"{connection!.DisplayName} has connected to {Server.Name}.");
            WriteObject(connection);
        }
    }
}
