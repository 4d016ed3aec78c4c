using System;
using System.Management.Automation;
using System.Threading;
using PSSockets.Binding;
using PSSockets.Engine.Transport;

namespace PSSockets.Commands;

[Cmdlet(VerbsOther.Use, "Socket", DefaultParameterSetName = PipelineSet)]
public sealed class UseSocketCommand : SocketCommand
{
    private const string SocketSet = "Socket";
    private const string PipelineSet = "Pipeline";

    private static readonly TimeSpan s_closeLimit = TimeSpan.FromSeconds(5);

    [Parameter(Position = 0, Mandatory = true, ParameterSetName = SocketSet)]
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = PipelineSet)]
    [Alias("Connection")]
    [ValidateNotNull]
    public ISocketLifetime Socket { get; set; } = null!;

    [Parameter(Position = 1, Mandatory = true, ParameterSetName = SocketSet)]
    [Parameter(Position = 0, Mandatory = true, ParameterSetName = PipelineSet)]
    [ValidateBehindSocket]
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

            // Begin(this) would take what is processed for input only where this command itself has input from a pipeline.
            pipeline.Begin(expectInput: true, (EngineIntrinsics)SessionState.PSVariable.GetValue("ExecutionContext"));
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
