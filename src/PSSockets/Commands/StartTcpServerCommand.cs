using System.Management.Automation;
using System.Net;
using System.Text;
using System.Threading.Tasks;
using PSSockets.Binding;
using PSSockets.Engine.EndPoints;
using PSSockets.Engine.Framing;
using PSSockets.Engine.Servers;
using PSSockets.Engine.Transport;
using PSSockets.Errors;
using PSSockets.Handlers;

namespace PSSockets.Commands;

[Cmdlet(VerbsLifecycle.Start, "TcpServer", DefaultParameterSetName = PortSet)]
[OutputType(typeof(TcpServer))]
public sealed class StartTcpServerCommand : StartServerCommand
{
    private const string PortSet = "Port";
    private const string UnixSocketSet = "UnixSocket";

    [Parameter(Position = 0, Mandatory = true, ParameterSetName = PortSet)]
    [ValidateRange(0, 65535)]
    public int Port { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = UnixSocketSet)]
    [ValidateNotNullOrEmpty]
    public string UnixSocket { get; set; } = string.Empty;

    [Parameter(Position = 1, ParameterSetName = PortSet)]
    [Parameter(Position = 0, ParameterSetName = UnixSocketSet)]
    public override ScriptBlock? OnMessage { get; set; }

    [Parameter]
    public ScriptBlock? OnConnect { get; set; }

    [Parameter]
    public ScriptBlock? OnDisconnect { get; set; }

    [Parameter]
    public SwitchParameter Echo { get; set; }

    [Parameter(ParameterSetName = PortSet)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ListenAddressCompleter))]
    public override string Address { get; set; } = "Loopback";

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
    [ValidateRange(1, int.MaxValue)]
    public int MaxConnections { get; set; } = 10_000;

    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int Backlog { get; set; } = 512;

    [Parameter]
    [ValidateRange(0, 2147483)]
    public double IdleTimeoutSeconds { get; set; }

    [Parameter]
    public SlowConsumerPolicy SlowConsumer { get; set; } = SlowConsumerPolicy.Disconnect;

    private protected override bool HasHandler => (OnMessage ?? OnConnect ?? OnDisconnect) is not null;

    private protected override HandlerSource GetHandlerSource() => base.GetHandlerSource() with { OnConnect = OnConnect, OnDisconnect = OnDisconnect };

    private protected override string HandlerParameters => "-OnMessage, -OnConnect or -OnDisconnect";

    protected override void EndProcessing()
    {
        if (Echo && HasHandler)
        {
            ThrowInvalid(ErrorRecords.InvalidParameterCombination, "-Echo answers by itself: it does not go with a handler.");
        }

        HandlerBlueprint? blueprint = CaptureHandlers();
        TcpServer? server = StartServer<TcpServer>(() =>
        {
            EndPoint endPoint = Await(token => GetEndPointAsync(UnixSocket, Port, token), ResolveLimit);
            if (endPoint is IPEndPoint ip)
            {
                WarnIfOpen(ip.Address, $"beyond loopback ({Address})", "connect");
            }

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
            return token => Task.FromResult(TcpServer.Start(options, token));
        });
        if (server is not null)
        {
            WriteVerbose($"{server.Name} listens on {server.DisplayName}, framing {Framing}{(blueprint is null ? string.Empty : $", handlers on up to {ThrottleLimit} workers")}.");
            WriteObject(server);
        }
    }
}
