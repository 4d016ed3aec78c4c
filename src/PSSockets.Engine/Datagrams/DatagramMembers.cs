using System;
using System.Collections.Generic;
using System.Net;
using System.Text;
using PSSockets.Engine.Transport;

namespace PSSockets.Engine.Datagrams;

/// <summary>What leads from a UDP socket or a sender to other objects, for the reason that <see cref="ConnectionMembers"/> gives.</summary>
public static class DatagramMembers
{
    extension(UdpSocket socket)
    {
        /// <summary>The address and port it is bound to.</summary>
        public IPEndPoint LocalEndPoint => socket.LocalEndPoint;

        /// <summary>The peer of a connected socket; null for others.</summary>
        public IPEndPoint? RemoteEndPoint => socket.RemoteEndPoint;

        /// <summary>The encoding of text, UTF-8 unless told otherwise.</summary>
        public Encoding Encoding => socket.Encoding;

        /// <summary>The server that it belongs to; null where it belongs to none.</summary>
        public object? Server => socket.Server;

        /// <summary>The groups it has joined.</summary>
        public IReadOnlyList<IPAddress> MulticastGroups => socket.MulticastGroups;
    }

    extension(UdpPeer peer)
    {
        /// <summary>The socket that its datagrams come to.</summary>
        public UdpSocket Socket => peer.Socket;

        /// <summary>Where it is.</summary>
        public IPEndPoint RemoteEndPoint => peer.RemoteEndPoint;

        /// <summary>This side.</summary>
        public IPEndPoint LocalEndPoint => peer.LocalEndPoint;

        /// <summary>The server that the socket belongs to; null where it belongs to none.</summary>
        public object? Server => peer.Server;

        /// <summary>How long ago the last datagram came.</summary>
        public TimeSpan IdleTime => peer.IdleTime;

        /// <summary>A table for what handlers keep about it; safe for use by many threads.</summary>
        public SharedState State => peer.State;
    }
}
