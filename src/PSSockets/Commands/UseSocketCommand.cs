using System;
using System.Management.Automation;
using System.Threading;
using PSSockets.Engine.Transport;

namespace PSSockets.Commands;

[Cmdlet(VerbsOther.Use, "Socket")]
public sealed class UseSocketCommand : SocketCommand
{
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
            // ForEach-Object runs the block in the caller's own scope, with $_ set and its output streaming: what `with` does in Python.
            // Made anew each time: a script block must not be shared by runspaces.
            ScriptBlock run = ScriptBlock.Create("param($Block) ForEach-Object -Process $Block");
            using SteppablePipeline pipeline = run.GetSteppablePipeline(CommandOrigin.Internal, [ScriptBlock]);
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
