using System;

namespace PSSockets.Engine.Diagnostics;

/// <summary>Counters of a server or a peer at one moment: bytes and messages in all.</summary>
/// <param name="BytesReceived">Bytes received.</param>
/// <param name="BytesSent">Bytes sent.</param>
/// <param name="MessagesReceived">Messages received.</param>
/// <param name="MessagesSent">Messages sent.</param>
internal readonly record struct TrafficCounters(long BytesReceived, long BytesSent, long MessagesReceived, long MessagesSent);

/// <summary>What counters have gained a second.</summary>
/// <param name="BytesReceived">Bytes received a second.</param>
/// <param name="BytesSent">Bytes sent a second.</param>
/// <param name="MessagesReceived">Messages received a second.</param>
/// <param name="MessagesSent">Messages sent a second.</param>
public readonly record struct TrafficRates(double BytesReceived, double BytesSent, double MessagesReceived, double MessagesSent);

/// <summary>Turns counters into rates: the gain since the last look by the time between. The first look gives none. Not thread-safe.</summary>
internal sealed class TrafficMeter
{
    private TrafficCounters _last;
    private TimeSpan? _lastTime;

    /// <summary>Takes a look.</summary>
    /// <param name="counters">The counters now.</param>
    /// <param name="time">Now, by a clock that never goes back.</param>
    public TrafficRates Update(TrafficCounters counters, TimeSpan time)
    {
        double seconds = _lastTime is { } lastTime ? (time - lastTime).TotalSeconds : 0;
        TrafficRates rates = seconds <= 0 ? default : new TrafficRates(
            GetRate(counters.BytesReceived, _last.BytesReceived, seconds),
            GetRate(counters.BytesSent, _last.BytesSent, seconds),
            GetRate(counters.MessagesReceived, _last.MessagesReceived, seconds),
            GetRate(counters.MessagesSent, _last.MessagesSent, seconds));
        _last = counters;
        _lastTime = time;
        return rates;
    }

    // A sum over connections can be a moment behind when one of them ends.
    private static double GetRate(long now, long last, double seconds) => Math.Max(now - last, 0) / seconds;
}
