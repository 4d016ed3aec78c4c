using System;
using System.IO;
using System.Management.Automation;
using PSSockets.Engine.Chat;
using PSSockets.Engine.Errors;

namespace PSSockets.Errors;

/// <summary>The one place that makes error records: ids, categories, and what the user can do about it.</summary>
internal static class ErrorRecords
{
    /// <summary>Wrong parameters together.</summary>
    public const string InvalidParameterCombination = nameof(InvalidParameterCombination);

    /// <summary>A parameter's value cannot be used.</summary>
    public const string InvalidParameterValue = nameof(InvalidParameterValue);

    /// <summary>A file cannot be read or written.</summary>
    public const string FileNotAccessible = nameof(FileNotAccessible);

    /// <summary>No server of that name or id.</summary>
    public const string ServerNotFound = nameof(ServerNotFound);

    /// <summary>No connection of that name or id.</summary>
    public const string ConnectionNotFound = nameof(ConnectionNotFound);

    /// <summary>Nobody of that nick in the chat.</summary>
    public const string ChatMemberNotFound = nameof(ChatMemberNotFound);

    /// <summary>A script handler failed.</summary>
    public const string HandlerFailed = nameof(HandlerFailed);

    /// <summary>A call of a script handler was stopped because it took too long.</summary>
    public const string HandlerTimedOut = nameof(HandlerTimedOut);

    /// <summary>A script block cannot serve as a handler.</summary>
    public const string InvalidHandler = nameof(InvalidHandler);

    /// <summary>
    /// The record for an error of the engine; the exception stays inside, the advice stands behind its message: the usual one for its id,
    /// or the one given.
    /// </summary>
    public static ErrorRecord FromEngine(Exception exception, object? target, string? advice = null)
    {
        ISocketFailure? failure = exception as ISocketFailure;
        SocketErrorId id = failure?.ErrorId ?? SocketErrorId.SocketFailed;
        (ErrorCategory category, string? usualAdvice) = Describe(id);
        advice ??= (Path.IsPathRooted(failure?.Target) ? AdviseOnPath(id)
            : failure?.Target?.Contains("://", StringComparison.Ordinal) == true ? AdviseOnUrl(id)
            : null) ?? usualAdvice;
        ErrorRecord record = new(exception, id.ToString(), category, target ?? failure?.Target);
        if (advice is not null)
        {
            // Not as RecommendedAction too: the shell would print it twice.
            // What ends with the system's words has a full stop on Windows only.
            string message = exception.Message;
            record.ErrorDetails = new ErrorDetails($"{message}{(message.Length > 0 && char.IsLetterOrDigit(message[^1]) ? "." : string.Empty)} {advice}");
        }

        return record;
    }

    // A Unix domain socket has neither port nor address.
    private static string? AdviseOnPath(SocketErrorId id) => id switch
    {
        SocketErrorId.AddressInUse => "Choose another path, or remove the file where it is no live socket.",
        SocketErrorId.AddressNotAvailable => "Create the directory, or choose another path.",
        _ => null,
    };

    // A backplane is named by its URL.
    private static string? AdviseOnUrl(SocketErrorId id) => id == SocketErrorId.AccessDenied ? "-BackplaneCredential says who the server is." : null;

    /// <summary>The record for parameters that do not go together or cannot be used.</summary>
    public static ErrorRecord InvalidArgument(string id, string message, object? target = null, Exception? cause = null)
        => new(new ArgumentException(message, cause), id, ErrorCategory.InvalidArgument, target);

    /// <summary>The record for something that is not there.</summary>
    public static ErrorRecord NotFound(string id, string message, object target)
        => new(new ItemNotFoundException(message), id, ErrorCategory.ObjectNotFound, target);

    /// <summary>The error for a chat that does not answer.</summary>
    public static Exception ChatTimedOut(IChatTarget chat, double seconds) => new SocketTimeoutException(
        SocketErrorId.ReceiveTimedOut, $"{chat.DisplayName} did not answer within {seconds:0.###} s.", chat.DisplayName);

    /// <summary>The record for a file that cannot be read or written.</summary>
    public static ErrorRecord File(Exception exception, string path)
    {
        ErrorCategory category = exception switch
        {
            UnauthorizedAccessException => ErrorCategory.PermissionDenied,
            FileNotFoundException or DirectoryNotFoundException => ErrorCategory.ObjectNotFound,
            _ => ErrorCategory.OpenError,
        };
        return new ErrorRecord(exception, FileNotAccessible, category, path);
    }

    /// <summary>The record for a script handler that failed.</summary>
    public static ErrorRecord FromHandler(Exception exception, object target)
        => new(exception, HandlerFailed, ErrorCategory.OperationStopped, target);

    /// <summary>The record for a call of a script handler that takes too long and is being stopped.</summary>
    public static ErrorRecord FromHandlerTimeout(string handler, TimeSpan limit, object target) => new(
        new TimeoutException($"{handler}: the call took longer than {limit.TotalSeconds:0.###} s and is being stopped."),
        HandlerTimedOut,
        ErrorCategory.OperationTimeout,
        target);

    private static (ErrorCategory Category, string? Advice) Describe(SocketErrorId id) => id switch
    {
        SocketErrorId.ConnectionRefused => (ErrorCategory.ConnectionError, "Is the server started?"),
        SocketErrorId.ConnectTimedOut => (ErrorCategory.OperationTimeout, "A firewall may drop the packets; -TimeoutSeconds sets the limit."),
        SocketErrorId.AcceptTimedOut => (ErrorCategory.OperationTimeout, "-TimeoutSeconds sets the limit, 0 waits for ever."),
        SocketErrorId.ReceiveTimedOut => (ErrorCategory.OperationTimeout, "What has arrived stays readable; -TimeoutSeconds sets the limit."),
        SocketErrorId.SendTimedOut => (ErrorCategory.OperationTimeout, "The peer does not read; -TimeoutSeconds sets the limit."),
        SocketErrorId.NameNotResolved => (ErrorCategory.ObjectNotFound, "Check the spelling and the name servers."),
        SocketErrorId.ConnectionReset => (ErrorCategory.ConnectionError, "What had arrived before stays readable."),
        SocketErrorId.EndOfStream => (ErrorCategory.ProtocolError, "The bytes stay readable: Receive-SocketData -Raw."),
        SocketErrorId.AddressInUse => (ErrorCategory.ResourceExists, "Choose another port, or 0 for a free one."),
        SocketErrorId.AddressNotAvailable => (ErrorCategory.ObjectNotFound, "Use an address of this machine, Any or Loopback."),
        SocketErrorId.HostUnreachable => (ErrorCategory.ConnectionError, "Check the network and its routes."),
        SocketErrorId.AccessDenied => (ErrorCategory.PermissionDenied, "Ports below 1024 and some paths need more rights; broadcast needs -Broadcast."),
        SocketErrorId.FrameTooLarge => (ErrorCategory.LimitsExceeded, "-MaxFrameLength sets the limit; both sides must use the same -Framing."),
        SocketErrorId.InvalidFrame => (ErrorCategory.ProtocolError, "Both sides must use the same -Framing."),
        SocketErrorId.LimitReached => (ErrorCategory.LimitsExceeded, "Close what is not needed, or raise the limit of open files."),
        SocketErrorId.ObjectClosed => (ErrorCategory.InvalidOperation, null),
        SocketErrorId.ConnectionBusy => (ErrorCategory.ResourceBusy, null),
        SocketErrorId.DatagramTooLarge => (ErrorCategory.LimitsExceeded, "Send it in pieces, or over TCP."),
        SocketErrorId.NotConnected => (ErrorCategory.InvalidOperation, "Send-UdpDatagram -Socket with -ComputerName and -Port says where to."),
        SocketErrorId.NickInUse => (ErrorCategory.ResourceExists, "Choose another nick."),
        SocketErrorId.NickInvalid or SocketErrorId.RoomInvalid => (ErrorCategory.InvalidArgument, "Choose another name."),
        SocketErrorId.NoSuchMember or SocketErrorId.NoSuchRoom => (ErrorCategory.ObjectNotFound, "Get-ChatMember lists who is there and in which rooms."),
        SocketErrorId.NotInRoom => (ErrorCategory.InvalidOperation, "Join the room first."),
        SocketErrorId.MessageTooLong => (ErrorCategory.LimitsExceeded, "Send it in pieces."),
        SocketErrorId.NotConfirmed => (ErrorCategory.ConnectionError, "Look whether it has happened before you repeat it."),
        SocketErrorId.RateLimited => (ErrorCategory.LimitsExceeded, "Send less in a second; -RateLimit of the server sets the limit."),
        SocketErrorId.PasswordRequired or SocketErrorId.PasswordWrong => (ErrorCategory.AuthenticationError, null),
        SocketErrorId.NotPermitted or SocketErrorId.Banned => (ErrorCategory.PermissionDenied, null),
        SocketErrorId.BadRequest or SocketErrorId.UnknownCommand => (ErrorCategory.ProtocolError, null),
        SocketErrorId.SlowConsumer => (ErrorCategory.LimitsExceeded, "Receive faster, or have the server drop messages: -SlowConsumer."),
        SocketErrorId.InterfaceNotFound => (ErrorCategory.ObjectNotFound, "Use a name, a number or an address."),
        _ => (ErrorCategory.ConnectionError, null),
    };
}
