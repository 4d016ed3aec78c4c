using System;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using PSSockets.Engine.Errors;
using PSSockets.Engine.Transport;

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

    /// <summary>
    /// With fewer looks in a millisecond handlers take so long, 30 µs and more, that what waits is better handled by several workers,
    /// although a change of threads then comes with each datagram.
    /// </summary>
    private const int MinLooks = 32;

    /// <summary>How long the thread stays where the workers do not keep up, in milliseconds: handlers that are slow once are slow twice.</summary>
    private const int StayTime = 20;

    /// <summary>While aside the thread looks so often at how the workers do. The system's buffer must last for it.</summary>
    private static readonly TimeSpan s_asideInterval = TimeSpan.FromMilliseconds(1);

    private readonly object _reading = new();
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(BufferSize, pinned: true);
    private readonly SocketAddress _sender;
    private readonly Socket _socket;
    private readonly IDatagramTarget _target;
    private readonly Thread _thread;
    private volatile bool _closing;
    private volatile bool _isAside;
    private volatile bool _isWorkerReading;
    private volatile int _looks;
    private long _staysUntil;

    public DatagramReceiver(Socket socket, IDatagramTarget target, string name)
    {
        _socket = socket;
        _target = target;
        _staysUntil = target.HasWorkers ? 0 : long.MaxValue;
        _sender = new SocketAddress(socket.AddressFamily);
        _thread = new Thread(Run, StackSize) { IsBackground = true, Name = $"{name} receiver" };
    }

    public void Start() => _thread.Start();

    /// <summary>Says that the socket is about to be closed: what the system call returns from now on is no datagram.</summary>
    public void BeginClose() => _closing = true;

    /// <summary>Receives a datagram on a worker's thread.</summary>
    /// <param name="limit">How long to wait for it.</param>
    /// <param name="work">What the worker must do about it; null where nothing is to be done.</param>
    /// <returns>False where nothing came, or somebody else receives.</returns>
    public bool TryReceive(TimeSpan limit, out Action? work)
    {
        work = null;
        if (!_isAside || !Monitor.TryEnter(_reading))
        {
            return false;
        }

        try
        {
            _isWorkerReading = true;
            _looks++;
            return _isAside && !_closing && TryReceiveWithin(limit, out work);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            Report(exception);
            return false;
        }
        finally
        {
            _isWorkerReading = false;
            Monitor.Exit(_reading);
        }
    }

    private bool TryReceiveWithin(TimeSpan limit, out Action? work)
    {
        if (!OperatingSystem.IsLinux())
        {
            bool any = _socket.Poll(limit, SelectMode.SelectRead);
            work = any ? Receive() : null;
            return any;
        }

        ResetSender();
        int count;
        BriefSpin spin = BriefSpin.Begin(limit);
        do
        {
            count = LinuxSocket.TryReceiveFrom(_socket, _buffer, _sender);
        }
        while (count < 0 && spin.Continue() && _isAside);

        if (count < 0 && _socket.Poll(limit, SelectMode.SelectRead))
        {
            count = LinuxSocket.TryReceiveFrom(_socket, _buffer, _sender);
        }

        work = count < 0 ? null : Take(count);
        return count >= 0;
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
                        if (Receive() is { } work)
                        {
                            _target.Schedule(work);
                        }
                    }
                    while (!_closing && Environment.TickCount64 < _staysUntil);
                }

                StepAside();
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

    private Action? Receive()
    {
        ResetSender();
        return Take(_socket.ReceiveFrom(_buffer, SocketFlags.None, _sender));
    }

    private Action? Take(int count) => _closing ? null : _target.OnDatagram(_buffer.AsSpan(0, count), _sender);

    /// <summary>The system shortens the address to what it has written, and takes its size for the room that there is.</summary>
    private void ResetSender() => _sender.Size = SocketAddress.GetMaximumAddressSize(_socket.AddressFamily);

    /// <summary>Leaves the socket to the workers for as long as they look after it and keep up.</summary>
    private void StepAside()
    {
        int first = _looks;
        int seen;
        bool isBehind;
        _isAside = true;
        try
        {
            do
            {
                seen = _looks;
                Thread.Sleep(s_asideInterval);
                isBehind = _looks - seen < MinLooks ? !_isWorkerReading && _socket.Available > 0 : IsHalfFull();
            }
            while (!_closing && !isBehind && (_looks != seen || _isWorkerReading));
        }
        finally
        {
            _isAside = false;
        }

        if (isBehind || seen == first)
        {
            _staysUntil = Environment.TickCount64 + StayTime;
        }
    }

    /// <summary>True where more comes than the workers can take, and the system will soon drop it.</summary>
    private bool IsHalfFull()
        => OperatingSystem.IsLinux() && LinuxSocket.TryReadUse(_socket, out LinuxSocket.BufferUse use) && use.Used > use.Size / 2;

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
