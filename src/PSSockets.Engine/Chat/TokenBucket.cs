using System;

namespace PSSockets.Engine.Chat;

/// <summary>
/// Limits how often something happens: so many at once, so many a second in the long run. Also says when somebody goes on regardless.
/// Pure, not thread-safe.
/// </summary>
internal struct TokenBucket
{
    /// <summary>After so many refusals in a row, as multiples of the burst, it is a flood.</summary>
    private const int FloodFactor = 5;

    private readonly double _rate;
    private readonly int _burst;
    private double _tokens;
    private long _last;
    private int _refused;

    /// <summary>Creates a full bucket.</summary>
    /// <param name="rate">How many a second; 0 sets no limit.</param>
    /// <param name="burst">How many at once.</param>
    /// <param name="milliseconds">The time now, in milliseconds.</param>
    public TokenBucket(double rate, int burst, long milliseconds)
    {
        _rate = rate;
        _burst = Math.Max(burst, 1);
        _tokens = _burst;
        _last = milliseconds;
    }

    /// <summary>True where so much was refused that it can be no mistake.</summary>
    public readonly bool IsFlood => _refused > FloodFactor * _burst;

    /// <summary>Takes one.</summary>
    /// <returns>False where there is none.</returns>
    public bool TryTake(long milliseconds)
    {
        if (_rate <= 0)
        {
            return true;
        }

        _tokens = Math.Min(_burst, _tokens + ((milliseconds - _last) * _rate / 1000));
        _last = milliseconds;
        if (_tokens < 1)
        {
            _refused++;
            return false;
        }

        // Who slows down is forgiven only when the bucket has filled up again, or a flood at the limit would never be one.
        _refused = _tokens >= _burst - 1 ? 0 : _refused;
        _tokens--;
        return true;
    }
}
