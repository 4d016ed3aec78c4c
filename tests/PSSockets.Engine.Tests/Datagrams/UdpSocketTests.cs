using System;
using System.Linq;
using System.Net;
using System.Text;
using System.Threading.Tasks;
using PSSockets.Engine.Datagrams;
using PSSockets.Engine.Errors;
using PSSockets.Engine.Tests.Support;
using PSSockets.Engine.Transport;
using Xunit;

namespace PSSockets.Engine.Tests.Datagrams;

public sealed class UdpSocketTests
{
    private static readonly IPEndPoint s_loopback = new(IPAddress.Loopback, 0);

    [Fact]
    public async Task Datagrams_stay_apart_and_empty_ones_count()
    {
        using UdpSocket receiver = UdpSocket.Open(new UdpSocketOptions { LocalEndPoint = s_loopback });
        using UdpSocket sender = UdpSocket.Open(new UdpSocketOptions { RemoteEndPoint = receiver.LocalEndPoint });
        string[] sent = ["a", string.Empty, "b\nc", new string('x', UdpSocket.MaxIPv4DatagramSize)];
        foreach (string text in sent)
        {
            sender.Send(text);
        }

        using IMessageReader reader = receiver.OpenReader(new ReadOptions());
        foreach (string text in sent)
        {
            SocketMessage message = Assert.IsType<SocketMessage>(await reader.NextAsync());
            Assert.Equal(text, message.Text);
            Assert.Equal(sender.LocalEndPoint, message.RemoteEndPoint);
        }

        Assert.Equal(sent.Length, receiver.DatagramsReceived);
        Assert.Equal(sent.Sum(text => text.Length), receiver.BytesReceived);
        Assert.Equal(sent.Length, sender.DatagramsSent);
    }

    [Fact]
    public void A_full_queue_drops_counts_and_allocates_nothing()
    {
        using UdpSocket socket = UdpSocket.Open(new UdpSocketOptions { LocalEndPoint = s_loopback, MaxQueuedDatagrams = 1 });
        IDatagramTarget target = socket;
        SocketAddress sender = new IPEndPoint(IPAddress.Loopback, 9).Serialize();
        byte[] datagram = new byte[64];
        target.OnDatagram(datagram, sender);
        target.OnDatagram(datagram, sender);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            target.OnDatagram(datagram, sender);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(1001, socket.DroppedByQueue);
        Assert.Equal(1, socket.QueuedDatagrams);
    }

    [Fact]
    public async Task A_refusal_waits_for_the_reader_is_told_once_and_the_socket_lives_on()
    {
        int port;
        using (UdpSocket gone = UdpSocket.Open(new UdpSocketOptions { LocalEndPoint = s_loopback }))
        {
            port = gone.Port;
        }

        using UdpSocket socket = UdpSocket.Open(new UdpSocketOptions { RemoteEndPoint = new IPEndPoint(IPAddress.Loopback, port) });
        using IMessageReader reader = socket.OpenReader(new ReadOptions());
        socket.Send("x");
        SocketFailureException refused = await Assert.ThrowsAsync<SocketFailureException>(async () => await reader.WaitAsync(Limit.Token()));
        Assert.Equal(SocketErrorId.ConnectionRefused, refused.ErrorId);
        using UdpSocket peer = UdpSocket.Open(new UdpSocketOptions { LocalEndPoint = new IPEndPoint(IPAddress.Loopback, port) });
        peer.Send("back", socket.LocalEndPoint);
        Assert.Equal("back", Assert.IsType<SocketMessage>(await reader.NextAsync()).Text);
    }

    [Fact]
    public async Task Closing_wakes_the_reader_at_once()
    {
        UdpSocket socket = UdpSocket.Open(new UdpSocketOptions { LocalEndPoint = s_loopback });
        using IMessageReader reader = socket.OpenReader(new ReadOptions());
        Task waiting = reader.WaitAsync(Limit.Token()).AsTask();
        await Task.Delay(50);
        socket.Dispose();
        SocketFailureException closed = await Assert.ThrowsAsync<SocketFailureException>(() => waiting.Within(TimeSpan.FromSeconds(2)));
        Assert.Equal(SocketErrorId.ObjectClosed, closed.ErrorId);
        Assert.Equal(ConnectionStatus.Closed, socket.Status);
        Assert.True(socket.WhenEnded().IsCompletedSuccessfully);
        Assert.Equal(SocketErrorId.ObjectClosed, Assert.Throws<SocketFailureException>(() => socket.Send("x", socket.LocalEndPoint)).ErrorId);
    }

    [Fact]
    public void What_no_datagram_can_hold_is_refused_before_the_system_sees_it()
    {
        using UdpSocket socket = UdpSocket.Open(new UdpSocketOptions { LocalEndPoint = s_loopback });
        byte[] bytes = new byte[UdpSocket.MaxIPv4DatagramSize + 1];
        SocketFailureException failure = Assert.Throws<SocketFailureException>(() => socket.Send(bytes, socket.LocalEndPoint));
        Assert.Equal(SocketErrorId.DatagramTooLarge, failure.ErrorId);
        Assert.Equal(0, socket.DatagramsSent);
    }

    [Fact]
    public async Task Bytes_come_as_bytes_where_asked_for()
    {
        using UdpSocket socket = UdpSocket.Open(new UdpSocketOptions { LocalEndPoint = s_loopback, Encoding = Encoding.Latin1 });
        socket.Send("\u00fc", socket.LocalEndPoint);
        using IMessageReader reader = socket.OpenReader(new ReadOptions { AsByteStream = true });
        Assert.Equal(new byte[] { 0xFC }, Assert.IsType<byte[]>(await reader.NextAsync()));
    }

    [Fact]
    public void Only_groups_can_be_joined()
    {
        using UdpSocket socket = UdpSocket.Open(new UdpSocketOptions { LocalEndPoint = s_loopback });
        Assert.Throws<ArgumentException>(() => socket.JoinGroup(IPAddress.Loopback));
        Assert.True(UdpSocket.IsMulticast(IPAddress.Parse("224.0.0.0")));
        Assert.True(UdpSocket.IsMulticast(IPAddress.Parse("239.255.255.255")));
        Assert.True(UdpSocket.IsMulticast(IPAddress.Parse("ff02::1")));
        Assert.False(UdpSocket.IsMulticast(IPAddress.Parse("223.255.255.255")));
        Assert.False(UdpSocket.IsMulticast(IPAddress.Parse("240.0.0.0")));
    }
}
