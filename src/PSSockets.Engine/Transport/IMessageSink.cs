using System;
using System.Threading;
using System.Threading.Tasks;

namespace PSSockets.Engine.Transport;

/// <summary>Something that messages can be sent to: one peer, or all of a server's.</summary>
public interface IMessageSink
{
    /// <summary>What to call it in a message to a person.</summary>
    string DisplayName { get; }

    /// <summary>Adds a message to what is being sent, where that can be done without waiting.</summary>
    /// <returns>False where it was not added: use <see cref="PostAsync(string, bool, CancellationToken)"/>.</returns>
    bool TryPost(ReadOnlySpan<byte> message, bool omitTrailer);

    /// <inheritdoc cref="TryPost(ReadOnlySpan{byte}, bool)"/>
    bool TryPost(string message, bool omitTrailer);

    /// <summary>Adds a message to what is being sent; waits only where too much waits already.</summary>
    /// <param name="message">The message.</param>
    /// <param name="omitTrailer">Leaves out the message's end mark.</param>
    /// <param name="cancellationToken">Ends the wait; then the message was not added.</param>
    ValueTask PostAsync(ReadOnlyMemory<byte> message, bool omitTrailer, CancellationToken cancellationToken);

    /// <inheritdoc cref="PostAsync(ReadOnlyMemory{byte}, bool, CancellationToken)"/>
    ValueTask PostAsync(string message, bool omitTrailer, CancellationToken cancellationToken);

    /// <summary>Completes when what was added has been handed to the system, as far as recipients are waited for.</summary>
    Task FlushAsync(CancellationToken cancellationToken);
}

/// <summary>Something that can be closed in good order, or aborted.</summary>
public interface ISocketLifetime
{
    /// <summary>What to call it in a message to a person.</summary>
    string DisplayName { get; }

    /// <summary>Closes it in good order within a limit; does nothing where that has happened.</summary>
    Task CloseAsync(TimeSpan timeout, CancellationToken cancellationToken);

    /// <summary>Ends it at once.</summary>
    void Abort();
}
