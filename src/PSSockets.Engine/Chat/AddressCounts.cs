using System;
using System.Collections.Generic;
using System.Net;
using PSSockets.Engine.EndPoints;

namespace PSSockets.Engine.Chat;

/// <summary>How many connections each host has now. Loopback and Unix domain sockets are many people's, and are not counted. Safe for use by many threads.</summary>
internal sealed class AddressCounts
{
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);
    private readonly bool _countsLoopback;

    /// <summary>Creates one without connections.</summary>
    /// <param name="countsLoopback">True to count loopback too; for tests.</param>
    public AddressCounts(bool countsLoopback)
    {
        _countsLoopback = countsLoopback;
    }

    /// <summary>Counts a connection in.</summary>
    /// <returns>How many its host has with it; 0 where that is not counted.</returns>
    public int Enter(EndPoint? peer)
    {
        if (!IsCounted(peer))
        {
            return 0;
        }

        lock (_counts)
        {
            string key = AddressKey.Of(peer);
            return _counts[key] = _counts.GetValueOrDefault(key) + 1;
        }
    }

    /// <summary>Counts a connection out that was counted in.</summary>
    public void Leave(EndPoint? peer)
    {
        if (!IsCounted(peer))
        {
            return;
        }

        lock (_counts)
        {
            string key = AddressKey.Of(peer);
            if (--_counts[key] == 0)
            {
                _counts.Remove(key);
            }
        }
    }

    private bool IsCounted(EndPoint? peer) => peer is IPEndPoint ip && (_countsLoopback || !IPAddress.IsLoopback(ip.Address));
}
