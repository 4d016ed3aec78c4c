using System;
using System.Net;
using System.Net.Sockets;

namespace PSSockets.Engine.Datagrams;

/// <summary>Takes what a socket's receive thread receives. Called on that thread, which must not be held up.</summary>
internal interface IDatagramTarget
{
    /// <summary>A datagram has come.</summary>
    /// <param name="datagram">Its bytes, valid during the call; none is a datagram too.</param>
    /// <param name="sender">Its sender, valid during the call.</param>
    void OnDatagram(ReadOnlySpan<byte> datagram, SocketAddress sender);

    /// <summary>The system has reported an error, such as an answer that nobody listens; the socket lives on.</summary>
    void OnError(SocketException exception);
}
