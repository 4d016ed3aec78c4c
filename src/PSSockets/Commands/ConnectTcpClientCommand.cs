using System;
using System.Management.Automation;
using System.Net;
using System.Text;
using PSSockets.Binding;
using PSSockets.Engine.EndPoints;
using PSSockets.Engine.Errors;
using PSSockets.Engine.Framing;
using PSSockets.Engine.Transport;
using PSSockets.Errors;

namespace PSSockets.Commands;

[Cmdlet(VerbsCommunications.Connect, "TcpClient", DefaultParameterSetName = HostSet)]
[OutputType(typeof(SocketConnection))]
public sealed class ConnectTcpClientCommand : SocketCommand
{
    private const string HostSet = "Host";
    private const string UnixSocketSet = "UnixSocket";

    [Parameter(Position = 0, Mandatory = true, ParameterSetName = HostSet)]
    [Alias("HostName", "Host", "CN")]
    [ValidateNotNullOrEmpty]
    public string ComputerName { get; set; } = string.Empty;

    [Parameter(Position = 1, Mandatory = true, ParameterSetName = HostSet)]
    [ValidateRange(1, 65535)]
    [ArgumentCompleter(typeof(PortCompleter))]
    public int Port { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = UnixSocketSet)]
    [ValidateNotNullOrEmpty]
    public string UnixSocket { get; set; } = string.Empty;

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
    [Alias("ConnectionTimeoutSeconds")]
    [ValidateRange(0, 2147483)]
    public double TimeoutSeconds { get; set; } = 10;

    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int RetryCount { get; set; }

    [Parameter]
    [ValidateRange(0, 2147483)]
    public double RetryIntervalSeconds { get; set; } = 1;

    [Parameter(ParameterSetName = HostSet)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(LocalAddressCompleter))]
    public string? LocalEndPoint { get; set; }

    [Parameter]
    [SocketOptionArgument]
    [ArgumentCompleter(typeof(SocketOptionCompleter))]
    public SocketOptionSet? SocketOption { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Name { get; set; }

    protected override void EndProcessing()
    {
        CheckHost(ComputerName);

        ConnectOptions options = new()
        {
            Host = ComputerName,
            Port = Port,
            UnixSocketPath = ParameterSetName == UnixSocketSet ? ListenArguments.GetUnixSocketPath(this, UnixSocket) : null,
            Timeout = ToLimit(TimeoutSeconds),
            RetryCount = RetryCount,
            RetryInterval = TimeSpan.FromSeconds(RetryIntervalSeconds),
            LocalEndPoint = ParseLocalEndPoint(),
            Connection = new ConnectionOptions
            {
                Framing = ListenArguments.WithLimit(this, Framing, MaxFrameLength),
                Encoding = Encoding,
                AsByteStream = AsByteStream,
                Name = Name,
                SocketOptions = SocketOption,
            },
            OnStep = step => Post(() => WriteVerbose(Describe(step))),
            OnRetry = (exception, attempt) => Post(() => WriteVerbose(
                $"Attempt {attempt} of {RetryCount + 1} failed: {exception.Message} The next one follows in {RetryIntervalSeconds} s.")),
        };

        SocketConnection connection;
        try
        {
            connection = Await(token => SocketConnector.ConnectAsync(options, token), System.Threading.Timeout.InfiniteTimeSpan);
        }
        catch (Exception exception) when (exception is ISocketFailure)
        {
            string? advice = exception is ISocketFailure { ErrorId: SocketErrorId.ConnectionReset }
                ? "The server may refuse this client: a limit, or a list of who may connect."
                : null;
            ThrowTerminatingError(ErrorRecords.FromEngine(exception, null, advice));
            return;
        }

        SocketRegistry.Add(connection);
        WriteVerbose($"Connected to {connection.DisplayName} from {EndPointText.Format(connection.LocalEndPoint)}, framing {connection.Framing}.");
        WriteObject(connection);
    }

    private static string Describe(ConnectStep step) => step switch
    {
        ConnectStep.Resolved resolved => $"{resolved.Host} is {string.Join(", ", resolved.Addresses)}.",
        ConnectStep.Trying trying when trying.IsBeside => $"No answer yet: trying {EndPointText.Format(trying.EndPoint)} beside it.",
        ConnectStep.Trying trying => $"Trying {EndPointText.Format(trying.EndPoint)}.",
        ConnectStep.Failed failed => $"{EndPointText.Format(failed.EndPoint)} failed: {failed.Error.Message}",
        _ => step.ToString(),
    };

    private IPEndPoint? ParseLocalEndPoint()
    {
        if (LocalEndPoint is null || IPEndPoint.TryParse(LocalEndPoint, out IPEndPoint? endPoint))
        {
            return LocalEndPoint is null ? null : IPEndPoint.Parse(LocalEndPoint);
        }

        ThrowInvalid(
            ErrorRecords.InvalidParameterValue,
            $"'{LocalEndPoint}' is not a local endpoint: use an address, or an address and a port such as 192.0.2.1:5000 or [::1]:5000.",
            LocalEndPoint);
        return null;
    }
}
