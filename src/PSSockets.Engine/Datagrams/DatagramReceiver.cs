using System;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using PSSockets.Engine.Errors;

namespace PSSockets.Engine.Datagrams;

/// <summary>
/// Receives for a socket, on a thread of its own. A thread that blocks in the system call takes all that a fast sender sends, where an
/// asynchronous loop loses a fifth of it: the system's buffer is small, and a datagram that finds it full is gone. Where the target has
/// workers that keep up, the thread steps aside and they receive what they handle themselves, which saves a change of threads for each.
/// </summary>
internal sealed class DatagramReceiver
{
    /// <summary>No datagram is larger (UDP counts its length with 16 bits), so none is ever cut.</summary>
    private const int BufferSize = 65_536;

    private const int StackSize = 256 * 1024;

    /// <summary>How many datagrams a worker takes before it handles them. Where more are there it does not keep up.</summary>
    private const int BatchSize = 128;

    /// <summary>Without a look by a worker for so long the thread receives again. The system's buffer must last for it.</summary>
    private static readonly TimeSpan s_asideLimit = TimeSpan.FromMilliseconds(1);

    /// <summary>How long it then stays, in milliseconds: handlers that are slow once are slow twice.</summary>
    private const int StayTime = 100;

    private readonly object _reading = new();
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(BufferSize, pinned: true);
    private readonly SocketAddress _sender;
    private readonly Socket _socket;
    private readonly IDatagramTarget _target;
    private readonly Thread _thread;
    private volatile bool _closing;
    private volatile bool _isAside;
    private volatile bool _isOverrun;
    private volatile int _looks;
    private long _staysUntil;

    public DatagramReceiver(Socket socket, IDatagramTarget target, string name)
    {
        _socket = socket;
        _target = target;
        _sender = new SocketAddress(socket.AddressFamily);
        _thread = new Thread(Run, StackSize) { IsBackground = true, Name = $"{name} receiver" };
    }

    public void Start() => _thread.Start();

    /// <summary>Says that the socket is about to be closed: what the system call returns from now on is no datagram.</summary>
    public void BeginClose() => _closing = true;

    /// <summary>Receives on a worker's thread.</summary>
    /// <param name="limit">How long to wait for the first datagram.</param>
    /// <returns>False where nothing came, or the receive thread does it.</returns>
    public bool TryReceive(TimeSpan limit)
    {
        if (!_isAside || !Monitor.TryEnter(_reading))
        {
            return false;
        }

        try
        {
            bool any = _isAside && !_closing && _socket.Poll(limit, SelectMode.SelectRead);
            int count;
            for (count = 0; any && count < BatchSize && !_closing && (count == 0 || _socket.Available > 0); count++)
            {
                Receive();
            }

            _isOverrun |= count == BatchSize;
            _looks++;
            return any;
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            Report(exception);
            return false;
        }
        finally
        {
            Monitor.Exit(_reading);
        }
    }

    private void Run()
    {
        while (!_closing)
        {
            try
            {
                lock (_reading)
                {
                    do
                    {
                        Receive();
                    }
                    while (!_closing && _socket.Available > 0);
                }

                if (_target.HasWorkers && Environment.TickCount64 >= _staysUntil)
                {
                    StepAside();
                }
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                if (!Report(exception))
                {
                    return;
                }
            }
        }
    }

    private void Receive()
    {
        // The system shortens the address to what it has written, and takes its size for the room that there is.
        _sender.Size = SocketAddress.GetMaximumAddressSize(_socket.AddressFamily);
        int count = _socket.ReceiveFrom(_buffer, SocketFlags.None, _sender);
        if (!_closing)
        {
            _target.OnDatagram(_buffer.AsSpan(0, count), _sender);
        }
    }

    /// <summary>Leaves the socket to the workers for as long as they look after it.</summary>
    private void StepAside()
    {
        int first = _looks;
        int seen;
        _isOverrun = false;
        _isAside = true;
        do
        {
            seen = _looks;
            Thread.Sleep(s_asideLimit);
        }
        while (!_closing && !_isOverrun && _looks != seen);

        _isAside = false;
        lock (_reading)
        {
            if (_closing)
            {
                return;
            }

            if (_isOverrun || seen == first || _socket.Available > 0)
            {
                // They are all at work, or more comes than they can take: the queue here is longer than the system's.
                _staysUntil = Environment.TickCount64 + StayTime;
            }

            // What a worker has taken for itself must not wait where its handler now takes long.
            _socket.Poll(s_asideLimit, SelectMode.SelectRead);
            _target.OnWorkersBusy();
        }
    }

    /// <returns>False where the socket is closed.</returns>
    private bool Report(Exception exception)
    {
        if (_closing || SocketErrorClassifier.IsLocalAbort(exception) || exception is not SocketException failure)
        {
            return false;
        }

        _target.OnError(failure);
        if (!SocketErrorClassifier.IsRefusal(failure.SocketErrorCode))
        {
            // An error that stays must not turn the thread into a busy loop.
            Thread.Sleep(10);
        }

        return true;
    }
}
