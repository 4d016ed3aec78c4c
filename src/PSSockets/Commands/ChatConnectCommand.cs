using System;
using System.Management.Automation;
using System.Threading.Tasks;
using PSSockets.Binding;
using PSSockets.Engine.Chat;
using PSSockets.Engine.Errors;
using PSSockets.Engine.Framing;
using PSSockets.Engine.Transport;
using PSSockets.Errors;
using PSSockets.Handlers;

namespace PSSockets.Commands;

/// <summary>The base of the cmdlets that enter a chat.</summary>
public abstract class ChatConnectCommand : SocketCommand
{
    private protected const string HostSet = "Host";
    private protected const string UnixSocketSet = "UnixSocket";

    [Parameter(Position = 0, Mandatory = true, ParameterSetName = HostSet)]
    [Alias("HostName", "Host", "CN")]
    [ValidateNotNullOrEmpty]
    public string ComputerName { get; set; } = string.Empty;

    [Parameter(Position = 1, Mandatory = true, ParameterSetName = HostSet)]
    [ValidateRange(1, 65535)]
    public int Port { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = UnixSocketSet)]
    [ValidateNotNullOrEmpty]
    public string UnixSocket { get; set; } = string.Empty;

    [Parameter(ParameterSetName = HostSet)]
    [Parameter(ParameterSetName = UnixSocketSet)]
    [ValidateNotNullOrEmpty]
    public string? Nick { get; set; }

    [Parameter(ParameterSetName = HostSet)]
    [Parameter(ParameterSetName = UnixSocketSet)]
    [ValidateNotNullOrEmpty]
    public string[] Room { get; set; } = [];

    [Parameter(ParameterSetName = HostSet)]
    [Parameter(ParameterSetName = UnixSocketSet)]
    [ValidateNotNull]
    public System.Security.SecureString? Password { get; set; }

    [Parameter(ParameterSetName = HostSet)]
    [Parameter(ParameterSetName = UnixSocketSet)]
    [ValidateRange(0, 10_000)]
    public int HistoryCount { get; set; }

    [Parameter(ParameterSetName = HostSet)]
    [Parameter(ParameterSetName = UnixSocketSet)]
    [FramingArgument]
    [ArgumentCompleter(typeof(FramingCompleter))]
    public FramingScheme? Framing { get; set; }

    [Parameter(ParameterSetName = HostSet)]
    [Parameter(ParameterSetName = UnixSocketSet)]
    [Alias("ConnectionTimeoutSeconds")]
    [ValidateRange(0, 2147483)]
    public double TimeoutSeconds { get; set; } = 10;

    [Parameter(ParameterSetName = HostSet)]
    [Parameter(ParameterSetName = UnixSocketSet)]
    [ValidateRange(0, 2147483)]
    public double ReconnectSeconds { get; set; } = 600;

    [Parameter(ParameterSetName = HostSet)]
    [Parameter(ParameterSetName = UnixSocketSet)]
    public SwitchParameter NoReconnect { get; set; }

    /// <summary>The options that the parameters say; parameters that do not go together end the command.</summary>
    private protected ChatSessionOptions GetOptions()
    {
        CheckHost(ComputerName);
        string? useless = Nick is not null ? nameof(Nick) : Room.Length > 0 ? nameof(Room) : Password is not null ? nameof(Password)
            : HistoryCount > 0 && MyInvocation.BoundParameters.ContainsKey(nameof(HistoryCount)) ? nameof(HistoryCount) : null;
        if (Framing is not null && useless is not null)
        {
            ThrowInvalid(
                ErrorRecords.InvalidParameterCombination,
                $"-Framing is for servers to which nothing but plain text is sent: -{useless} does not go with it.");
        }

        return new ChatSessionOptions
        {
            Connect = new ConnectOptions
            {
                Host = ComputerName,
                Port = Port,
                UnixSocketPath = ParameterSetName == UnixSocketSet ? ListenArguments.GetUnixSocketPath(this, UnixSocket) : null,
                Timeout = ToLimit(TimeoutSeconds),
            },
            Nick = Nick,
            Rooms = Room,
            Password = Reveal(Password),
            HistoryCount = HistoryCount,
            PlainFraming = Framing,
            TryRaiseEvent = SessionEvents.TryRaise,
            ReconnectLimit = NoReconnect ? TimeSpan.Zero : ToLimit(ReconnectSeconds),
        };
    }

    /// <summary>Enters the chat and takes note of the session; an error ends the command.</summary>
    private protected ChatSession? Connect(ChatSessionOptions options)
    {
        try
        {
            // On another thread: the handler's initialization script may take its time.
            ChatSession session = Await(
                token => Task.Run(() => ChatSession.ConnectAsync(options, token), token), System.Threading.Timeout.InfiniteTimeSpan);
            SocketRegistry.Add(session);
            WriteVerbose($"{session.Name} is in the chat on {session.DisplayName} as {session.Nick}, rooms: {string.Join(", ", session.Rooms)}.");
            return session;
        }
        catch (InvalidHandlerException exception)
        {
            ThrowTerminatingError(exception.ErrorRecord);
            return null;
        }
        catch (Exception exception) when (exception is ISocketFailure failure)
        {
            string? advice = failure.ErrorId is SocketErrorId.ConnectTimedOut or SocketErrorId.InvalidFrame
                ? "For a server that does not speak this module's protocol use -Framing Line or -Framing Raw."
                : null;
            ThrowTerminatingError(ErrorRecords.FromEngine(exception, null, advice));
            return null;
        }
    }
}
