using System;
using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.EndPoints;
using PSSockets.Engine.Errors;

namespace PSSockets.Engine.Datagrams;

/// <content>The send side: each message is one datagram, with the system when the call returns.</content>
public sealed partial class UdpSocket
{
    /// <summary>The most bytes of a datagram over IPv4: 65,535 less the headers of IP and UDP.</summary>
    public const int MaxIPv4DatagramSize = 65_507;

    /// <summary>The most bytes of a datagram over IPv6: its header does not count.</summary>
    public const int MaxIPv6DatagramSize = 65_527;

    private readonly bool _isIPv6;
    private readonly bool _isDualMode;
    private Destination? _lastDestination;
    private bool _hasToldOfRefusal;
    private long _datagramsSent;
    private long _bytesSent;

    /// <summary>Datagrams handed to the system.</summary>
    public long DatagramsSent => Volatile.Read(ref _datagramsSent);

    /// <summary>Bytes handed to the system.</summary>
    public long BytesSent => Volatile.Read(ref _bytesSent);

    /// <summary>Sends a datagram to somebody; with null to the fixed peer.</summary>
    /// <exception cref="SocketFailureException">
    /// It is too large, there is no way there, the system forbids it, or the peer's machine has refused an earlier one
    /// (<see cref="SocketErrorId.ConnectionRefused"/>, told once, this datagram being sent all the same).
    /// </exception>
    public void Send(ReadOnlySpan<byte> datagram, IPEndPoint? destination = null)
    {
        if (destination is null)
        {
            SendToPeer(datagram);
            return;
        }

        // Mostly it is the same one again.
        Destination? last = Volatile.Read(ref _lastDestination);
        if (last is null || !last.EndPoint.Equals(destination))
        {
            last = new Destination(destination, ToAddress(destination));
            Volatile.Write(ref _lastDestination, last);
        }

        Send(datagram, last.Address, destination);
    }

    /// <inheritdoc cref="Send(ReadOnlySpan{byte}, IPEndPoint?)"/>
    public void Send(string datagram, IPEndPoint? destination = null)
    {
        ArgumentNullException.ThrowIfNull(datagram);
        byte[] bytes = ArrayPool<byte>.Shared.Rent(Encoding.GetMaxByteCount(datagram.Length));
        try
        {
            Send(bytes.AsSpan(0, Encoding.GetBytes(datagram, bytes)), destination);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    /// <summary>Sends a datagram to the fixed peer, at once.</summary>
    public bool TryPost(ReadOnlySpan<byte> message, bool omitTrailer)
    {
        Send(message);
        return true;
    }

    /// <inheritdoc cref="TryPost(ReadOnlySpan{byte}, bool)"/>
    public bool TryPost(string message, bool omitTrailer)
    {
        Send(message);
        return true;
    }

    /// <inheritdoc/>
    public ValueTask PostAsync(ReadOnlyMemory<byte> message, bool omitTrailer, CancellationToken cancellationToken)
    {
        Send(message.Span);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask PostAsync(string message, bool omitTrailer, CancellationToken cancellationToken)
    {
        Send(message);
        return ValueTask.CompletedTask;
    }

    /// <summary>Done at once: a datagram is with the system when it was added.</summary>
    public Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc cref="Send(ReadOnlySpan{byte}, SocketAddress, IPEndPoint)"/>
    internal void Send(string datagram, SocketAddress address, IPEndPoint destination)
    {
        byte[] bytes = ArrayPool<byte>.Shared.Rent(Encoding.GetMaxByteCount(datagram.Length));
        try
        {
            Send(bytes.AsSpan(0, Encoding.GetBytes(datagram, bytes)), address, destination);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private void SendToPeer(ReadOnlySpan<byte> datagram) => Send(datagram, null, RemoteEndPoint ?? throw new SocketFailureException(
        SocketErrorId.NotConnected, $"The UDP socket on {EndPointText.Format(LocalEndPoint)} has no fixed peer to send to.", DisplayName));

    /// <summary>Sends a datagram to an address in the system's form; null is the fixed peer.</summary>
    internal void Send(ReadOnlySpan<byte> datagram, SocketAddress? address, IPEndPoint destination)
    {
        int limit = destination.AddressFamily == AddressFamily.InterNetworkV6 ? MaxIPv6DatagramSize : MaxIPv4DatagramSize;
        if (datagram.Length > limit)
        {
            throw new SocketFailureException(
                SocketErrorId.DatagramTooLarge,
                $"A datagram to {EndPointText.Format(destination)} has room for {limit} bytes, not for {datagram.Length}.",
                EndPointText.Format(destination));
        }

        SocketException? refusal = null;
        while (true)
        {
            try
            {
                if (address is null)
                {
                    _socket.Send(datagram);
                }
                else if (!OperatingSystem.IsLinux() || !LinuxSocket.TrySendTo(_socket, datagram, address))
                {
                    _socket.SendTo(datagram, SocketFlags.None, address);
                }

                break;
            }
            catch (SocketException exception) when (refusal is null && SocketErrorClassifier.IsRefusal(exception.SocketErrorCode))
            {
                // The system says so in place of sending, but it is about an earlier datagram; this one goes out on the second try.
                refusal = exception;
            }
            catch (SocketException exception) when (!Volatile.Read(ref _closed))
            {
                throw SocketErrorClassifier.FromDatagram(exception, EndPointText.Format(destination), datagram.Length, IsBroadcastAllowed());
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                throw Closed();
            }
        }

        Interlocked.Increment(ref _datagramsSent);
        Interlocked.Add(ref _bytesSent, datagram.Length);
        if (refusal is not null)
        {
            TellOfRefusal(refusal, destination);
        }
    }

    /// <summary>Who receives is told in the receive queue; where nobody does, who sends is, the first time.</summary>
    private void TellOfRefusal(SocketException refusal, IPEndPoint destination)
    {
        if (_receiver is not null)
        {
            ((IDatagramTarget)this).OnError(refusal);
        }
        else if (!_hasToldOfRefusal)
        {
            _hasToldOfRefusal = true;
            throw SocketErrorClassifier.FromDatagram(refusal, EndPointText.Format(destination), 0, isBroadcastAllowed: true);
        }
    }

    private bool IsBroadcastAllowed()
    {
        try
        {
            return _socket.EnableBroadcast;
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            return true;
        }
    }

    private SocketAddress ToAddress(IPEndPoint destination)
    {
        if (_isIPv6 == (destination.AddressFamily == AddressFamily.InterNetworkV6))
        {
            return destination.Serialize();
        }

        return _isDualMode
            ? new IPEndPoint(destination.Address.MapToIPv6(), destination.Port).Serialize()
            : throw new SocketFailureException(
                SocketErrorId.AddressNotAvailable,
                $"{EndPointText.Format(destination)} is not of the address family of the socket on {EndPointText.Format(LocalEndPoint)}.",
                EndPointText.Format(destination));
    }

    private sealed record Destination(IPEndPoint EndPoint, SocketAddress Address);
}
