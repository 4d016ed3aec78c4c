using System.Management.Automation;
using System.Net;
using System.Text;
using System.Threading.Tasks;
using PSSockets.Binding;
using PSSockets.Engine.Datagrams;
using PSSockets.Engine.EndPoints;
using PSSockets.Engine.Servers;
using PSSockets.Engine.Transport;
using PSSockets.Errors;
using PSSockets.Handlers;

namespace PSSockets.Commands;

[Cmdlet(VerbsLifecycle.Start, "UdpServer")]
[OutputType(typeof(UdpServer))]
public sealed class StartUdpServerCommand : StartServerCommand
{
    [Parameter(Position = 0, Mandatory = true)]
    [ValidateRange(0, 65535)]
    public int Port { get; set; }

    [Parameter(Position = 1)]
    public override ScriptBlock? OnMessage { get; set; }

    [Parameter]
    public SwitchParameter Echo { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ListenAddressCompleter))]
    public override string Address { get; set; } = "Loopback";

    [Parameter]
    [EncodingArgument]
    [ArgumentCompleter(typeof(EncodingCompleter))]
    public Encoding Encoding { get; set; } = ConnectionOptions.DefaultEncoding;

    [Parameter]
    public SwitchParameter AsByteStream { get; set; }

    [Parameter]
    [ValidateNotNull]
    public IPAddress[] MulticastGroup { get; set; } = [];

    [Parameter]
    [ValidateNotNull]
    public IPAddress? MulticastSource { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(InterfaceCompleter))]
    public string? Interface { get; set; }

    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int ReceiveBufferSize { get; set; }

    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int MaxQueuedDatagrams { get; set; } = 65_536;

    private protected override bool HasHandler => OnMessage is not null;

    private protected override string HandlerParameters => "-OnMessage";

    protected override void EndProcessing()
    {
        if (Echo && HasHandler)
        {
            ThrowInvalid(ErrorRecords.InvalidParameterCombination, "-Echo answers by itself: it does not go with a handler.");
        }

        UdpArguments.CheckGroups(this, MulticastGroup, MulticastSource);
        HandlerBlueprint? blueprint = CaptureHandlers();
        UdpServer? server = StartServer<UdpServer>(() =>
        {
            bool isForGroups = MulticastGroup.Length > 0 && !MyInvocation.BoundParameters.ContainsKey(nameof(Address));
            IPAddress address = isForGroups
                ? UdpArguments.GetAnyAddress(MulticastGroup)
                : Await(token => ListenArguments.ResolveAddressAsync(Address, token), ResolveLimit);
            WarnIfOpen(address, isForGroups ? "on all addresses, as multicast needs it" : $"beyond loopback ({Address})", "send to it");
            UdpServerOptions options = new()
            {
                Name = Name,
                Filter = new AddressFilter(Allow, Deny),
                Echo = Echo,
                ThrottleLimit = ThrottleLimit,
                CreateHandler = blueprint is null ? null : blueprint.Create,
                TryRaiseEvent = SessionEvents.TryRaise,
                DescribeError = (exception, peer) => ErrorRecords.FromEngine(exception, peer),
                Socket = new UdpSocketOptions
                {
                    LocalEndPoint = new IPEndPoint(address, Port),
                    Encoding = Encoding,
                    AsByteStream = AsByteStream,
                    MulticastGroups = MulticastGroup,
                    MulticastSource = MulticastSource,
                    Interface = Interface is null ? null : InterfaceSelector.Find(Interface),
                    SocketOptions = UdpArguments.GetOptions(SocketOption, broadcast: false, ttl: 0, noLoopback: false, ReceiveBufferSize),
                    MaxQueuedDatagrams = MaxQueuedDatagrams,
                },
            };
            return token => Task.FromResult(UdpServer.Start(options, token));
        });
        if (server is not null)
        {
            WriteVerbose($"{server.Name} receives on {server.DisplayName}{(blueprint is null ? string.Empty : $", handlers on up to {ThrottleLimit} workers")}.");
            WriteObject(server);
        }
    }
}
