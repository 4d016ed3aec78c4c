using System;
using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using PSSockets.Engine.Datagrams;
using PSSockets.Engine.Tests.Support;
using Xunit;

namespace PSSockets.Engine.Tests.Datagrams;

[SupportedOSPlatform("linux")]
public sealed class LinuxSocketTests : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly Socket _peer = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly byte[] _buffer = new byte[100];

    public LinuxSocketTests()
    {
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _peer.Bind(new IPEndPoint(IPAddress.Loopback, 0));
    }

    [LinuxFact]
    public void A_datagram_goes_out_and_comes_in_and_where_none_is_nobody_waits()
    {
        SocketAddress sender = new(AddressFamily.InterNetwork);
        Assert.Equal(-1, LinuxSocket.TryReceiveFrom(_peer, _buffer, sender));
        foreach (byte[] datagram in new byte[][] { [1, 2, 3], [] })
        {
            Assert.True(LinuxSocket.TrySendTo(_socket, datagram, _peer.LocalEndPoint!.Serialize()));
            Assert.Equal(datagram.Length, LinuxSocket.TryReceiveFrom(_peer, _buffer, sender));
            Assert.Equal(datagram, _buffer[..datagram.Length]);
            Assert.Equal(_socket.LocalEndPoint!.Serialize(), sender);
        }

        Assert.True(LinuxSocket.TryReadUse(_peer, out LinuxSocket.BufferUse use));
        Assert.InRange(use.Used, 0u, use.Size / 2);
        Assert.Equal((uint)_peer.ReceiveBufferSize, use.Size);
    }

    [LinuxFact]
    public void An_error_is_told_as_Net_tells_it()
    {
        SocketAddress sender = new(AddressFamily.InterNetwork);
        SocketAddress peer = _peer.LocalEndPoint!.Serialize();
        _socket.Connect(_peer.LocalEndPoint!);
        _peer.Dispose();
        _socket.Send([1]);
        Assert.True(_socket.Poll(TimeSpan.FromSeconds(10), SelectMode.SelectError));
        SocketException refusal = Assert.Throws<SocketException>(() => LinuxSocket.TryReceiveFrom(_socket, _buffer, sender));
        Assert.Equal(SocketError.ConnectionRefused, refusal.SocketErrorCode);
        Assert.False(LinuxSocket.TrySendTo(_socket, new byte[70_000], peer));
        _socket.Dispose();
        Assert.Throws<ObjectDisposedException>(() => LinuxSocket.TryReceiveFrom(_socket, _buffer, sender));
        Assert.Throws<ObjectDisposedException>(() => LinuxSocket.TrySendTo(_socket, [1], peer));
    }

    public void Dispose()
    {
        _socket.Dispose();
        _peer.Dispose();
    }
}
