using System;
using System.Threading;
using System.Threading.Tasks;

namespace PSSockets.Engine.Chat;

/// <summary>
/// What joins chat servers into one: a plain publish and subscribe service, of which the chat needs no more than that what one node
/// publishes reaches the others, mostly, in the order of its sending. Nodes detect and mend the rest themselves.
/// </summary>
public interface IChatBackplane : IAsyncDisposable
{
    /// <summary>Where it is, for people; without credentials.</summary>
    string DisplayName { get; }

    /// <summary>True while the service can be reached.</summary>
    bool IsConnected { get; }

    /// <summary>Raised, on any thread, when <see cref="IsConnected"/> has changed.</summary>
    event Action? ConnectedChanged;

    /// <summary>
    /// Connects and subscribes; called once. It goes on trying for as long as it is not disposed, so that a service that is away does not
    /// keep a server from starting.
    /// </summary>
    /// <param name="subject">What nodes of one chat have in common: letters, digits, dots and dashes.</param>
    /// <param name="received">Called with each payload, in order, never two at a time; the sender's own may come back too. Must not block.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="Errors.SocketFailureException">It can never work: refused credentials, a malformed address.</exception>
    Task StartAsync(string subject, Action<ReadOnlyMemory<byte>> received, CancellationToken cancellationToken);

    /// <summary>Publishes to all nodes. While the service is away the payload is dropped: a node that comes back is told everything anew.</summary>
    ValueTask PublishAsync(ReadOnlyMemory<byte> payload, CancellationToken cancellationToken);
}
