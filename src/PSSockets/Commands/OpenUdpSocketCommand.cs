using System.Management.Automation;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Binding;
using PSSockets.Engine.Datagrams;
using PSSockets.Engine.EndPoints;
using PSSockets.Engine.Errors;
using PSSockets.Engine.Transport;
using PSSockets.Errors;

namespace PSSockets.Commands;

[Cmdlet(VerbsCommon.Open, "UdpSocket", DefaultParameterSetName = LocalSet)]
[OutputType(typeof(UdpSocket))]
public sealed class OpenUdpSocketCommand : SocketCommand
{
    private const string LocalSet = "Local";
    private const string ConnectedSet = "Connected";

    [Parameter(Position = 0, ParameterSetName = LocalSet)]
    [Parameter(Position = 0, Mandatory = true, ParameterSetName = ConnectedSet)]
    [ValidateRange(0, 65535)]
    [ArgumentCompleter(typeof(PortCompleter))]
    public int Port { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = ConnectedSet)]
    [Alias("HostName", "Host", "CN")]
    [ValidateNotNullOrEmpty]
    public string ComputerName { get; set; } = string.Empty;

    [Parameter(ParameterSetName = ConnectedSet)]
    [ValidateRange(0, 65535)]
    public int LocalPort { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ListenAddressCompleter))]
    public string? Address { get; set; }

    [Parameter(ParameterSetName = LocalSet)]
    [ValidateNotNull]
    public IPAddress[] MulticastGroup { get; set; } = [];

    [Parameter(ParameterSetName = LocalSet)]
    [ValidateNotNull]
    public IPAddress? MulticastSource { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(InterfaceCompleter))]
    public string? Interface { get; set; }

    [Parameter]
    public SwitchParameter Broadcast { get; set; }

    [Parameter]
    [ValidateRange(1, 255)]
    public int Ttl { get; set; }

    [Parameter]
    public SwitchParameter NoMulticastLoopback { get; set; }

    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int ReceiveBufferSize { get; set; }

    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int MaxQueuedDatagrams { get; set; } = 65_536;

    [Parameter]
    [EncodingArgument]
    [ArgumentCompleter(typeof(EncodingCompleter))]
    public Encoding Encoding { get; set; } = ConnectionOptions.DefaultEncoding;

    [Parameter]
    public SwitchParameter AsByteStream { get; set; }

    [Parameter]
    [SocketOptionArgument]
    [ArgumentCompleter(typeof(SocketOptionCompleter))]
    public SocketOptionSet? SocketOption { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Name { get; set; }

    protected override void EndProcessing()
    {
        UdpArguments.CheckGroups(this, MulticastGroup, MulticastSource);
        if (ParameterSetName == ConnectedSet && Port == 0)
        {
            ThrowInvalid(ErrorRecords.InvalidParameterValue, "-Port is the port of the peer, 1 to 65535; -LocalPort is the own one.", Port);
        }

        UdpSocket socket;
        try
        {
            IPEndPoint? local = Await(GetLocalEndPointAsync, System.Threading.Timeout.InfiniteTimeSpan);
            socket = UdpSocket.Open(new UdpSocketOptions
            {
                LocalEndPoint = local,
                RemoteEndPoint = ParameterSetName == LocalSet
                    ? null
                    : Await(token => UdpArguments.ResolveAsync(ComputerName, Port, GetFamily(local), token), System.Threading.Timeout.InfiniteTimeSpan),
                Name = Name,
                Encoding = Encoding,
                AsByteStream = AsByteStream,
                MulticastGroups = MulticastGroup,
                MulticastSource = MulticastSource,
                Interface = Interface is null ? null : InterfaceSelector.Find(Interface),
                SocketOptions = UdpArguments.GetOptions(SocketOption, Broadcast, Ttl, NoMulticastLoopback, ReceiveBufferSize),
                MaxQueuedDatagrams = MaxQueuedDatagrams,
            });
        }
        catch (System.Exception exception) when (exception is ISocketFailure)
        {
            ThrowTerminatingError(ErrorRecords.FromEngine(exception, null));
            return;
        }

        SocketRegistry.Add(socket);
        WriteVerbose($"{socket.Name} is bound to {EndPointText.Format(socket.LocalEndPoint)}.");
        WriteObject(socket);
    }

    private static AddressFamily? GetFamily(IPEndPoint? local)
        => local is null || local.Address.Equals(IPAddress.IPv6Any) ? null : local.AddressFamily;

    /// <summary>
    /// Loopback for a port that others are to find, as with every server; all addresses where the system chooses the port, as with every
    /// client, and where multicast is to be received.
    /// </summary>
    private async Task<IPEndPoint?> GetLocalEndPointAsync(CancellationToken cancellationToken)
    {
        int port = ParameterSetName == LocalSet ? Port : LocalPort;
        return Address is not null ? new IPEndPoint(await ListenArguments.ResolveAddressAsync(Address, cancellationToken).ConfigureAwait(false), port)
            : MulticastGroup.Length > 0 ? new IPEndPoint(UdpArguments.GetAnyAddress(MulticastGroup), port)
            : port == 0 ? null
            : ParameterSetName == LocalSet ? new IPEndPoint(IPAddress.Loopback, port)
            : new IPEndPoint(IPAddress.IPv6Any, port);
    }
}
