namespace PSSockets.Engine.Transport;

/// <summary>Which directions of a connection are still open.</summary>
public enum ConnectionStatus
{
    /// <summary>Both.</summary>
    Open,

    /// <summary>Only to the peer: it has ended its stream, and all of it was read (half-close).</summary>
    EndedByPeer,

    /// <summary>Only from the peer: this side has ended its stream (half-close).</summary>
    WritesCompleted,

    /// <summary>None.</summary>
    Closed,
}
