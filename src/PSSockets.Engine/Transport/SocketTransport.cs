using System;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.EndPoints;

namespace PSSockets.Engine.Transport;

/// <summary>A connected stream socket as a transport.</summary>
internal sealed class SocketTransport : ITransport
{
    private readonly Socket _socket;
    private readonly ReadinessLoop.Waiter? _waiter;

    public SocketTransport(Socket socket, ReadinessLoop? readiness = null)
    {
        _socket = socket;
        _waiter = readiness?.Add(socket);

        // Non-blocking, so that Read never waits; the asynchronous operations are not affected.
        socket.Blocking = false;
        LocalEndPoint = EndPointText.Normalize(socket.LocalEndPoint);
        RemoteEndPoint = EndPointText.Normalize(socket.RemoteEndPoint);
    }

    public Socket Socket => _socket;

    /// <summary>Sets what every stream socket of ours has, then what the user wants.</summary>
    public static void Prepare(Socket socket, SocketOptionSet? options, string target)
    {
        if (socket.AddressFamily != AddressFamily.Unix)
        {
            socket.NoDelay = true;
        }

        options?.Apply(socket, target);
    }

    public EndPoint? LocalEndPoint { get; }

    public EndPoint? RemoteEndPoint { get; }

    public ValueTask WaitToReadAsync(bool inline, CancellationToken cancellationToken)
        => _waiter?.WaitAsync(inline, cancellationToken) ?? WaitAloneAsync(cancellationToken);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask WaitAloneAsync(CancellationToken cancellationToken)
        => _ = await _socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None, cancellationToken).ConfigureAwait(false);

    public int Read(Span<byte> buffer)
    {
        int count = _socket.Receive(buffer, SocketFlags.None, out SocketError error);
        return error switch
        {
            SocketError.Success => count,
            SocketError.WouldBlock => -1,
            _ => throw new SocketException((int)error),
        };
    }

    public bool IsBroken()
    {
        if (_socket.AddressFamily == AddressFamily.Unix)
        {
            // Has no reset, and who closes reads no more either.
            return false;
        }

        // Sends nothing; a stream that the peer has only ended still takes it.
        _ = _socket.Send(ReadOnlySpan<byte>.Empty, SocketFlags.None, out SocketError error);
        return error is not (SocketError.Success or SocketError.WouldBlock);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        while (!buffer.IsEmpty)
        {
            int count = await _socket.SendAsync(buffer, SocketFlags.None, cancellationToken).ConfigureAwait(false);
            buffer = buffer[count..];
        }
    }

    public int TryWrite(ReadOnlySpan<byte> buffer)
    {
        int count = _socket.Send(buffer, SocketFlags.None, out SocketError error);
        return error switch
        {
            SocketError.Success => count,
            SocketError.WouldBlock => 0,
            _ => throw new SocketException((int)error),
        };
    }

    public void CompleteWrites() => _socket.Shutdown(SocketShutdown.Send);

    public void Close()
    {
        try
        {
            // A linger time of 0 asks for a reset, which a FIN before it would hide from the peer.
            if (_socket.LingerState is not { Enabled: true, LingerTime: 0 })
            {
                _socket.Shutdown(SocketShutdown.Both);
            }
        }
        catch (SocketException)
        {
            // The peer was faster; there is nothing left to tell it.
        }
        catch (ObjectDisposedException)
        {
            return;
        }

        _socket.Dispose();
        _waiter?.Close();
    }

    public void Abort()
    {
        // Linger 0 turns the close into a reset. Unix domain sockets have no such thing and just close.
        _socket.Close(timeout: 0);
        _waiter?.Close();
    }
}
