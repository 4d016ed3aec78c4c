namespace PSSockets.Engine.Chat;

/// <summary>How a member speaks with its server.</summary>
public enum ChatMode
{
    /// <summary>Lines of plain text, or pieces of it under raw framing.</summary>
    Text,

    /// <summary>JSON lines.</summary>
    Json,
}
