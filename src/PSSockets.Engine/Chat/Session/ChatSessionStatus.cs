using PSSockets.Engine.Servers;

namespace PSSockets.Engine.Chat;

/// <summary>What a chat session is doing.</summary>
public enum ChatSessionStatus
{
    /// <summary>It is being made.</summary>
    Connecting,

    /// <summary>It is in the chat.</summary>
    Open,

    /// <summary>The connection was lost; it tries to come back.</summary>
    Reconnecting,

    /// <summary>It has ended, for good.</summary>
    Closed,
}

/// <summary>A chat session's status has changed.</summary>
public sealed class ChatStatusEventArgs : ServerEventArgs
{
    internal ChatStatusEventArgs(ChatSessionStatus status, string text)
        : base(null)
    {
        Status = status;
        Text = text;
    }

    /// <summary>What it is doing now.</summary>
    public ChatSessionStatus Status { get; }

    /// <summary>Why, in words for people.</summary>
    public string Text { get; }
}
