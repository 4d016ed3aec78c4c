namespace PSSockets.Engine.Errors;

/// <summary>What went wrong, one value per cause a caller can act on. The names are the error ids that PowerShell users see.</summary>
public enum SocketErrorId
{
    /// <summary>The system reported something that has no name of its own here; the original exception says what.</summary>
    SocketFailed,

    /// <summary>The host answered that nothing listens on that port.</summary>
    ConnectionRefused,

    /// <summary>Connecting, name resolution included, took longer than allowed.</summary>
    ConnectTimedOut,

    /// <summary>No client connected to a listening server in time.</summary>
    AcceptTimedOut,

    /// <summary>What was asked for did not arrive in time; what did arrive stays readable.</summary>
    ReceiveTimedOut,

    /// <summary>The peer did not take the data in time; it stays queued.</summary>
    SendTimedOut,

    /// <summary>The name has no address.</summary>
    NameNotResolved,

    /// <summary>The peer aborted the connection (RST).</summary>
    ConnectionReset,

    /// <summary>The stream ended before what was asked for was complete.</summary>
    EndOfStream,

    /// <summary>Another socket listens on that endpoint.</summary>
    AddressInUse,

    /// <summary>The address is not one of this machine's.</summary>
    AddressNotAvailable,

    /// <summary>No route to the host or its network.</summary>
    HostUnreachable,

    /// <summary>The system forbids it to this user.</summary>
    AccessDenied,

    /// <summary>A frame is longer than the limit, or than its length prefix can say.</summary>
    FrameTooLarge,

    /// <summary>The bytes are not a frame under the connection's framing.</summary>
    InvalidFrame,

    /// <summary>A limit of this process or machine, such as open files, is reached.</summary>
    LimitReached,

    /// <summary>The connection or server was closed before.</summary>
    ObjectClosed,

    /// <summary>Somebody else is receiving from this connection.</summary>
    ConnectionBusy,

    /// <summary>A datagram is larger than its protocol, or the network interface, can carry.</summary>
    DatagramTooLarge,

    /// <summary>The socket has no fixed peer to send to.</summary>
    NotConnected,

    /// <summary>No network interface of this machine has that name, number or address.</summary>
    InterfaceNotFound,

    /// <summary>Another member of the chat has that nick.</summary>
    NickInUse,

    /// <summary>The nick is malformed, too long or reserved.</summary>
    NickInvalid,

    /// <summary>The name of the room is malformed or too long.</summary>
    RoomInvalid,

    /// <summary>Nobody in the chat has that nick.</summary>
    NoSuchMember,

    /// <summary>The chat has no such room.</summary>
    NoSuchRoom,

    /// <summary>Only who is in a room can say something in it.</summary>
    NotInRoom,

    /// <summary>A chat message is longer than the server allows.</summary>
    MessageTooLong,

    /// <summary>A member asks for more in a short time than the server allows.</summary>
    RateLimited,

    /// <summary>The chat asks for a password.</summary>
    PasswordRequired,

    /// <summary>The chat's password is another one.</summary>
    PasswordWrong,

    /// <summary>Only operators of the chat may do that.</summary>
    NotPermitted,

    /// <summary>The nick or address is banned from the chat for a time.</summary>
    Banned,

    /// <summary>The chat server could not make sense of a request, or the client of an answer.</summary>
    BadRequest,

    /// <summary>The chat server does not know the request.</summary>
    UnknownCommand,

    /// <summary>Messages were dropped, or the connection closed, because this side did not read fast enough.</summary>
    SlowConsumer,

    /// <summary>The connection to a chat server was lost before it answered a request, which it may have carried out.</summary>
    NotConfirmed,
}
