using System;
using System.Collections.Generic;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using PSSockets.Engine.EndPoints;

namespace PSSockets.Engine.Chat;

/// <summary>
/// Compares passwords in constant time, and slows down who guesses: each wrong one from an address doubles the time that the next answer
/// to it takes, over all of its connections. Safe for use by many threads.
/// </summary>
internal sealed class PasswordGuard
{
    private static readonly TimeSpan s_firstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_forgetAfter = TimeSpan.FromMinutes(10);

    /// <summary>How many addresses are remembered; beyond it all are forgotten, rather than memory used up.</summary>
    private const int MaxAddresses = 10_000;

    private readonly Dictionary<string, Record> _failures = new(StringComparer.Ordinal);
    private readonly TimeProvider _clock;

    public PasswordGuard(TimeProvider clock)
    {
        _clock = clock;
    }

    /// <summary>True where the two are the same; takes as long where they are not.</summary>
    public static bool AreEqual(string expected, string given)
        => CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(expected)), SHA256.HashData(Encoding.UTF8.GetBytes(given)));

    /// <summary>
    /// How long the next answer to this address must wait; zero for one that has not guessed wrong lately. Each call takes a turn of its
    /// own, so that many connections guess no faster than one.
    /// </summary>
    public TimeSpan TakeTurn(EndPoint? endPoint)
    {
        DateTimeOffset now = _clock.GetUtcNow();
        lock (_failures)
        {
            if (!_failures.TryGetValue(AddressKey.Of(endPoint), out Record? record) || record.Last + s_forgetAfter <= now)
            {
                return TimeSpan.Zero;
            }

            DateTimeOffset turn = record.NextTurn > now ? record.NextTurn : now;
            record.NextTurn = turn + GetPause(record.Count);
            return turn - now;
        }
    }

    /// <summary>True where this address has guessed wrong so lately that it must wait.</summary>
    public bool MustWait(EndPoint? endPoint)
    {
        DateTimeOffset now = _clock.GetUtcNow();
        lock (_failures)
        {
            return _failures.TryGetValue(AddressKey.Of(endPoint), out Record? record) && record.Last + s_forgetAfter > now && record.NextTurn > now;
        }
    }

    /// <summary>Takes note of a wrong password.</summary>
    public void Fail(EndPoint? endPoint)
    {
        string key = AddressKey.Of(endPoint);
        DateTimeOffset now = _clock.GetUtcNow();
        lock (_failures)
        {
            if (!_failures.TryGetValue(key, out Record? record) || record.Last + s_forgetAfter <= now)
            {
                if (_failures.Count >= MaxAddresses)
                {
                    _failures.Clear();
                }

                _failures[key] = record = new Record();
            }

            record.Count++;
            record.Last = now;
            DateTimeOffset next = now + GetPause(record.Count);
            record.NextTurn = next > record.NextTurn ? next : record.NextTurn;
        }
    }

    /// <summary>Takes note of a right password.</summary>
    public void Succeed(EndPoint? endPoint)
    {
        lock (_failures)
        {
            _failures.Remove(AddressKey.Of(endPoint));
        }
    }

    private static TimeSpan GetPause(int failures)
    {
        TimeSpan pause = s_firstPause * Math.Pow(2, Math.Min(failures - 1, 10));
        return pause < s_longestPause ? pause : s_longestPause;
    }

    private sealed class Record
    {
        public int Count { get; set; }

        public DateTimeOffset Last { get; set; }

        public DateTimeOffset NextTurn { get; set; }
    }
}
