using System;
using System.Diagnostics;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;

namespace PSSockets.Benchmarks.Load;

/// <summary>
/// Members of a chat, all on the caller's thread. One of them, or several, say a burst of lines; when every other member has every line,
/// the next burst follows. Lines are counted by their newlines, whatever the server puts before them.
/// </summary>
internal sealed class ChatClients : IDisposable
{
    private static readonly TimeSpan s_silenceLimit = TimeSpan.FromSeconds(10);

    private readonly Socket[] _sockets;
    private readonly int[] _handles;
    private readonly long[] _lines;
    private readonly byte[] _burst;
    private readonly int _linesInBurst;
    private readonly int _epoll = Epoll.Create();
    private readonly byte[] _events = new byte[Epoll.EventSize * 256];
    private readonly byte[] _buffer = new byte[256 * 1024];

    private ChatClients(int count, int linesInBurst, int lineLength)
    {
        _sockets = new Socket[count];
        _handles = new int[count];
        _lines = new long[count];
        _linesInBurst = linesInBurst;
        StringBuilder burst = new();
        for (int line = 0; line < linesInBurst; line++)
        {
            burst.Append('m', lineLength - 1).Append('\n');
        }

        _burst = Encoding.ASCII.GetBytes(burst.ToString());
    }

    /// <summary>What a run has brought.</summary>
    /// <param name="Deliveries">Lines received, over all members.</param>
    /// <param name="Expected">Lines that they should have received.</param>
    /// <param name="Elapsed">The measured time.</param>
    public readonly record struct Result(long Deliveries, long Expected, TimeSpan Elapsed)
    {
        public double PerSecond => Deliveries / Elapsed.TotalSeconds;
    }

    /// <summary>Connects the members one after another, with a pause after each: some servers have short backlogs.</summary>
    public static ChatClients Connect(int port, int count, int linesInBurst, int lineLength)
    {
        ChatClients clients = new(count, linesInBurst, lineLength);
        for (int i = 0; i < count; i++)
        {
            Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            socket.Connect(IPAddress.Loopback, port);
            socket.Blocking = false;
            clients._sockets[i] = socket;
            clients._handles[i] = (int)socket.Handle;
            Epoll.Add(clients._epoll, clients._handles[i], i);
            Thread.Sleep(1);
            clients.Receive(0);
        }

        clients.DrainGreetings();
        return clients;
    }

    /// <summary>Runs bursts for a while.</summary>
    /// <param name="senders">How many members speak at the same time.</param>
    /// <param name="warmUp">Time before the measured time.</param>
    /// <param name="duration">The measured time; the burst under way at its end is waited for.</param>
    /// <param name="begin">Called where the measured time begins.</param>
    public Result Run(int senders, TimeSpan warmUp, TimeSpan duration, Action? begin = null)
    {
        RunBursts(senders, warmUp);
        begin?.Invoke();
        return RunBursts(senders, duration);
    }

    public void Dispose()
    {
        foreach (Socket socket in _sockets)
        {
            socket?.Dispose();
        }

        _ = Epoll.Close(_epoll);
    }

    private Result RunBursts(int senders, TimeSpan duration)
    {
        long deliveries = 0;
        long expected = 0;
        long start = Stopwatch.GetTimestamp();
        do
        {
            // Each hears all but itself.
            long burst = (long)_linesInBurst * senders * (_sockets.Length - 1);
            deliveries += RunBurst(senders, burst);
            expected += burst;
        }
        while (Stopwatch.GetElapsedTime(start) < duration);
        TimeSpan elapsed = Stopwatch.GetElapsedTime(start);

        // One who has more and another who has less would add up.
        for (int i = 0; i < _lines.Length; i++)
        {
            long own = expected / (_sockets.Length - 1) / senders * (i < senders ? senders - 1 : senders);
            if (_lines[i] != own)
            {
                throw new IOException($"Member {i} has {_lines[i]} lines instead of {own}.");
            }

            _lines[i] = 0;
        }

        return new Result(deliveries, expected, elapsed);
    }

    private long RunBurst(int senders, long expected)
    {
        long received = 0;
        int[] sent = new int[senders];
        bool isSending = true;
        long lastProgress = Stopwatch.GetTimestamp();
        while (received < expected)
        {
            if (isSending)
            {
                isSending = false;
                for (int sender = 0; sender < senders; sender++)
                {
                    if (sent[sender] < _burst.Length)
                    {
                        sent[sender] += Math.Max(0, Epoll.Send(_handles[sender], _burst.AsSpan(sent[sender])));
                        isSending |= sent[sender] < _burst.Length;
                    }
                }
            }

            long lines = Receive(isSending ? 0 : 100);
            received += lines;
            if (lines > 0)
            {
                lastProgress = Stopwatch.GetTimestamp();
            }
            else if (Stopwatch.GetElapsedTime(lastProgress) > s_silenceLimit)
            {
                throw new IOException($"{expected - received} of {expected} lines of a burst have not come.");
            }
        }

        return received;
    }

    private long Receive(int milliseconds)
    {
        long lines = 0;
        int ready = Epoll.Wait(_epoll, _events, milliseconds);
        for (int i = 0; i < ready; i++)
        {
            int client = Epoll.IndexOf(_events, i);
            int count = Epoll.Receive(_handles[client], _buffer);
            if (count == 0)
            {
                throw new IOException($"The server has closed the connection of member {client}.");
            }

            int newLines = count < 0 ? 0 : _buffer.AsSpan(0, count).Count((byte)'\n');
            _lines[client] += newLines;
            lines += newLines;
        }

        return lines;
    }

    /// <summary>Takes what servers say to and of new members, until they say no more.</summary>
    private void DrainGreetings()
    {
        long quietSince = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(quietSince) < TimeSpan.FromSeconds(1.5))
        {
            if (Receive(100) > 0)
            {
                quietSince = Stopwatch.GetTimestamp();
            }
        }

        Array.Clear(_lines);
    }
}
