using System;
using System.Net;
using System.Threading;
using System.Threading.Tasks;

namespace PSSockets.Engine.Transport;

/// <summary>
/// The bytes below a connection, whatever carries them. Reading has two steps: wait until there is something, which holds no buffer,
/// then take what is there. One reader and one writer may use it at the same time; <see cref="Abort"/> may be called at any time.
/// </summary>
internal interface ITransport
{
    /// <summary>This side's endpoint.</summary>
    EndPoint? LocalEndPoint { get; }

    /// <summary>The peer's endpoint.</summary>
    EndPoint? RemoteEndPoint { get; }

    /// <summary>
    /// Completes when <see cref="Read"/> has something to say: bytes, the end of the stream, or an error. Cancelling loses nothing.
    /// </summary>
    /// <param name="inline">True where what follows is short, and may run on a thread that waits for other connections too.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask WaitToReadAsync(bool inline, CancellationToken cancellationToken);

    /// <summary>Takes what is there, at once.</summary>
    /// <returns>The number of bytes; 0 at the end of the stream; -1 where nothing is there yet.</returns>
    int Read(Span<byte> buffer);

    /// <summary>
    /// True where the connection is broken, not only ended by the peer; to be asked at the end of the stream. A write that has noticed
    /// a reset uses up the system's note of it, and a read behind it finds what looks like an end.
    /// </summary>
    bool IsBroken();

    /// <summary>Hands all bytes to the system.</summary>
    ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken);

    /// <summary>Hands over what the system takes at once, without waiting; a transport that cannot say so takes nothing.</summary>
    /// <returns>How many bytes were taken; 0 where the system has no room.</returns>
    int TryWrite(ReadOnlySpan<byte> buffer) => 0;

    /// <summary>Half-close: tells the peer that no more will be sent (FIN).</summary>
    void CompleteWrites();

    /// <summary>Frees the transport after a graceful end.</summary>
    void Close();

    /// <summary>Ends the connection at once; the peer sees a reset (RST), whatever is still queued is lost.</summary>
    void Abort();
}
