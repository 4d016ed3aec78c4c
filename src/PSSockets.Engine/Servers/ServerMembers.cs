using System.Collections.Generic;
using System.Net;
using PSSockets.Engine.Datagrams;
using PSSockets.Engine.Framing;
using PSSockets.Engine.Transport;

namespace PSSockets.Engine.Servers;

/// <summary>What leads from a server to other objects, for the reason that <see cref="ConnectionMembers"/> gives.</summary>
public static class ServerMembers
{
    extension(SocketServer server)
    {
        /// <summary>Where it listens, with the port that the system chose where 0 was asked for.</summary>
        public EndPoint LocalEndPoint => server.LocalEndPoint;

        /// <summary>The latest errors of handlers and connections, oldest first, as <see cref="ServerOptions.DescribeError"/> gave them.</summary>
        public object[] Errors => server.Errors;

        /// <summary>A table for what handlers share; safe for use by many threads.</summary>
        public SharedState State => server.State;
    }

    extension(TcpServer server)
    {
        /// <summary>How messages are told apart.</summary>
        public FramingScheme Framing => server.Framing;

        /// <summary>The connections as they are now, oldest first.</summary>
        public IReadOnlyList<SocketConnection> Connections => server.Connections;
    }

    extension(UdpServer server)
    {
        /// <summary>The socket that it receives from and answers by, for its options, counters and groups.</summary>
        public UdpSocket Socket => server.Socket;

        /// <summary>The senders known now: those that have sent something of late.</summary>
        public IReadOnlyList<UdpPeer> Peers => server.Peers;
    }
}
