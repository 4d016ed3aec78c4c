using PSSockets.Engine.Errors;

namespace PSSockets.Engine.Chat;

/// <summary>Why a request is refused.</summary>
/// <param name="Id">The cause; its name goes over the wire.</param>
/// <param name="Text">The reason, as a sentence for a person.</param>
internal readonly record struct ChatFault(SocketErrorId Id, string Text)
{
    /// <summary>The fault as an exception, for who calls the engine directly.</summary>
    public SocketFailureException ToException(string target) => new(Id, Text, target);
}
