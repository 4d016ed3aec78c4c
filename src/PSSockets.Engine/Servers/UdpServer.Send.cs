using System;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.Errors;
using PSSockets.Engine.Transport;

namespace PSSockets.Engine.Servers;

/// <content>Sending to all: each sender that is known now gets the message as one datagram.</content>
public sealed partial class UdpServer : IMessageSink
{
    /// <summary>Sends a datagram to every known sender, at once. One that cannot be reached is kept in the server's errors.</summary>
    /// <exception cref="SocketFailureException">
    /// The server has stopped (<see cref="SocketErrorId.ObjectClosed"/>), or no datagram can hold the message
    /// (<see cref="SocketErrorId.DatagramTooLarge"/>).
    /// </exception>
    public bool TryPost(ReadOnlySpan<byte> message, bool omitTrailer)
    {
        if (Stopping.IsCancellationRequested)
        {
            throw Stopped();
        }

        foreach (PeerMailbox mailbox in _mailboxes.ToArray())
        {
            try
            {
                mailbox.Peer.Append(message);
            }
            catch (SocketFailureException exception) when (exception.ErrorId is not (SocketErrorId.DatagramTooLarge or SocketErrorId.ObjectClosed))
            {
                ReportError(exception, mailbox.Peer);
            }
        }

        return true;
    }

    /// <inheritdoc cref="TryPost(ReadOnlySpan{byte}, bool)"/>
    public bool TryPost(string message, bool omitTrailer) => TryPost(_socket.Encoding.GetBytes(message), omitTrailer);

    /// <inheritdoc/>
    ValueTask IMessageSink.PostAsync(ReadOnlyMemory<byte> message, bool omitTrailer, CancellationToken cancellationToken)
    {
        TryPost(message.Span, omitTrailer);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    ValueTask IMessageSink.PostAsync(string message, bool omitTrailer, CancellationToken cancellationToken)
    {
        TryPost(message, omitTrailer);
        return ValueTask.CompletedTask;
    }

    /// <summary>Done at once: a datagram is with the system when it was added.</summary>
    Task IMessageSink.FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
