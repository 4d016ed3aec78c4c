using System;
using System.Net;
using System.Net.Sockets;

namespace PSSockets.Engine.Datagrams;

/// <summary>Takes what a socket's receiver receives. Called on one thread at a time, which must not be held up.</summary>
internal interface IDatagramTarget
{
    /// <summary>A datagram has come.</summary>
    /// <param name="datagram">Its bytes, valid during the call; none is a datagram too.</param>
    /// <param name="sender">Its sender, valid during the call.</param>
    /// <returns>What a worker must do about it now; null where nothing is to be done, or somebody does it already.</returns>
    Action? OnDatagram(ReadOnlySpan<byte> datagram, SocketAddress sender);

    /// <summary>True where there are workers that receive by themselves when they have nothing else to do.</summary>
    bool HasWorkers => false;

    /// <summary>Has a worker do what <see cref="OnDatagram"/> has asked for.</summary>
    void Schedule(Action work)
    {
    }

    /// <summary>The system has reported an error, such as an answer that nobody listens; the socket lives on.</summary>
    void OnError(SocketException exception);
}
