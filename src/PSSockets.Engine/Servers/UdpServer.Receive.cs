using System;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using PSSockets.Engine.Datagrams;
using PSSockets.Engine.Errors;
using PSSockets.Engine.Transport;

namespace PSSockets.Engine.Servers;

/// <content>What becomes of a datagram: on the receive thread, and then on a worker.</content>
public sealed partial class UdpServer : IDatagramTarget
{
    private long _refused;
    private long _waitingBytes;
    private int _waiting;
    private bool _isFailing;

    /// <inheritdoc/>
    bool IDatagramTarget.HasWorkers => _workers is not null;

    /// <inheritdoc/>
    void IDatagramTarget.Schedule(Action work) => Schedule(work);

    /// <inheritdoc/>
    Action? IDatagramTarget.OnDatagram(ReadOnlySpan<byte> datagram, SocketAddress sender)
    {
        if (_isClosed)
        {
            return null;
        }

        _isFailing = false;
        _socket.CountReceived(datagram.Length);
        if (IsConsumed ? _messages.IsFullFor(datagram.Length) : IsFullFor(datagram.Length))
        {
            _socket.CountDropped();
            return null;
        }

        if (!_mailboxes.TryFind(sender, out PeerMailbox? mailbox))
        {
            IPEndPoint endPoint = _mailboxes.Parse(sender);
            if (!_options.Filter.Permits(endPoint))
            {
                _refused++;
                return null;
            }

            mailbox = _mailboxes.Add(sender, endPoint);
        }

        if (mailbox is null)
        {
            _socket.CountDropped();
        }
        else if (_workers is not null)
        {
            return Queue(mailbox, datagram);
        }
        else if (_options.Echo)
        {
            Echo(mailbox.Peer, datagram);
        }
        else
        {
            _messages.Add(new SocketMessage(mailbox.Peer, datagram.ToArray(), null));
        }

        return null;
    }

    /// <inheritdoc/>
    void IDatagramTarget.OnError(SocketException exception)
    {
        // Said once until a datagram arrives again: an error that stays would fill the list.
        if (!_isFailing)
        {
            _isFailing = true;
            ReportError(SocketErrorClassifier.FromDatagram(exception, DisplayName, 0, isBroadcastAllowed: true), null);
        }
    }

    /// <summary>Takes note of what begins, or ceases, to wait for a handler.</summary>
    internal void CountWaiting(int messages, int bytes)
    {
        Interlocked.Add(ref _waiting, messages);
        Interlocked.Add(ref _waitingBytes, bytes);
    }

    /// <summary>Has a worker do something.</summary>
    internal void Schedule(Action work) => _workers!.Enqueue(work);

    /// <summary>Calls the handler for a message; never throws.</summary>
    /// <returns>False where the sender's other messages are not to be handled.</returns>
    internal bool Handle(UdpPeer peer, byte[] datagram)
    {
        if (Aborting.IsCancellationRequested)
        {
            return false;
        }

        HandlerVerdict verdict;
        try
        {
            object message = _socket.AsByteStream ? datagram : _socket.Encoding.GetString(datagram);
            NoticeMessage(peer, message);
            verdict = WorkerPool.Current.OnMessage(peer, message);
        }
        catch (DecoderFallbackException exception)
        {
            // Only this datagram is no text; the sender's others may well be.
            ReportError(
                new SocketFailureException(
                    SocketErrorId.InvalidFrame,
                    $"{peer.DisplayName} has sent what is no text in {_socket.Encoding.WebName}: {exception.Message}",
                    peer.DisplayName,
                    exception),
                peer);
            verdict = HandlerVerdict.Continue;
        }
        catch (Exception exception)
        {
            ReportError(exception, peer);
            verdict = HandlerVerdict.Disconnect;
        }

        if (verdict == HandlerVerdict.StopServer && !Stopping.IsCancellationRequested)
        {
            _ = StopAsync(TimeSpan.FromSeconds(5));
        }

        return verdict == HandlerVerdict.Continue;
    }

    /// <returns>The mailbox's turn on a worker where it is not having one.</returns>
    private Action? Queue(PeerMailbox mailbox, ReadOnlySpan<byte> datagram)
    {
        // One sender alone never fills the queue for all.
        if (!mailbox.TryAdd(datagram, _options.Socket.MaxQueuedDatagrams / 2, out Action? run))
        {
            _socket.CountDropped();
        }

        return run;
    }

    /// <summary>Sends a datagram back, on the receive thread: what cannot be sent is not worth waiting for.</summary>
    private void Echo(UdpPeer peer, ReadOnlySpan<byte> datagram)
    {
        try
        {
            peer.Append(datagram);
        }
        catch (SocketFailureException exception)
        {
            if (!_isClosed)
            {
                ReportError(exception, peer);
            }
        }
    }

    private bool IsFullFor(int byteCount) => Volatile.Read(ref _waiting) >= _options.Socket.MaxQueuedDatagrams
        || Volatile.Read(ref _waitingBytes) + byteCount > _options.Socket.MaxQueuedBytes;
}
