namespace PSSockets.Engine.Servers;

/// <summary>What a server is doing.</summary>
public enum ServerStatus
{
    /// <summary>It accepts and serves.</summary>
    Running,

    /// <summary>It accepts no more; what is under way is being finished.</summary>
    Stopping,

    /// <summary>It has gone.</summary>
    Stopped,
}
