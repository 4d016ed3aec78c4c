using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.Transport;

namespace PSSockets.Engine.Tests.Support;

/// <summary>A transport in memory: reads give what the test delivers, piece by piece; writes are recorded and can be held up.</summary>
internal sealed class FakeTransport : ITransport
{
    private readonly object _gate = new();
    private readonly Queue<object> _incoming = new();
    private readonly List<byte[]> _writes = [];
    private readonly TaskCompletionSource _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource? _readable;
    private TaskCompletionSource? _writeGate;
    private Exception? _writeError;

    public EndPoint LocalEndPoint { get; } = new IPEndPoint(IPAddress.Loopback, 1);

    public EndPoint RemoteEndPoint { get; } = new IPEndPoint(IPAddress.Loopback, 2);

    public bool IsClosed { get; private set; }

    public bool IsAborted { get; private set; }

    public bool WritesCompleted { get; private set; }

    /// <summary>Thrown by <see cref="CompleteWrites"/> where set.</summary>
    public Exception? CompleteError { get; set; }

    /// <summary>What <see cref="IsBroken"/> says.</summary>
    public bool Broken { get; set; }

    public int WritesBegun { get; private set; }

    /// <summary>True while a read waits for something to come.</summary>
    public bool HasWaitingRead
    {
        get
        {
            lock (_gate)
            {
                return _readable is not null;
            }
        }
    }

    /// <summary>The writes that are done, each as one array.</summary>
    public byte[][] Writes
    {
        get
        {
            lock (_gate)
            {
                return [.. _writes];
            }
        }
    }

    public byte[] Written => [.. Writes.SelectMany(write => write)];

    /// <summary>Each piece comes by a read of its own; an empty one is the end of the stream.</summary>
    public FakeTransport Deliver(params byte[][] pieces)
    {
        foreach (byte[] piece in pieces)
        {
            Enqueue(piece);
        }

        return this;
    }

    public FakeTransport End() => Deliver(Array.Empty<byte>());

    public void Break(SocketError error) => Enqueue(new SocketException((int)error));

    /// <summary>Holds up every write from now on.</summary>
    public void BlockWrites() => _writeGate = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void ReleaseWrites()
    {
        TaskCompletionSource? gate = _writeGate;
        _writeGate = null;
        gate?.SetResult();
    }

    public void FailWrites(SocketError error) => FailWrites(new SocketException((int)error));

    public void FailWrites(Exception error)
    {
        _writeError = error;
        ReleaseWrites();
    }

    public async ValueTask WaitToReadAsync(bool inline, CancellationToken cancellationToken)
    {
        Task readable;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(IsClosed || IsAborted, this);
            if (_incoming.Count > 0)
            {
                return;
            }

            readable = (_readable ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }

        try
        {
            await (await Task.WhenAny(readable, _gone.Task).WaitAsync(cancellationToken));
        }
        finally
        {
            lock (_gate)
            {
                _readable = null;
            }
        }
    }

    public int Read(Span<byte> buffer)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(IsClosed || IsAborted, this);
            if (!_incoming.TryDequeue(out object? item))
            {
                return -1;
            }

            if (item is Exception exception)
            {
                throw exception;
            }

            byte[] bytes = (byte[])item;
            int count = Math.Min(bytes.Length, buffer.Length);
            bytes.AsSpan(0, count).CopyTo(buffer);
            if (count < bytes.Length)
            {
                object[] later = [.. _incoming];
                _incoming.Clear();
                _incoming.Enqueue(bytes[count..]);
                Array.ForEach(later, _incoming.Enqueue);
            }

            return count;
        }
    }

    public bool IsBroken() => Broken;

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            WritesBegun++;
        }

        if (_writeGate is { } gate)
        {
            await (await Task.WhenAny(gate.Task, _gone.Task)).WaitAsync(cancellationToken);
        }

        if (_writeError is not null)
        {
            throw _writeError;
        }

        lock (_gate)
        {
            if (IsClosed || IsAborted)
            {
                throw new IOException("Written after the close.");
            }

            _writes.Add(buffer.ToArray());
        }
    }

    public void CompleteWrites() => WritesCompleted = CompleteError is null ? true : throw CompleteError;

    public void Close()
    {
        IsClosed = true;
        _gone.TrySetException(new SocketException((int)SocketError.OperationAborted));
    }

    public void Abort()
    {
        IsAborted = true;
        _gone.TrySetException(new SocketException((int)SocketError.OperationAborted));
    }

    private void Enqueue(object item)
    {
        TaskCompletionSource? readable;
        lock (_gate)
        {
            _incoming.Enqueue(item);
            readable = _readable;
        }

        readable?.TrySetResult();
    }
}
