using System;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using PSSockets.Engine.Errors;

namespace PSSockets.Engine.Datagrams;

/// <summary>
/// The receive thread of a socket. A thread that blocks in the system call takes all that a fast sender sends, where an asynchronous loop
/// loses a fifth of it: the system's buffer is small, and a datagram that finds it full is gone.
/// </summary>
internal sealed class DatagramReceiver
{
    /// <summary>No datagram is larger (UDP counts its length with 16 bits), so none is ever cut.</summary>
    private const int BufferSize = 65_536;

    private const int StackSize = 256 * 1024;

    private readonly Socket _socket;
    private readonly IDatagramTarget _target;
    private readonly Thread _thread;
    private volatile bool _closing;

    public DatagramReceiver(Socket socket, IDatagramTarget target, string name)
    {
        _socket = socket;
        _target = target;
        _thread = new Thread(Run, StackSize) { IsBackground = true, Name = $"{name} receiver" };
    }

    public void Start() => _thread.Start();

    /// <summary>Says that the socket is about to be closed: what the system call returns from now on is no datagram.</summary>
    public void BeginClose() => _closing = true;

    private void Run()
    {
        byte[] buffer = GC.AllocateUninitializedArray<byte>(BufferSize, pinned: true);
        SocketAddress sender = new(_socket.AddressFamily);
        while (!_closing)
        {
            try
            {
                // The system shortens the address to what it has written, and takes its size for the room that there is.
                sender.Size = SocketAddress.GetMaximumAddressSize(_socket.AddressFamily);
                int count = _socket.ReceiveFrom(buffer, SocketFlags.None, sender);
                if (!_closing)
                {
                    _target.OnDatagram(buffer.AsSpan(0, count), sender);
                }
            }
            catch (SocketException) when (_closing)
            {
                return;
            }
            catch (SocketException exception) when (!SocketErrorClassifier.IsLocalAbort(exception))
            {
                _target.OnError(exception);
                if (!SocketErrorClassifier.IsRefusal(exception.SocketErrorCode))
                {
                    // An error that stays must not turn the thread into a busy loop.
                    Thread.Sleep(10);
                }
            }
            catch (Exception exception) when (SocketErrorClassifier.IsLocalAbort(exception))
            {
                return;
            }
        }
    }
}
