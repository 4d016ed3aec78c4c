using System;
using System.Management.Automation;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Binding;
using PSSockets.Engine.EndPoints;
using PSSockets.Engine.Errors;
using PSSockets.Engine.Framing;
using PSSockets.Engine.Servers;
using PSSockets.Engine.Transport;
using PSSockets.Errors;
using PSSockets.Handlers;

namespace PSSockets.Commands;

[Cmdlet(VerbsLifecycle.Start, "TcpServer", DefaultParameterSetName = PortSet)]
[OutputType(typeof(TcpServer))]
public sealed class StartTcpServerCommand : SocketCommand
{
    private const string PortSet = "Port";
    private const string UnixSocketSet = "UnixSocket";

    private static readonly TimeSpan s_resolveLimit = TimeSpan.FromSeconds(10);

    [Parameter(Position = 0, Mandatory = true, ParameterSetName = PortSet)]
    [ValidateRange(0, 65535)]
    public int Port { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = UnixSocketSet)]
    [ValidateNotNullOrEmpty]
    public string UnixSocket { get; set; } = string.Empty;

    [Parameter(Position = 1, ParameterSetName = PortSet)]
    [Parameter(Position = 0, ParameterSetName = UnixSocketSet)]
    public ScriptBlock? OnMessage { get; set; }

    [Parameter]
    public ScriptBlock? OnConnect { get; set; }

    [Parameter]
    public ScriptBlock? OnDisconnect { get; set; }

    [Parameter]
    public SwitchParameter Echo { get; set; }

    [Parameter(ParameterSetName = PortSet)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ListenAddressCompleter))]
    public string Address { get; set; } = "Loopback";

    [Parameter]
    [FramingArgument]
    [ArgumentCompleter(typeof(FramingCompleter))]
    public FramingScheme Framing { get; set; } = FramingScheme.Line;

    [Parameter]
    [ValidateRange(1, FramingScheme.HighestMaxFrameLength)]
    public int MaxFrameLength { get; set; } = FramingScheme.DefaultMaxFrameLength;

    [Parameter]
    [EncodingArgument]
    [ArgumentCompleter(typeof(EncodingCompleter))]
    public Encoding Encoding { get; set; } = ConnectionOptions.DefaultEncoding;

    [Parameter]
    public SwitchParameter AsByteStream { get; set; }

    [Parameter]
    public SwitchParameter Sequential { get; set; }

    [Parameter]
    [ValidateRange(1, 1024)]
    public int ThrottleLimit { get; set; } = Environment.ProcessorCount;

    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int MaxConnections { get; set; } = 10_000;

    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int Backlog { get; set; } = 512;

    [Parameter]
    [ValidateRange(0, 2147483)]
    public double IdleTimeoutSeconds { get; set; }

    [Parameter]
    [AddressRangeArgument]
    public AddressRange[] Allow { get; set; } = [];

    [Parameter]
    [AddressRangeArgument]
    public AddressRange[] Deny { get; set; } = [];

    [Parameter]
    public SlowConsumerPolicy SlowConsumer { get; set; } = SlowConsumerPolicy.Disconnect;

    [Parameter]
    [SocketOptionArgument]
    public SocketOptionSet? SocketOption { get; set; }

    [Parameter]
    public ScriptBlock? InitializationScript { get; set; }

    [Parameter]
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

    protected override void EndProcessing()
    {
        CheckCombination();
        HandlerBlueprint? blueprint = OnMessage is null && OnConnect is null && OnDisconnect is null
            ? null
            : HandlerBlueprint.Capture(this);
        TcpServer server;
        try
        {
            EndPoint endPoint = Await(GetEndPointAsync, s_resolveLimit);
            WarnIfOpen(endPoint);
            TcpServerOptions options = new()
            {
                EndPoint = endPoint,
                Name = Name,
                Backlog = Backlog,
                MaxConnections = MaxConnections,
                Filter = new AddressFilter(Allow, Deny),
                IdleTimeout = ToLimit(IdleTimeoutSeconds),
                Sequential = Sequential,
                Echo = Echo,
                ThrottleLimit = ThrottleLimit,
                CreateHandler = blueprint is null ? null : blueprint.Create,
                TryRaiseEvent = SessionEvents.TryRaise,
                DescribeError = (exception, connection) => ErrorRecords.FromEngine(exception, connection),
                Connection = new ConnectionOptions
                {
                    Framing = ListenArguments.WithLimit(this, Framing, MaxFrameLength),
                    Encoding = Encoding,
                    AsByteStream = AsByteStream,
                    SlowConsumer = SlowConsumer,
                    SocketOptions = SocketOption,
                },
            };
            server = Start(options);
        }
        catch (Exception exception) when (exception is ISocketFailure)
        {
            ThrowTerminatingError(ErrorRecords.FromEngine(exception, null));
            return;
        }
        catch (SocketLimitException)
        {
            ThrowTerminatingError(ErrorRecords.FromEngine(
                new SocketTimeoutException(
                    SocketErrorId.NameNotResolved, $"'{Address}' could not be resolved to an address within {s_resolveLimit.TotalSeconds} s.", Address),
                null));
            return;
        }
        catch (InvalidHandlerException exception)
        {
            ThrowTerminatingError(exception.ErrorRecord);
            return;
        }

        SocketRegistry.Add(server);
        WriteVerbose($"{server.Name} listens on {server.DisplayName}, framing {Framing}.");
        WriteObject(server);
    }

    /// <summary>Starts the server on another thread: an initialization script may take its time, and Ctrl+C ends it.</summary>
    private TcpServer Start(TcpServerOptions options)
        => Await(token => Task.Run(() => TcpServer.Start(options, token), token), Timeout.InfiniteTimeSpan);

    private void CheckCombination()
    {
        if (Echo && (OnMessage ?? OnConnect ?? OnDisconnect) is not null)
        {
            ThrowInvalid(ErrorRecords.InvalidParameterCombination, "-Echo answers by itself: it does not go with a handler.");
        }

        if (OnMessage is null && (OnConnect ?? OnDisconnect) is null)
        {
            string? useless = InitializationScript is not null ? nameof(InitializationScript)
                : ImportModule.Length > 0 ? nameof(ImportModule)
                : ArgumentList is { Length: > 0 } ? nameof(ArgumentList)
                : null;
            if (useless is not null)
            {
                ThrowInvalid(ErrorRecords.InvalidParameterCombination, $"-{useless} is for handlers: give -OnMessage, -OnConnect or -OnDisconnect too.");
            }
        }
    }

    private async Task<EndPoint> GetEndPointAsync(CancellationToken cancellationToken) => ParameterSetName == UnixSocketSet
        ? new UnixDomainSocketEndPoint(ListenArguments.GetUnixSocketPath(this, UnixSocket))
        : new IPEndPoint(await ListenArguments.ResolveAddressAsync(Address, cancellationToken).ConfigureAwait(false), Port);

    private void WarnIfOpen(EndPoint endPoint)
    {
        if (endPoint is IPEndPoint { Address: { } address } && !IPAddress.IsLoopback(address) && Allow.Length == 0)
        {
            WriteWarning(
                $"The server listens beyond loopback ({Address}): everybody who reaches this machine can connect, and nothing is encrypted. -Allow limits who may.");
        }
    }
}
