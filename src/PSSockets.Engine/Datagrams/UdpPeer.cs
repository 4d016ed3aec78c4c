using System;
using System.Dynamic;
using System.Linq.Expressions;
using System.Net;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.EndPoints;
using PSSockets.Engine.Transport;

namespace PSSockets.Engine.Datagrams;

/// <summary>
/// A sender of datagrams, and where answers to it go. There is no connection: a socket or server knows it as long as datagrams come from it,
/// and forgets it, with its state, some time after the last one. Safe for use by many threads.
/// </summary>
public sealed class UdpPeer : IMessagePeer, IPeerEntry, IDynamicMetaObjectProvider
{
    private readonly SocketAddress _address;
    private SharedState? _state;
    private long _lastReceived = Environment.TickCount64;
    private long _received;

    internal UdpPeer(UdpSocket socket, SocketAddress address, IPEndPoint remoteEndPoint)
    {
        Socket = socket;
        _address = address;
        RemoteEndPoint = remoteEndPoint;
    }

    /// <summary>The socket that its datagrams come to.</summary>
    [Linked]
    internal UdpSocket Socket { get; }

    /// <inheritdoc cref="IMessagePeer.RemoteEndPoint"/>
    [Linked]
    internal IPEndPoint RemoteEndPoint { get; }

    /// <inheritdoc/>
    EndPoint IMessagePeer.RemoteEndPoint => RemoteEndPoint;

    /// <summary>This side.</summary>
    [Linked]
    internal IPEndPoint LocalEndPoint => Socket.LocalEndPoint;

    /// <summary>The server that the socket belongs to; null where it belongs to none.</summary>
    [Linked]
    internal object? Server => Socket.Server;

    /// <inheritdoc/>
    Encoding IMessagePeer.Encoding => Socket.Encoding;

    /// <summary>A table for what handlers keep about it; safe for use by many threads.</summary>
    [Linked]
    internal SharedState State => LazyInitializer.EnsureInitialized(ref _state, static () => new SharedState());

    /// <summary>How many datagrams have come from it since it is known.</summary>
    public long DatagramsReceived => Volatile.Read(ref _received);

    /// <summary>How long ago the last one came.</summary>
    [Linked]
    internal TimeSpan IdleTime => TimeSpan.FromMilliseconds(Environment.TickCount64 - Volatile.Read(ref _lastReceived));

    /// <summary>The same in seconds.</summary>
    public double IdleSeconds => IdleTime.TotalSeconds;

    /// <inheritdoc/>
    public string DisplayName => EndPointText.Format(RemoteEndPoint);

    /// <inheritdoc/>
    public void Append(ReadOnlySpan<byte> message) => Socket.Send(message, _address, RemoteEndPoint);

    /// <inheritdoc/>
    public void Append(string message) => Socket.Send(message, _address, RemoteEndPoint);

    /// <summary>Sends a datagram at once.</summary>
    bool IMessageSink.TryPost(ReadOnlySpan<byte> message, bool omitTrailer)
    {
        Append(message);
        return true;
    }

    /// <inheritdoc cref="IMessageSink.TryPost(ReadOnlySpan{byte}, bool)"/>
    bool IMessageSink.TryPost(string message, bool omitTrailer)
    {
        Append(message);
        return true;
    }

    /// <inheritdoc/>
    ValueTask IMessageSink.PostAsync(ReadOnlyMemory<byte> message, bool omitTrailer, CancellationToken cancellationToken)
    {
        Append(message.Span);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    ValueTask IMessageSink.PostAsync(string message, bool omitTrailer, CancellationToken cancellationToken)
    {
        Append(message);
        return ValueTask.CompletedTask;
    }

    /// <summary>Done at once: a datagram is with the system when it was added.</summary>
    Task IMessageSink.FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public override string ToString() => DisplayName;

    /// <inheritdoc/>
    DynamicMetaObject IDynamicMetaObjectProvider.GetMetaObject(Expression parameter) => new LinkedMembers(parameter, this);

    /// <inheritdoc/>
    bool IPeerEntry.IsBusy => false;

    /// <inheritdoc/>
    TimeSpan IPeerEntry.IdleTime => IdleTime;

    /// <inheritdoc/>
    void IPeerEntry.Touch() => Touch();

    /// <summary>Takes note of a datagram from it; only the receive thread does.</summary>
    internal void Touch()
    {
        Volatile.Write(ref _received, _received + 1);
        Volatile.Write(ref _lastReceived, Environment.TickCount64);
    }
}
