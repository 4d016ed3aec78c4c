using System;
using System.Diagnostics.CodeAnalysis;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.Transport;

namespace PSSockets.Engine.Chat;

/// <summary>The one reader of a session's messages for a while; what it does not take waits for the next one.</summary>
internal sealed class ChatInboxReader : IMessageReader
{
    private readonly IMessageReader _inbox;
    private Action? _release;

    public ChatInboxReader(IMessageReader inbox, Action release)
    {
        _inbox = inbox;
        _release = release;
    }

    /// <inheritdoc/>
    public bool TryRead([NotNullWhen(true)] out object? message) => _inbox.TryRead(out message);

    /// <inheritdoc/>
    public ValueTask<bool> WaitAsync(CancellationToken cancellationToken) => _inbox.WaitAsync(cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => Interlocked.Exchange(ref _release, null)?.Invoke();
}
