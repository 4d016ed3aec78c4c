using System.Management.Automation;
using PSSockets.Engine.Transport;

namespace PSSockets.Commands;

[Cmdlet(VerbsCommon.Close, "Socket", SupportsShouldProcess = true)]
public sealed class CloseSocketCommand : SocketCommand
{
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true)]
    [Alias("Connection")]
    [AllowEmptyCollection]
    [ValidateNotNull]
    public ISocketLifetime[] Socket { get; set; } = [];

    [Parameter]
    public SwitchParameter Abort { get; set; }

    [Parameter]
    [ValidateRange(0, 2147483)]
    public double TimeoutSeconds { get; set; } = 5;

    protected override void ProcessRecord()
    {
        foreach (ISocketLifetime socket in Socket)
        {
            if (!ShouldProcess(socket.ToString(), Abort ? "Abort" : "Close"))
            {
                continue;
            }

            if (Abort)
            {
                socket.Abort();
            }
            else if (!TryRun(
                () => Await(token => socket.CloseAsync(ToLimit(TimeoutSeconds), token), System.Threading.Timeout.InfiniteTimeSpan),
                socket))
            {
                continue;
            }

            if (socket is SocketConnection connection)
            {
                WriteVerbose(
                    $"{connection} has ended ({connection.CloseReason}): {connection.BytesReceived} bytes received, {connection.BytesSent} sent.");
            }
        }
    }
}
