using System;
using System.Dynamic;
using System.Linq.Expressions;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.EndPoints;
using PSSockets.Engine.Errors;
using PSSockets.Engine.Transport;

namespace PSSockets.Engine.Datagrams;

/// <summary>
/// A UDP socket, with a fixed peer (connected) or without. Sending is safe from many threads; receiving has one reader at a time. A thread
/// of its own receives from the time when somebody first asks for datagrams; until then they wait in the system's buffer.
/// </summary>
public sealed partial class UdpSocket : IMessageSource, IMessageSink, ISocketOwner, ISocketLifetime, IDynamicMetaObjectProvider, IDisposable
{
    private readonly object _gate = new();
    private readonly Socket _socket;
    private readonly UdpSocketOptions _options;
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private DatagramReceiver? _receiver;
    private bool _closed;
    private int _receiveBufferSize;
    private long? _droppedBySystem;

    private UdpSocket(Socket socket, UdpSocketOptions options)
    {
        _socket = socket;
        _options = options;
        Id = SocketConnection.TakeId();
        Name = options.Name ?? $"UdpSocket{Id}";
        LocalEndPoint = EndPointText.Normalize((IPEndPoint)socket.LocalEndPoint!);
        RemoteEndPoint = options.RemoteEndPoint is null ? null : EndPointText.Normalize(options.RemoteEndPoint);
        _isIPv6 = socket.AddressFamily == AddressFamily.InterNetworkV6;
        _isDualMode = _isIPv6 && socket.DualMode;
        _queue = new MessageQueue(options.MaxQueuedDatagrams, options.MaxQueuedBytes);
        _peers = new PeerTable<UdpPeer>(_isIPv6, MaxPeers, (address, endPoint) => new UdpPeer(this, address, endPoint));
    }

    /// <summary>A number of its own among the connections and datagram sockets of this process.</summary>
    public int Id { get; }

    /// <summary>A name for people; need not be unique.</summary>
    public string Name { get; }

    /// <summary>Where it is bound, with the port that the system chose where 0 was asked for.</summary>
    [Linked]
    internal IPEndPoint LocalEndPoint { get; }

    /// <summary>The port it is bound to.</summary>
    public int Port => LocalEndPoint.Port;

    /// <summary>The fixed peer; null for an unconnected socket.</summary>
    [Linked]
    internal IPEndPoint? RemoteEndPoint { get; }

    /// <summary>True for a socket of IPv6, one that takes IPv4 too included.</summary>
    internal bool IsIPv6 => _isIPv6;

    /// <summary>Open or closed.</summary>
    public ConnectionStatus Status => Volatile.Read(ref _closed) ? ConnectionStatus.Closed : ConnectionStatus.Open;

    /// <summary>The encoding of text, UTF-8 unless told otherwise.</summary>
    [Linked]
    internal Encoding Encoding => _options.Encoding;

    /// <summary>True where what is received comes as byte arrays unless asked otherwise.</summary>
    public bool AsByteStream => _options.AsByteStream;

    /// <summary>The server that it belongs to; null where it belongs to none.</summary>
    [Linked]
    internal object? Server => _options.Server;

    /// <summary>When it was opened.</summary>
    public DateTimeOffset OpenedAt { get; } = DateTimeOffset.Now;

    /// <summary>The system's receive buffer in bytes, as the system reports it. Linux reports twice what was set.</summary>
    public int ReceiveBufferSize
    {
        get
        {
            ReadFromSystem();
            return _receiveBufferSize;
        }
    }

    /// <summary>Datagrams that the system dropped because its receive buffer was full; null where the system does not tell.</summary>
    public long? DroppedBySystem
    {
        get
        {
            ReadFromSystem();
            return _droppedBySystem;
        }
    }

    /// <summary>A task that completes when it was closed; never faults.</summary>
    public Task WhenEnded() => _completion.Task;

    /// <inheritdoc/>
    public string DisplayName => RemoteEndPoint is null ? EndPointText.Format(LocalEndPoint) : EndPointText.Format(RemoteEndPoint);

    /// <summary>Closes it at once: who receives is woken, what has been received and was not taken is gone.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_closed)
            {
                return;
            }

            ReadFromSystem();
            Volatile.Write(ref _closed, true);
            _receiver?.BeginClose();
        }

        try
        {
            // Wakes the receive thread, on Linux also where the socket has no peer, of which the call then complains.
            _socket.Shutdown(SocketShutdown.Both);
        }
        catch (SocketException)
        {
            // It has no peer.
        }

        _socket.Dispose();
        _queue.Complete();
        _completion.TrySetResult();
    }

    /// <inheritdoc/>
    Task ISocketLifetime.CloseAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        // What was sent is with the system; there is nothing to wait for.
        Dispose();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    void ISocketLifetime.Abort() => Dispose();

    /// <inheritdoc/>
    Socket? ISocketOwner.GetOpenSocket() => Status == ConnectionStatus.Closed ? throw Closed() : _socket;

    /// <inheritdoc/>
    public override string ToString() => RemoteEndPoint is null
        ? $"{Name} on {EndPointText.Format(LocalEndPoint)}"
        : $"{EndPointText.Format(LocalEndPoint)} <-> {EndPointText.Format(RemoteEndPoint)}";

    /// <inheritdoc/>
    DynamicMetaObject IDynamicMetaObjectProvider.GetMetaObject(Expression parameter) => new LinkedMembers(parameter, this);

    /// <summary>How many bytes have arrived at the system and were not taken.</summary>
    internal int GetAvailable()
    {
        try
        {
            return _socket.Available;
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            return 0;
        }
    }

    /// <inheritdoc cref="DatagramReceiver.TryReceive"/>
    internal bool TryReceive(TimeSpan limit, out Action? work)
    {
        work = null;
        return _receiver is not null && _receiver.TryReceive(limit, out work);
    }

    /// <summary>Begins to receive, once.</summary>
    internal void StartReceiving(IDatagramTarget target)
    {
        lock (_gate)
        {
            if (_closed)
            {
                throw Closed();
            }

            if (_receiver is null)
            {
                _receiver = new DatagramReceiver(_socket, target, Name);
                _receiver.Start();
            }
        }
    }

    private SocketFailureException Closed()
        => new(SocketErrorId.ObjectClosed, $"The UDP socket on {EndPointText.Format(LocalEndPoint)} is closed.", DisplayName);

    /// <summary>Reads what only the system knows; a closed socket keeps what was read last.</summary>
    private void ReadFromSystem()
    {
        lock (_gate)
        {
            if (_closed)
            {
                return;
            }

            try
            {
                _receiveBufferSize = _socket.ReceiveBufferSize;
                if (OperatingSystem.IsLinux() && LinuxSocket.TryReadUse(_socket, out LinuxSocket.BufferUse use))
                {
                    _droppedBySystem = use.Dropped;
                }
            }
            catch (SocketException)
            {
                // An old system that does not tell.
            }
        }
    }
}
