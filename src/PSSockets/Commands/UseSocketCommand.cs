using System;
using System.Management.Automation;
using System.Threading;
using PSSockets.Engine.Transport;

namespace PSSockets.Commands;

[Cmdlet(VerbsOther.Use, "Socket")]
public sealed class UseSocketCommand : SocketCommand
{
    // ForEach-Object runs the block as part of the caller's own scope, with $_ set and its output streaming: what `with` does in Python.
    private static readonly ScriptBlock s_runBlock = ScriptBlock.Create("ForEach-Object -Process $args[0]");

    private static readonly TimeSpan s_closeLimit = TimeSpan.FromSeconds(5);

    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true)]
    [Alias("Connection")]
    [ValidateNotNull]
    public ISocketLifetime Socket { get; set; } = null!;

    [Parameter(Position = 1, Mandatory = true)]
    [ValidateNotNull]
    public ScriptBlock ScriptBlock { get; set; } = null!;

    protected override void ProcessRecord()
    {
        bool completed = false;
        try
        {
            using SteppablePipeline pipeline = s_runBlock.GetSteppablePipeline(CommandOrigin.Internal, [ScriptBlock]);
            pipeline.Begin(this);
            pipeline.Process(Socket);
            pipeline.End();
            completed = true;
        }
        finally
        {
            if (!completed)
            {
                // The block was stopped, or threw: what it had sent is not waited for.
                (Socket as IDisposable)?.Dispose();
            }
        }

        TryRun(() => Await(token => Socket.CloseAsync(s_closeLimit, token), Timeout.InfiniteTimeSpan), Socket);
    }
}
