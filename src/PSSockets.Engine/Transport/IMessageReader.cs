using System;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;

namespace PSSockets.Engine.Transport;

/// <summary>Something that messages can be received from.</summary>
public interface IMessageSource
{
    /// <summary>What to call it in a message to a person.</summary>
    string DisplayName { get; }

    /// <summary>Begins receiving. There is one reader at a time; dispose it when done.</summary>
    /// <exception cref="Errors.SocketFailureException">
    /// Somebody else is receiving (<see cref="Errors.SocketErrorId.ConnectionBusy"/>), or it is closed
    /// (<see cref="Errors.SocketErrorId.ObjectClosed"/>).
    /// </exception>
    IMessageReader OpenReader(ReadOptions options);
}

/// <summary>Receives messages; used by one thread at a time.</summary>
public interface IMessageReader : IDisposable
{
    /// <summary>Takes the next message that has arrived, without waiting: a string, a byte array or a <see cref="SocketMessage"/>.</summary>
    bool TryRead([NotNullWhen(true)] out object? message);

    /// <summary>Waits until more has arrived. Cancelling loses nothing.</summary>
    /// <returns>False where no more will come.</returns>
    ValueTask<bool> WaitAsync(CancellationToken cancellationToken);
}

/// <summary>What is to be read from a connection. At most one of the four ways past the framing is set.</summary>
public sealed record ReadOptions
{
    /// <summary>Messages are byte arrays instead of text. Default: as the connection says.</summary>
    public bool? AsByteStream { get; init; }

    /// <summary>The encoding of text. Default: the connection's.</summary>
    public Encoding? Encoding { get; init; }

    /// <summary>A message is this many bytes, whatever the framing.</summary>
    public int? ByteCount { get; init; }

    /// <summary>A message ends with this text, whatever the framing.</summary>
    public string? Delimiter { get; init; }

    /// <summary>A message ends where this matches, whatever the framing; the match is part of it.</summary>
    public Regex? Until { get; init; }

    /// <summary>A message is all bytes up to the end of the stream.</summary>
    public bool ToEnd { get; init; }

    /// <summary>
    /// Decodes messages on another thread while those before them are used, where many have arrived: for who reads them all, faster than
    /// a slow user of each. Default: false.
    /// </summary>
    public bool ReadAhead { get; init; }
}
