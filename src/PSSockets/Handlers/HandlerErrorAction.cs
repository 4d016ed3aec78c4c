namespace PSSockets.Handlers;

/// <summary>What a server does when a handler throws.</summary>
public enum HandlerErrorAction
{
    /// <summary>The error is kept on the server; the connection goes on.</summary>
    Continue,

    /// <summary>The connection is closed.</summary>
    Disconnect,

    /// <summary>The server stops.</summary>
    Stop,
}
