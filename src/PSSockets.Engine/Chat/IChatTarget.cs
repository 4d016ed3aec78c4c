using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace PSSockets.Engine.Chat;

/// <summary>
/// A chat as somebody who takes part in it sees it: a server, which speaks in its own name and may do everything, or a client's session.
/// Safe for use by many threads.
/// </summary>
public interface IChatTarget
{
    /// <summary>What to call it in a message to a person.</summary>
    string DisplayName { get; }

    /// <summary>Says something, in a room or to one member.</summary>
    /// <param name="text">What to say; control characters are removed.</param>
    /// <param name="room">The room. Default: the session's current room, the server's first one.</param>
    /// <param name="recipient">The member that it is for; then no room may be given.</param>
    /// <param name="kind">
    /// <see cref="ChatMessageKind.Message"/>, <see cref="ChatMessageKind.Action"/>, from a server also <see cref="ChatMessageKind.Notice"/>.
    /// </param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="Errors.SocketFailureException">It was refused: no such room or member, too long, too fast, closed.</exception>
    ValueTask SendAsync(string text, string? room, string? recipient, ChatMessageKind kind, CancellationToken cancellationToken);

    /// <summary>Who is there, over all nodes. A true array.</summary>
    /// <param name="room">Only those in this room. Default: everybody.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="Errors.SocketFailureException">No such room; closed.</exception>
    ValueTask<IReadOnlyList<ChatMember>> GetMembersAsync(string? room, CancellationToken cancellationToken);

    /// <summary>Removes a member.</summary>
    /// <param name="nick">Whom.</param>
    /// <param name="reason">Why, for all to read; null gives none.</param>
    /// <param name="banTime">How long neither this nick nor its address gets in again; zero bans nobody.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="Errors.SocketFailureException">No such member; not permitted; closed.</exception>
    ValueTask RemoveMemberAsync(string nick, string? reason, TimeSpan banTime, CancellationToken cancellationToken);
}
