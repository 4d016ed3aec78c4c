using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Linq;
using System.Net;
using PSSockets.Engine.EndPoints;

namespace PSSockets.Engine.Datagrams;

/// <summary>What is kept about a sender of datagrams.</summary>
internal interface IPeerEntry
{
    /// <summary>True while it must not be forgotten.</summary>
    bool IsBusy { get; }

    /// <summary>How long the sender has been silent.</summary>
    TimeSpan IdleTime { get; }

    /// <summary>Takes note of a datagram.</summary>
    void Touch();
}

/// <summary>
/// What is kept about the senders of datagrams, bounded: who has been silent is forgotten when room is needed. Senders can be forged, so
/// that a flood of new ones must cost nothing lasting. Used by the receive thread, and under its gate by others.
/// </summary>
internal sealed class PeerTable<T>
    where T : class, IPeerEntry
{
    private readonly Dictionary<SocketAddress, T> _entries = [];
    private readonly Func<SocketAddress, IPEndPoint, T> _create;
    private readonly int _limit;
    private readonly IPEndPoint _parser;

    /// <summary>Creates a table.</summary>
    /// <param name="isIPv6">The family of the socket.</param>
    /// <param name="limit">How many senders it holds at the most.</param>
    /// <param name="create">Makes what is kept about a sender.</param>
    public PeerTable(bool isIPv6, int limit, Func<SocketAddress, IPEndPoint, T> create)
    {
        _parser = new IPEndPoint(isIPv6 ? IPAddress.IPv6Any : IPAddress.Any, 0);
        _limit = limit;
        _create = create;
    }

    public int Count
    {
        get
        {
            lock (_entries)
            {
                return _entries.Count;
            }
        }
    }

    /// <summary>Those that are known now.</summary>
    public T[] ToArray()
    {
        lock (_entries)
        {
            return [.. _entries.Values];
        }
    }

    /// <summary>The sender's endpoint, an IPv4 one freed of its IPv6 coat.</summary>
    public IPEndPoint Parse(SocketAddress sender) => EndPointText.Normalize((IPEndPoint)_parser.Create(sender));

    /// <summary>Finds a sender without making anything, and takes note that it is not silent.</summary>
    public bool TryFind(SocketAddress sender, [NotNullWhen(true)] out T? entry)
    {
        lock (_entries)
        {
            if (!_entries.TryGetValue(sender, out entry))
            {
                return false;
            }

            // Under the lock: what was found here must not be forgotten before it is used.
            entry.Touch();
            return true;
        }
    }

    /// <summary>Takes in a new sender.</summary>
    /// <returns>Null where the table is full of senders that must not be forgotten.</returns>
    public T? Add(SocketAddress sender, IPEndPoint endPoint)
    {
        lock (_entries)
        {
            if (_entries.Count >= _limit)
            {
                // Mostly one pass makes much room: those silent for a second; where all are lively, all that are not at work.
                Remove(TimeSpan.FromSeconds(1));
                if (_entries.Count >= _limit)
                {
                    Remove(TimeSpan.Zero);
                }

                if (_entries.Count >= _limit)
                {
                    return null;
                }
            }

            SocketAddress address = new(sender.Family, sender.Size);
            sender.Buffer.Span[..sender.Size].CopyTo(address.Buffer.Span);
            T entry = _create(address, endPoint);
            entry.Touch();
            return _entries[address] = entry;
        }
    }

    /// <summary>Forgets those that have been silent for so long.</summary>
    public void Remove(TimeSpan idleTime)
    {
        lock (_entries)
        {
            foreach (SocketAddress address in _entries
                .Where(entry => !entry.Value.IsBusy && entry.Value.IdleTime >= idleTime)
                .Select(entry => entry.Key)
                .ToArray())
            {
                _entries.Remove(address);
            }
        }
    }
}
