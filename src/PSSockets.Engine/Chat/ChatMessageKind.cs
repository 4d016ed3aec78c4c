namespace PSSockets.Engine.Chat;

/// <summary>What a chat message is about.</summary>
public enum ChatMessageKind
{
    /// <summary>Said in a room.</summary>
    Message,

    /// <summary>What a member does, told in the third person.</summary>
    Action,

    /// <summary>Said to one member only.</summary>
    Private,

    /// <summary>A member has entered a room.</summary>
    Join,

    /// <summary>A member has left a room, or the chat.</summary>
    Leave,

    /// <summary>A member has taken another nick: the text.</summary>
    Nick,

    /// <summary>A room has another topic: the text.</summary>
    Topic,

    /// <summary>The server's own words.</summary>
    Notice,
}
