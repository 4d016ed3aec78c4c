namespace PSSockets.Engine.Chat;

/// <summary>How a chat server stands to the others of its chat.</summary>
public enum ChatBackplaneStatus
{
    /// <summary>It is on its own.</summary>
    None,

    /// <summary>It reaches what joins it with the others.</summary>
    Connected,

    /// <summary>It does not reach it for the time being; the local chat goes on.</summary>
    Disconnected,
}
