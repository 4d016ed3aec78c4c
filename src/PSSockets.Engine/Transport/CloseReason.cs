namespace PSSockets.Engine.Transport;

/// <summary>Why a connection ended. The first reason stays.</summary>
public enum CloseReason
{
    /// <summary>It has not ended.</summary>
    None,

    /// <summary>This side closed it in good order.</summary>
    Closed,

    /// <summary>The peer ended the stream and all was answered.</summary>
    ClosedByPeer,

    /// <summary>This side aborted it.</summary>
    Aborted,

    /// <summary>The peer, or the network on its behalf, reset it.</summary>
    ResetByPeer,

    /// <summary>Nothing was received or sent for longer than the server allows.</summary>
    IdleTimeout,

    /// <summary>Its server was stopped.</summary>
    ServerStopped,

    /// <summary>The peer sent what its framing does not allow, or a message over the limit.</summary>
    ProtocolError,

    /// <summary>The peer did not read fast enough and the queue of what was to be sent overflowed.</summary>
    SlowConsumer,

    /// <summary>A handler of the server asked for it by failing.</summary>
    HandlerFailed,

    /// <summary>The system reported another error.</summary>
    TransportError,
}
