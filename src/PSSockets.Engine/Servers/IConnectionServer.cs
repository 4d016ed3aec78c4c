using System.Collections.Generic;
using PSSockets.Engine.Transport;

namespace PSSockets.Engine.Servers;

/// <summary>A server that has connections.</summary>
public interface IConnectionServer
{
    /// <summary>The connections as they are now, oldest first. A true array.</summary>
    IReadOnlyList<SocketConnection> GetConnections();
}
