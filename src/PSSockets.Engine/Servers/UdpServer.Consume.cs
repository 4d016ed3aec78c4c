using System.Diagnostics.CodeAnalysis;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.Errors;
using PSSockets.Engine.Transport;

namespace PSSockets.Engine.Servers;

/// <content>A server without a handler: the messages of all senders wait to be taken.</content>
public sealed partial class UdpServer
{
    /// <summary>
    /// Takes the messages of all senders, as <see cref="SocketMessage"/>, in the order of their arrival. Several readers share them.
    /// </summary>
    /// <exception cref="SocketFailureException">
    /// The server has stopped (<see cref="SocketErrorId.ObjectClosed"/>), or answers its messages itself
    /// (<see cref="SocketErrorId.ConnectionBusy"/>).
    /// </exception>
    public override IMessageReader OpenReader(ReadOptions options)
    {
        if (!IsConsumed)
        {
            throw Status == ServerStatus.Stopped ? Stopped() : new SocketFailureException(
                SocketErrorId.ConnectionBusy, $"{Name} answers its messages itself; only a server without a handler can be received from.", DisplayName);
        }

        return Status == ServerStatus.Stopped && _messages.Count == 0 ? throw Stopped() : new QueueReader(_messages);
    }

    /// <inheritdoc/>
    private protected override bool TryTakeMessage([NotNullWhen(true)] out SocketMessage? message, bool hold) => _messages.TryTake(out message, hold);

    /// <inheritdoc/>
    private protected override void ReleaseMessage(SocketMessage? putBack) => _messages.Release(putBack);

    private sealed class QueueReader(MessageQueue messages) : IMessageReader
    {
        public bool TryRead([NotNullWhen(true)] out object? message)
        {
            bool taken = messages.TryTake(out SocketMessage? next);
            message = next;
            return taken;
        }

        public ValueTask<bool> WaitAsync(CancellationToken cancellationToken) => messages.WaitAsync(cancellationToken);

        public void Dispose()
        {
        }
    }
}
