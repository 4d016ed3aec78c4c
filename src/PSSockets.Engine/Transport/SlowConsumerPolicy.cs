namespace PSSockets.Engine.Transport;

/// <summary>What happens to data for many recipients where one of them does not read fast enough.</summary>
public enum SlowConsumerPolicy
{
    /// <summary>That recipient is disconnected (the default): it alone loses, and it notices.</summary>
    Disconnect,

    /// <summary>Its oldest waiting messages are dropped and counted.</summary>
    DropOldest,

    /// <summary>The new message is dropped for it and counted.</summary>
    DropNewest,

    /// <summary>The sender waits.</summary>
    Wait,
}
