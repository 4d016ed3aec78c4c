using System.Text;
using System.Threading;
using PSSockets.Engine.Framing;

namespace PSSockets.Engine.Transport;

/// <summary>What a connection is made with. Immutable.</summary>
public sealed record ConnectionOptions
{
    private FrameDecoder? _decoder;
    private FrameEncoder? _encoder;

    /// <summary>UTF-8 that neither writes a byte order mark nor throws on bad bytes.</summary>
    public static readonly Encoding DefaultEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);

    /// <summary>How messages are told apart. Default: lines.</summary>
    public FramingScheme Framing
    {
        get;
        init => (field, _decoder, _encoder) = (value, null, null);
    } = FramingScheme.Line;

    /// <summary>The encoding of text. Default: UTF-8.</summary>
    public Encoding Encoding
    {
        get;
        init => (field, _decoder, _encoder) = (value, null, null);
    } = DefaultEncoding;

    /// <summary>Messages are byte arrays. Default: text.</summary>
    public bool AsByteStream { get; init; }

    /// <summary>A name for people. Default: made from the id.</summary>
    public string? Name { get; init; }

    /// <summary>What happens to data for many recipients where this one does not read. Default: it is disconnected.</summary>
    public SlowConsumerPolicy SlowConsumer { get; init; } = SlowConsumerPolicy.Disconnect;

    /// <summary>
    /// The most bytes that wait to be sent: above it senders wait, and what is sent to many recipients falls under
    /// <see cref="SlowConsumer"/>. A single longer message is taken where nothing waits. Default 1 MiB.
    /// </summary>
    public int MaxQueuedBytes { get; init; } = 1024 * 1024;

    /// <summary>Options of the socket; null leaves the defaults.</summary>
    public SocketOptionSet? SocketOptions { get; init; }

    internal object? Server { get; init; }

    // Neither has state, so all connections made with these options share them.
    internal FrameDecoder Decoder => LazyInitializer.EnsureInitialized(ref _decoder, () => Framing.CreateDecoder(Encoding));

    internal FrameEncoder Encoder => LazyInitializer.EnsureInitialized(ref _encoder, () => Framing.CreateEncoder(Encoding));
}
