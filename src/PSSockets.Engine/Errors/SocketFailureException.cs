using System;
using System.IO;
using System.Net.Sockets;

namespace PSSockets.Engine.Errors;

/// <summary>What every error of the engine carries, whichever exception type it is.</summary>
public interface ISocketFailure
{
    /// <summary>The cause.</summary>
    SocketErrorId ErrorId { get; }

    /// <summary>The endpoint concerned, as text; null where there is none.</summary>
    string? Target { get; }
}

/// <summary>An operation on a socket failed. The original exception, where there is one, is the inner exception.</summary>
public sealed class SocketFailureException : IOException, ISocketFailure
{
    /// <summary>Creates an error of a known cause.</summary>
    public SocketFailureException(SocketErrorId errorId, string message, string? target = null, Exception? innerException = null)
        : base(message, innerException)
    {
        ErrorId = errorId;
        Target = target;
    }

    /// <inheritdoc/>
    public SocketErrorId ErrorId { get; }

    /// <inheritdoc/>
    public string? Target { get; }

    /// <summary>The system's error, where the system reported one.</summary>
    public SocketError? SocketErrorCode => (InnerException as SocketException)?.SocketErrorCode;
}

/// <summary>A wait reached its limit. Never used for a cancelled wait.</summary>
public sealed class SocketTimeoutException : TimeoutException, ISocketFailure
{
    /// <summary>Creates a timeout of a known kind.</summary>
    public SocketTimeoutException(SocketErrorId errorId, string message, string? target = null, Exception? innerException = null)
        : base(message, innerException)
    {
        ErrorId = errorId;
        Target = target;
    }

    /// <inheritdoc/>
    public SocketErrorId ErrorId { get; }

    /// <inheritdoc/>
    public string? Target { get; }
}
