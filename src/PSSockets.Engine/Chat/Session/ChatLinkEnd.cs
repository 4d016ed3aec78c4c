using System;

namespace PSSockets.Engine.Chat;

/// <summary>How a connection to a chat server has ended. Immutable.</summary>
/// <param name="Reason">The server's word in its goodbye; null where it said none.</param>
/// <param name="Text">What happened, for people.</param>
/// <param name="Failure">The error, where there was one.</param>
internal sealed record ChatLinkEnd(string? Reason, string Text, Exception? Failure)
{
    /// <summary>True where coming back is not wanted: the server has sent this member away, or it left.</summary>
    public bool IsFinal => Reason is "Kicked" or "Banned" or "PasswordWrong" or "Quit";
}
