using System;
using System.Collections;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Threading;
using PSSockets.Engine.Errors;
using PSSockets.Engine.Servers;
using PSSockets.Engine.Transport;
using PSSockets.Errors;

namespace PSSockets.Handlers;

/// <summary>
/// Runs a server's script blocks on one worker thread, in a runspace of its own that is opened once. The worker's loop runs inside one
/// long-lived pipeline, so that a call costs about a microsecond, errors arrive in a stream that can be read, and a call can be stopped.
/// </summary>
internal sealed class ScriptHandler : IMessageHandler
{
    private readonly HandlerBlueprint _blueprint;
    private readonly IHandlerOwner _owner;
    private readonly Runspace _runspace;
    private readonly Hashtable _usingValues;
    private readonly object?[] _arguments;
    private readonly ScriptBlock? _onMessage;
    private readonly ScriptBlock? _onConnect;
    private readonly ScriptBlock? _onDisconnect;
    private readonly OutgoingMessages _output;
    private readonly object _gate = new();
    private readonly CallWatch? _watch;
    private IMessagePeer? _connection;
    private PowerShell? _pipeline;
    private bool _isBroken;

    public ScriptHandler(HandlerBlueprint blueprint, IHandlerOwner owner)
    {
        _blueprint = blueprint;
        _owner = owner;
        _runspace = blueprint.CreateRunspace();
        try
        {
            Runspace.DefaultRunspace = _runspace;
            _usingValues = blueprint.CreateUsingValues();
            _arguments = blueprint.CreateArguments();
            Initialize();
            _onMessage = blueprint.OnMessage?.Compile();
            _onConnect = blueprint.OnConnect?.Compile();
            _onDisconnect = blueprint.OnDisconnect?.Compile();
        }
        catch
        {
            _runspace.Dispose();
            throw;
        }

        if (blueprint.Timeout != Timeout.InfiniteTimeSpan)
        {
            _watch = new CallWatch(blueprint.Timeout, StopOverdueCall);
        }

        _output = new OutgoingMessages(text => _connection!.Append(text), bytes => _connection!.Append(bytes.Span));
        _runspace.StateChanged += StopWithSession;
    }

    /// <inheritdoc/>
    public bool IsLoopBroken => Volatile.Read(ref _isBroken);

    /// <inheritdoc/>
    public bool Run(Func<bool> runLoop)
    {
        bool again = false;
        using PowerShell pipeline = CreatePipeline("$args[0].Invoke()");
        pipeline.AddArgument((Action)(() => again = runLoop()));
        lock (_gate)
        {
            _isBroken = false;
            _pipeline = pipeline;
        }

        try
        {
            pipeline.Invoke();
        }
        catch (PipelineStoppedException)
        {
            // A call was interrupted; the loop has seen it and ended.
        }
        finally
        {
            lock (_gate)
            {
                _pipeline = null;
            }
        }

        return again;
    }

    /// <inheritdoc/>
    public HandlerVerdict OnConnected(IMessagePeer connection)
        => Call("OnConnect", _onConnect, connection, null, sendsOutput: true);

    /// <inheritdoc/>
    public HandlerVerdict OnMessage(IMessagePeer connection, object message)
        => Call("OnMessage", _onMessage, connection, message, sendsOutput: true);

    /// <inheritdoc/>
    public void OnDisconnected(IMessagePeer connection)
        => Call("OnDisconnect", _onDisconnect, connection, null, sendsOutput: false);

    /// <inheritdoc/>
    public void Interrupt()
    {
        lock (_gate)
        {
            // Only what runs now is stopped; the worker goes on with a new pipeline.
            Volatile.Write(ref _isBroken, true);
            _pipeline?.BeginStop(null, null);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _watch?.Dispose();
        Runspace.DefaultRunspace = null;
        _runspace.StateChanged -= StopWithSession;

        // What handlers have opened and left open ends with them.
        SocketRegistry.CloseAll(_runspace.InstanceId);
        _runspace.Dispose();
    }

    // A shell that exits closes every runspace of its process and waits for their pipelines: the worker's would never end by itself.
    private void StopWithSession(object? sender, RunspaceStateEventArgs change)
    {
        if (change.RunspaceStateInfo.State == RunspaceState.Closing)
        {
            _owner.Dispose();
        }
    }

    private void StopOverdueCall(string name, IMessagePeer connection)
    {
        // One that is interrupted already, because the server stops, is no news.
        if (!IsLoopBroken)
        {
            Interrupt();
            _owner.RecordError(ErrorRecords.FromHandlerTimeout(name, _blueprint.Timeout, connection), connection);
        }
    }

    private void Begin(string name, IMessagePeer connection)
    {
        _connection = connection;
        _output.Clear();
        _watch?.Begin(name, connection);
    }

    private void End()
    {
        _watch?.End();
        _connection = null;
    }

    private void Initialize()
    {
        if (_blueprint.InitializationScript is not { } script)
        {
            return;
        }

        CancellationToken stopToken = _owner.GetStopToken();
        stopToken.ThrowIfCancellationRequested();

        // Dot-sourced, so that the functions and variables that it defines are there for the handlers.
        using PowerShell pipeline = CreatePipeline(". $args[0]");
        pipeline.AddArgument(script.Compile());
        using CancellationTokenRegistration stop = stopToken.Register(() => pipeline.BeginStop(null, null));
        try
        {
            pipeline.Invoke();
        }
        catch (Exception exception) when (stopToken.IsCancellationRequested && exception is (RuntimeException or InvalidPowerShellStateException))
        {
            // However the stop has ended the script, it is no error of the server.
            throw new OperationCanceledException(stopToken);
        }
        catch (RuntimeException exception)
        {
            throw new InvalidHandlerException(
                new HandlerFailedException("-InitializationScript", exception.ErrorRecord).Message, _owner.Name, exception);
        }
    }

    private PowerShell CreatePipeline(string script)
    {
        PowerShell pipeline = PowerShell.Create();
        pipeline.Runspace = _runspace;
        pipeline.AddScript(script, useLocalScope: false);
        if (_usingValues.Count > 0)
        {
            pipeline.AddParameter("--%", _usingValues);
        }

        return pipeline;
    }

    private HandlerVerdict Call(string name, ScriptBlock? block, IMessagePeer connection, object? message, bool sendsOutput)
    {
        if (block is null)
        {
            return HandlerVerdict.Continue;
        }

        bool failed = false;
        Begin(name, connection);
        try
        {
            List<PSVariable> variables = _owner.GetVariables(message, connection);
            Collection<PSObject> output = block.InvokeWithContext(null, variables, _arguments!);
            if (sendsOutput && output.Count > 0)
            {
                foreach (PSObject item in output)
                {
                    _output.Add(item);
                }

                _output.Complete();
            }
        }
        catch (PipelineStoppedException)
        {
            Volatile.Write(ref _isBroken, true);
            failed = true;
        }
        catch (RuntimeException exception)
        {
            Report(name, exception.ErrorRecord, connection);
            failed = true;
        }
        catch (FlowControlException)
        {
            // `break` or `continue` outside a loop ends the call, as it ends a script.
        }
        catch (Exception exception) when (exception is ISocketFailure)
        {
            // The output could not be sent: the peer has gone, or the message does not fit the framing.
            _owner.ReportError(exception, connection);
        }
        catch (Exception exception)
        {
            // A collection in the output threw while its elements were sent: that is the handler's own code.
            Report(name, new ErrorRecord(exception, ErrorRecords.HandlerFailed, ErrorCategory.InvalidResult, message), connection);
            failed = true;
        }
        finally
        {
            End();
            DrainStreams(name, connection);
        }

        return !failed ? HandlerVerdict.Continue : _blueprint.ErrorAction switch
        {
            HandlerErrorAction.Disconnect => HandlerVerdict.Disconnect,
            HandlerErrorAction.Stop => HandlerVerdict.StopServer,
            _ => HandlerVerdict.Continue,
        };
    }

    private void Report(string name, ErrorRecord error, IMessagePeer connection)
        => _owner.RecordError(ErrorRecords.FromHandler(new HandlerFailedException(name, error), connection), connection);

    /// <summary>Keeps the errors that the call wrote; what the host has shown already is dropped, or it would pile up.</summary>
    private void DrainStreams(string name, IMessagePeer connection)
    {
        if (_pipeline is not { } pipeline)
        {
            return;
        }

        PSDataStreams streams = pipeline.Streams;
        if (streams.Error.Count > 0)
        {
            foreach (ErrorRecord error in streams.Error.ReadAll())
            {
                Report(name, error, connection);
            }
        }

        if (streams.Warning.Count + streams.Verbose.Count + streams.Debug.Count + streams.Information.Count + streams.Progress.Count > 0)
        {
            streams.ClearStreams();
        }
    }
}
