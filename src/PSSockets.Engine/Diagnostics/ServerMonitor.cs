using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using PSSockets.Engine.EndPoints;
using PSSockets.Engine.Servers;
using PSSockets.Engine.Transport;

namespace PSSockets.Engine.Diagnostics;

/// <summary>A peer of a server, as the live view shows it. Immutable.</summary>
/// <param name="RemoteEndPoint">Where it is.</param>
/// <param name="Rates">What came and went since the last look.</param>
/// <param name="IdleTime">How long ago the last bytes came or went.</param>
public sealed record PeerView(string RemoteEndPoint, TrafficRates Rates, TimeSpan IdleTime);

/// <summary>A server, as the live view shows it. Immutable.</summary>
/// <param name="Sample">What it did since the last look.</param>
/// <param name="History">Bytes a second, in and out, of the latest looks, oldest first.</param>
/// <param name="Peers">Its peers, the busiest first.</param>
public sealed record ServerView(SocketServerSample Sample, IReadOnlyList<double> History, IReadOnlyList<PeerView> Peers);

/// <summary>Looks at servers again and again, and says what they did between two looks. Not thread-safe.</summary>
public sealed class ServerMonitor
{
    /// <summary>How many looks the history holds.</summary>
    public const int HistoryLength = 120;

    // Weak: who is watched may end and be forgotten.
    private readonly ConditionalWeakTable<object, TrafficMeter> _meters = [];
    private readonly ConditionalWeakTable<SocketServer, Queue<double>> _histories = [];

    /// <summary>Looks at servers without their peers.</summary>
    /// <param name="servers">The servers.</param>
    /// <param name="now">The time to write down.</param>
    /// <param name="clock">The time by a clock that never goes back.</param>
    public IReadOnlyList<SocketServerSample> Sample(IEnumerable<SocketServer> servers, DateTimeOffset now, TimeSpan clock)
    {
        ArgumentNullException.ThrowIfNull(servers);
        return [.. servers.Select(server => TakeSample(server, now, clock))];
    }

    /// <summary>Looks at servers and their peers, and keeps a history.</summary>
    /// <inheritdoc cref="Sample"/>
    public IReadOnlyList<ServerView> View(IEnumerable<SocketServer> servers, DateTimeOffset now, TimeSpan clock)
    {
        ArgumentNullException.ThrowIfNull(servers);
        List<ServerView> views = [];
        foreach (SocketServer server in servers)
        {
            SocketServerSample sample = TakeSample(server, now, clock);
            Queue<double> history = _histories.GetOrCreateValue(server);
            history.Enqueue(sample.BytesReceivedPerSecond + sample.BytesSentPerSecond);
            if (history.Count > HistoryLength)
            {
                history.Dequeue();
            }

            views.Add(new ServerView(sample, history.ToArray(), GetPeers(server, clock)));
        }

        return views;
    }

    private SocketServerSample TakeSample(SocketServer server, DateTimeOffset now, TimeSpan clock)
    {
        TrafficRates rates = _meters.GetOrCreateValue(server).Update(
            new TrafficCounters(server.BytesReceived, server.BytesSent, server.MessagesReceived, server.MessagesSent), clock);
        return new SocketServerSample
        {
            Time = now,
            Id = server.Id,
            Name = server.Name,
            LocalEndPoint = server.DisplayName,
            Status = server.Status,
            ClientCount = server.ClientCount,
            BytesReceivedPerSecond = Math.Round(rates.BytesReceived, 1),
            BytesSentPerSecond = Math.Round(rates.BytesSent, 1),
            MessagesReceivedPerSecond = Math.Round(rates.MessagesReceived, 1),
            MessagesSentPerSecond = Math.Round(rates.MessagesSent, 1),
            MessagesDropped = server.MessagesDropped + ((server as UdpServer)?.DroppedBySystem ?? 0),
            ErrorCount = server.ErrorCount,
        };
    }

    private PeerView[] GetPeers(SocketServer server, TimeSpan clock) => [.. server.GetPeers()
        .Select(peer =>
        {
            (TrafficCounters counters, TimeSpan idle) = Read(peer);
            return new PeerView(EndPointText.Format(peer.RemoteEndPoint), _meters.GetOrCreateValue(peer).Update(counters, clock), idle);
        })
        .OrderByDescending(peer => peer.Rates.BytesReceived + peer.Rates.BytesSent + peer.Rates.MessagesReceived)
        .ThenBy(peer => peer.IdleTime)];

    private static (TrafficCounters Counters, TimeSpan Idle) Read(IMessagePeer peer) => peer switch
    {
        SocketConnection connection => (
            new TrafficCounters(connection.BytesReceived, connection.BytesSent, connection.MessagesReceived, connection.MessagesSent), connection.IdleTime),
        Datagrams.UdpPeer sender => (new TrafficCounters(0, 0, sender.DatagramsReceived, 0), sender.IdleTime),
        _ => default,
    };
}
