using System.Net.Sockets;

namespace PSSockets.Engine.Transport;

/// <summary>Something with a socket of its own, whose options can be read and set.</summary>
public interface ISocketOwner
{
    /// <summary>What to call it in a message to a person.</summary>
    string DisplayName { get; }

    /// <summary>The socket underneath; null where there is none.</summary>
    /// <exception cref="Errors.SocketFailureException">It is closed (<see cref="Errors.SocketErrorId.ObjectClosed"/>).</exception>
    internal Socket? GetOpenSocket();
}
