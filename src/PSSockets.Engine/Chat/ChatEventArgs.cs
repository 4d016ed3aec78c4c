using PSSockets.Engine.Servers;

namespace PSSockets.Engine.Chat;

/// <summary>What an event of a chat server or session is about. Immutable.</summary>
public sealed class ChatEventArgs : ServerEventArgs
{
    internal ChatEventArgs(ChatMessage? chatMessage, ChatMember? member)
        : base(null)
    {
        ChatMessage = chatMessage;
        Member = member;
    }

    /// <summary>The message, where one was said.</summary>
    public ChatMessage? ChatMessage { get; }

    /// <summary>The member, where one has come or gone.</summary>
    public ChatMember? Member { get; }
}
