using System;
using System.IO;
using System.Management.Automation;
using System.Net;
using System.Security;
using PSSockets.Binding;
using PSSockets.Engine.Chat;
using PSSockets.Engine.EndPoints;
using PSSockets.Engine.Transport;
using PSSockets.Errors;
using PSSockets.Handlers;

namespace PSSockets.Commands;

[Cmdlet(VerbsLifecycle.Start, "ChatServer", DefaultParameterSetName = PortSet)]
[OutputType(typeof(ChatServer))]
public sealed class StartChatServerCommand : StartServerCommand
{
    private const string PortSet = "Port";
    private const string UnixSocketSet = "UnixSocket";
    private const string Raw = "Raw";

    private static readonly ChatLimits s_defaults = new();

    [Parameter(Position = 0, Mandatory = true, ParameterSetName = PortSet)]
    [ValidateRange(0, 65535)]
    public int Port { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = UnixSocketSet)]
    [ValidateNotNullOrEmpty]
    public string UnixSocket { get; set; } = string.Empty;

    [Parameter(Position = 1, ParameterSetName = PortSet)]
    [Parameter(Position = 0, ParameterSetName = UnixSocketSet)]
    public override ScriptBlock? OnMessage { get; set; }

    [Parameter(ParameterSetName = PortSet)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ListenAddressCompleter))]
    public override string Address { get; set; } = "Loopback";

    [Parameter]
    [ValidateSet("Line", Raw)]
    public string Framing { get; set; } = "Line";

    [Parameter]
    [ValidateNotNull]
    public SecureString? Password { get; set; }

    [Parameter]
    [ValidateNotNull]
    public SecureString? OperatorPassword { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] Room { get; set; } = ["lobby"];

    [Parameter]
    [ValidateRange(0, 100_000)]
    public int HistoryCount { get; set; } = s_defaults.HistoryCount;

    [Parameter]
    [ValidateRange(1, 1_000_000)]
    public int MaxMembers { get; set; } = s_defaults.MaxMembers;

    [Parameter]
    [ValidateRange(0, 1_000_000)]
    public int MaxConnectionsPerAddress { get; set; } = s_defaults.MaxConnectionsPerAddress;

    [Parameter]
    [ValidateRange(1, 16_000)]
    public int MaxMessageLength { get; set; } = s_defaults.MaxMessageLength;

    [Parameter]
    [ValidateRange(0d, 1_000_000d)]
    public double RateLimit { get; set; } = s_defaults.RateLimit;

    [Parameter]
    [ValidateSet(nameof(SlowConsumerPolicy.Disconnect), nameof(SlowConsumerPolicy.DropOldest), nameof(SlowConsumerPolicy.DropNewest))]
    public SlowConsumerPolicy SlowConsumer { get; set; } = SlowConsumerPolicy.Disconnect;

    [Parameter]
    [ValidateRange(0, 2147483)]
    public double IdleTimeoutSeconds { get; set; }

    [Parameter]
    public string? Banner { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? TranscriptPath { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    public string BotNick { get; set; } = "bot";

    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Backplane { get; set; }

    [Parameter]
    [Credential]
    [ValidateNotNull]
    public PSCredential? BackplaneCredential { get; set; }

    [Parameter]
    [ValidatePattern(@"^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$")]
    public string ClusterName { get; set; } = "pssockets.chat";

    private protected override bool HasHandler => OnMessage is not null;

    private protected override string HandlerParameters => "-OnMessage";

    protected override void EndProcessing()
    {
        HandlerBlueprint? blueprint = CaptureHandlers();
        if (blueprint is null && Backplane is null && MyInvocation.BoundParameters.ContainsKey(nameof(BotNick)))
        {
            ThrowInvalid(
                ErrorRecords.InvalidParameterCombination, $"-{nameof(BotNick)} is the nick of a handler: give -OnMessage too, or -Backplane where another server has one.");
        }

        string? transcript = TranscriptPath is null ? null : GetUnresolvedProviderPathFromPSPath(TranscriptPath);
        ChatServer? server = null;
        try
        {
            server = StartServer<ChatServer>(() =>
            {
                ChatServerOptions options = CreateOptions(Await(token => GetEndPointAsync(UnixSocket, Port, token), ResolveLimit), blueprint, transcript);
                return token => ChatServer.StartAsync(options, token);
            });
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            ThrowTerminatingError(ErrorRecords.File(exception, transcript!));
        }

        if (server is not null)
        {
            WriteVerbose($"{server.Name} listens on {server.DisplayName}.");
            if (server.BackplaneStatus == ChatBackplaneStatus.Disconnected)
            {
                WriteWarning($"{server.Backplane} cannot be reached: {server.Name} is on its own, and joins the other servers as soon as it can be.");
            }

            WriteObject(server);
        }
    }

    private ChatServerOptions CreateOptions(EndPoint endPoint, HandlerBlueprint? blueprint, string? transcript)
    {
        if (endPoint is IPEndPoint ip)
        {
            Warn(ip.Address);
        }

        return new ChatServerOptions
        {
            EndPoint = endPoint,
            Name = Name,
            Filter = new AddressFilter(Allow, Deny),
            IsRaw = string.Equals(Framing, Raw, StringComparison.OrdinalIgnoreCase),
            Password = Reveal(Password),
            OperatorPassword = Reveal(OperatorPassword),
            Rooms = Room,
            Banner = Banner,
            TranscriptPath = transcript,
            IdleTimeout = ToLimit(IdleTimeoutSeconds),
            SlowConsumer = SlowConsumer,
            BotNick = BotNick,
            ThrottleLimit = ThrottleLimit,
            CreateHandler = blueprint is null ? null : blueprint.Create,
            Backplane = CreateBackplane(),
            ClusterName = ClusterName,
            SocketOptions = SocketOption,
            TryRaiseEvent = SessionEvents.TryRaise,
            DescribeError = (exception, connection) => ErrorRecords.FromEngine(exception, connection),
            Limits = new ChatLimits
            {
                HistoryCount = HistoryCount,
                MaxMembers = MaxMembers,
                MaxConnectionsPerAddress = MaxConnectionsPerAddress,
                MaxMessageLength = MaxMessageLength,
                RateLimit = RateLimit,
                RateBurst = (int)Math.Max(1, Math.Ceiling(RateLimit * 2)),
            },
        };
    }

    private IChatBackplane? CreateBackplane()
    {
        if (Backplane is null)
        {
            string? alone = BackplaneCredential is not null ? nameof(BackplaneCredential)
                : MyInvocation.BoundParameters.ContainsKey(nameof(ClusterName)) ? nameof(ClusterName)
                : null;
            if (alone is not null)
            {
                ThrowInvalid(ErrorRecords.InvalidParameterCombination, $"-{alone} is for -Backplane: give that too.");
            }

            return null;
        }

        try
        {
            return BackplaneLoader.Create(Backplane, BackplaneCredential?.UserName, Reveal(BackplaneCredential?.Password));
        }
        catch (FormatException exception)
        {
            ThrowInvalid(ErrorRecords.InvalidParameterValue, exception.Message);
            return null;
        }
    }

    private void Warn(IPAddress address)
    {
        string where = $"beyond loopback ({Address})";
        if (Password is not null && !IPAddress.IsLoopback(address))
        {
            WriteWarning($"The server listens {where}: the password, and all that is said, can be read by everybody on the way, as nothing is encrypted.");
        }
        else
        {
            WarnIfOpen(address, where, "join the chat");
        }
    }
}
