using System;
using System.Net.Sockets;

namespace PSSockets.Engine.Errors;

/// <summary>The one place that looks at <see cref="SocketError"/> values: what the systems report, told in the engine's causes.</summary>
public static class SocketErrorClassifier
{
    /// <summary>The cause behind a system error.</summary>
    public static SocketErrorId Classify(SocketError error) => error switch
    {
        SocketError.ConnectionRefused => SocketErrorId.ConnectionRefused,
        SocketError.TimedOut => SocketErrorId.ConnectTimedOut,
        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain or SocketError.NoRecovery => SocketErrorId.NameNotResolved,
        SocketError.AddressAlreadyInUse => SocketErrorId.AddressInUse,
        SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported => SocketErrorId.AddressNotAvailable,
        SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.HostDown or SocketError.NetworkDown
            => SocketErrorId.HostUnreachable,
        SocketError.AccessDenied => SocketErrorId.AccessDenied,
        SocketError.MessageSize => SocketErrorId.DatagramTooLarge,
        SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable or SocketError.ProcessLimit => SocketErrorId.LimitReached,
        _ when IsReset(error) => SocketErrorId.ConnectionReset,
        _ => SocketErrorId.SocketFailed,
    };

    /// <summary>
    /// True where the peer, or the network on its behalf, ended the connection. Linux says ECONNRESET on a read and EPIPE (Shutdown)
    /// on a write; Windows says WSAECONNABORTED for what its own stack gave up, and WSAENETRESET after failed keep-alive probes.
    /// macOS can say EPROTOTYPE (ProtocolType) on a write that races with the peer's close.
    /// </summary>
    public static bool IsReset(SocketError error) => error is SocketError.ConnectionReset or SocketError.Shutdown
        or SocketError.ConnectionAborted or SocketError.NetworkReset or SocketError.Disconnecting
        || (error == SocketError.ProtocolType && OperatingSystem.IsMacOS());

    /// <summary>
    /// True where our own side closed the socket under an operation: OperationAborted on Windows, Interrupted or an invalid handle
    /// (NotSocket, InvalidArgument) on Unix.
    /// </summary>
    public static bool IsLocalAbort(Exception exception) => exception is ObjectDisposedException
        || (exception is SocketException
        {
            SocketErrorCode: SocketError.OperationAborted or SocketError.Interrupted
            or SocketError.NotSocket or SocketError.InvalidArgument
        });

    /// <summary>Turns an error of an established connection into the engine's exception.</summary>
    internal static SocketFailureException FromConnection(SocketException exception, string target)
    {
        // A keep-alive or retransmission limit on an established connection is a dead peer, not a slow connect.
        SocketErrorId id = exception.SocketErrorCode == SocketError.TimedOut
            ? SocketErrorId.ConnectionReset
            : Classify(exception.SocketErrorCode);
        string message = id == SocketErrorId.ConnectionReset
            ? $"The connection to {target} was reset by the peer or the network."
            : $"The connection to {target} failed: {exception.Message}";
        return new SocketFailureException(id, message, target, exception);
    }

    /// <summary>Turns an error of bind or listen into the engine's exception.</summary>
    internal static SocketFailureException FromBind(SocketException exception, string target, bool isUnixSocket)
    {
        SocketErrorId id = Classify(exception.SocketErrorCode);
        string message = id switch
        {
            SocketErrorId.AddressInUse => $"{target} is in use by another socket.",
            SocketErrorId.AddressNotAvailable when isUnixSocket => $"{target} cannot be bound: there is no such directory.",
            SocketErrorId.AddressNotAvailable => $"{target} cannot be bound: the address is not one of this machine's.",
            SocketErrorId.AccessDenied => $"{target} cannot be bound: access denied.",
            _ => $"{target} cannot be bound: {exception.Message}",
        };
        return new SocketFailureException(id, message, target, exception);
    }

    /// <summary>
    /// Turns an error of a datagram's way out into the engine's exception. What a firewall forbids is AccessDenied too (EPERM on Linux).
    /// </summary>
    internal static SocketFailureException FromDatagram(SocketException exception, string target, int length, bool isBroadcastAllowed)
    {
        SocketErrorId id = IsRefusal(exception.SocketErrorCode) ? SocketErrorId.ConnectionRefused : Classify(exception.SocketErrorCode);
        string message = id switch
        {
            SocketErrorId.DatagramTooLarge => $"A datagram of {length} bytes to {target} is too large for the network.",
            SocketErrorId.AccessDenied when !isBroadcastAllowed
                => $"Sending to {target} is not permitted: it is a broadcast address and broadcast was not asked for, or a firewall forbids it.",
            SocketErrorId.AccessDenied => $"Sending to {target} is not permitted.",
            SocketErrorId.ConnectionRefused => $"Nothing receives datagrams on {target} (port unreachable).",
            SocketErrorId.HostUnreachable => $"{target} cannot be reached: {exception.Message}",
            _ when exception.SocketErrorCode == SocketError.InvalidArgument
                => $"Datagrams to {target} cannot be sent from this socket's local address: is one of them loopback and the other not?",
            _ => $"Sending a datagram to {target} failed: {exception.Message}",
        };
        return new SocketFailureException(id, message, target, exception);
    }

    /// <summary>
    /// True where the peer's machine has answered an earlier datagram with "port unreachable" (ICMP). Linux and macOS say ECONNREFUSED, and
    /// only on connected sockets; Windows says WSAECONNRESET (10054), on unconnected ones too unless that is switched off.
    /// </summary>
    internal static bool IsRefusal(SocketError error) => error is SocketError.ConnectionRefused or SocketError.ConnectionReset;

    /// <summary>Turns an error of accept into the engine's exception.</summary>
    internal static SocketFailureException FromAccept(SocketException exception, string target)
    {
        SocketErrorId id = Classify(exception.SocketErrorCode);
        string message = id == SocketErrorId.LimitReached
            ? $"{target} accepts no clients for the moment: the process or the machine has no more open files or memory for them."
            : $"{target} could not accept a client: {exception.Message}";
        return new SocketFailureException(id, message, target, exception);
    }

    /// <summary>Turns an error of connect into the engine's exception.</summary>
    internal static Exception FromConnect(SocketException exception, string target, bool isUnixSocket)
    {
        // A path at which there is nothing (ENOENT) is AddressNotAvailable to .NET; the user needs the same step as after a refusal.
        SocketErrorId id = isUnixSocket && exception.SocketErrorCode == SocketError.AddressNotAvailable
            ? SocketErrorId.ConnectionRefused
            : Classify(exception.SocketErrorCode);
        string message = id switch
        {
            SocketErrorId.ConnectionRefused when exception.SocketErrorCode == SocketError.AddressNotAvailable
                => $"Nothing listens on {target} (no such socket).",
            SocketErrorId.ConnectionRefused => $"Nothing listens on {target} (connection refused).",
            SocketErrorId.ConnectTimedOut => $"{target} did not answer in the time that the system allows for a connect.",
            SocketErrorId.HostUnreachable => $"{target} cannot be reached: {exception.Message}",
            SocketErrorId.AccessDenied => $"Connecting to {target} is not permitted.",
            SocketErrorId.ConnectionReset => $"{target} reset the connection while it was being made.",
            _ => $"Connecting to {target} failed: {exception.Message}",
        };
        return id == SocketErrorId.ConnectTimedOut
            ? new SocketTimeoutException(id, message, target, exception)
            : new SocketFailureException(id, message, target, exception);
    }
}
