using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.Errors;
using PSSockets.Engine.Transport;

namespace PSSockets.Engine.Chat;

/// <content>No host takes the places of all others.</content>
public sealed partial class ChatServer
{
    /// <summary>How many connections over its limit a host may have that are being told so; further ones are reset.</summary>
    private const int RefusalsAtATime = 10;

    private readonly AddressCounts _addresses;
    private long _overLimit;

    /// <summary>Serves a client to its end, or tells it that its host has too many connections already; never throws.</summary>
    private async Task ServeAsync(SocketConnection connection, CancellationToken stopping)
    {
        int limit = _options.Limits.MaxConnectionsPerAddress;
        int count = _addresses.Enter(connection.RemoteEndPoint);
        try
        {
            ChatFault? refusal = null;
            if (limit > 0 && count > limit)
            {
                Interlocked.Increment(ref _overLimit);
                if (count > limit + RefusalsAtATime)
                {
                    connection.Abort();
                    return;
                }

                refusal = new ChatFault(SocketErrorId.LimitReached, $"Too many connections come from your address: {limit} are the limit.");
            }

            await new ChatConnection(this, _options, connection, refusal).RunAsync(stopping).ConfigureAwait(false);
            await connection.WhenEnded().ConfigureAwait(false);
        }
        finally
        {
            _addresses.Leave(connection.RemoteEndPoint);
        }
    }
}
