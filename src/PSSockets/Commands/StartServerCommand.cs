using System;
using System.Management.Automation;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Binding;
using PSSockets.Engine.EndPoints;
using PSSockets.Engine.Errors;
using PSSockets.Engine.Servers;
using PSSockets.Engine.Transport;
using PSSockets.Errors;
using PSSockets.Handlers;

namespace PSSockets.Commands;

/// <summary>The base of the cmdlets that start a server: its handlers, who may use it, and a start that Ctrl+C can end.</summary>
public abstract class StartServerCommand : SocketCommand
{
    /// <summary>How long a name may take to be resolved.</summary>
    private protected static readonly TimeSpan ResolveLimit = TimeSpan.FromSeconds(10);

    public abstract ScriptBlock? OnMessage { get; set; }

    public abstract string Address { get; set; }

    [Parameter]
    [ValidateRange(1, 1024)]
    public int ThrottleLimit { get; set; } = Environment.ProcessorCount;

    [Parameter]
    [AddressRangeArgument]
    public AddressRange[] Allow { get; set; } = [];

    [Parameter]
    [AddressRangeArgument]
    public AddressRange[] Deny { get; set; } = [];

    [Parameter]
    [SocketOptionArgument]
    [ArgumentCompleter(typeof(SocketOptionCompleter))]
    public SocketOptionSet? SocketOption { get; set; }

    [Parameter]
    public ScriptBlock? InitializationScript { get; set; }

    [Parameter]
    [ArgumentCompleter(typeof(ModuleCompleter))]
    public string[] ImportModule { get; set; } = [];

    [Parameter]
    [AllowNull]
    [AllowEmptyCollection]
    public object?[] ArgumentList { get; set; } = [];

    [Parameter]
    public HandlerErrorAction OnHandlerError { get; set; } = HandlerErrorAction.Continue;

    [Parameter]
    [ValidateRange(0, 2147483)]
    public double HandlerTimeoutSeconds { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Name { get; set; }

    private protected abstract bool HasHandler { get; }

    /// <summary>The parameters that give handlers, for a message to the user.</summary>
    private protected abstract string HandlerParameters { get; }

    /// <summary>Captures the handlers; null where there are none, and then what is for handlers alone is an error.</summary>
    private protected HandlerBlueprint? CaptureHandlers()
    {
        HandlerSource source = GetHandlerSource();
        if (HasHandler)
        {
            return HandlerBlueprint.Capture(source);
        }

        if (source.ForHandlersOnly is { } useless)
        {
            ThrowInvalid(ErrorRecords.InvalidParameterCombination, $"-{useless} is for handlers: give {HandlerParameters} too.");
        }

        return null;
    }

    /// <summary>The handlers that the parameters give.</summary>
    private protected virtual HandlerSource GetHandlerSource() => new()
    {
        Command = this,
        OnMessage = OnMessage,
        InitializationScript = InitializationScript,
        Arguments = ArgumentList ?? [],
        Modules = ImportModule,
        ErrorAction = OnHandlerError,
        Timeout = ToLimit(HandlerTimeoutSeconds),
    };

    /// <summary>Starts a server and takes note of it; an error ends the command.</summary>
    /// <param name="prepare">Makes the options, on the pipeline thread, and gives the call that starts the server with them.</param>
    private protected T? StartServer<T>(Func<Func<CancellationToken, Task<T>>> prepare)
        where T : SocketServer
    {
        T server;
        try
        {
            server = Start(prepare());
        }
        catch (Exception exception) when (exception is ISocketFailure)
        {
            ThrowTerminatingError(ErrorRecords.FromEngine(exception, null));
            return null;
        }
        catch (SocketLimitException)
        {
            ThrowTerminatingError(ErrorRecords.FromEngine(
                new SocketTimeoutException(
                    SocketErrorId.NameNotResolved, $"'{Address}' could not be resolved to an address within {ResolveLimit.TotalSeconds} s.", Address),
                null));
            return null;
        }
        catch (InvalidHandlerException exception)
        {
            ThrowTerminatingError(exception.ErrorRecord);
            return null;
        }

        SocketRegistry.Add(server);
        return server;
    }

    /// <summary>Warns of a server that strangers can reach.</summary>
    private protected void WarnIfOpen(IPAddress address, string where, string what)
    {
        if (!IPAddress.IsLoopback(address) && Allow.Length == 0)
        {
            WriteWarning(
                $"The server listens {where}: everybody who reaches this machine can {what}, and nothing is encrypted. -Allow limits who may.");
        }
    }

    /// <summary>Where a server of connections is to listen: at a path, or at -Address and a port.</summary>
    private protected async Task<EndPoint> GetEndPointAsync(string unixSocket, int port, CancellationToken cancellationToken) => unixSocket.Length > 0
        ? new UnixDomainSocketEndPoint(ListenArguments.GetUnixSocketPath(this, unixSocket))
        : new IPEndPoint(await ListenArguments.ResolveAddressAsync(Address, cancellationToken).ConfigureAwait(false), port);

    /// <summary>Starts the server on another thread: an initialization script may take its time, and Ctrl+C ends it.</summary>
    private T Start<T>(Func<CancellationToken, Task<T>> start)
        where T : SocketServer
        => Await(token => Task.Run(() => start(token), token), Timeout.InfiniteTimeSpan);
}
