using System;
using System.Diagnostics;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace PSSockets.Benchmarks.Load;

/// <summary>
/// Clients that each send a line, wait for the line that answers it, and send the next one; all on the caller's thread. An answer is
/// whatever ends in a newline.
/// </summary>
internal sealed class PingPongClients : IDisposable
{
    private readonly Socket[] _sockets;
    private readonly int[] _handles;
    private readonly long[] _sentAt;
    private readonly byte[] _message;
    private readonly int _epoll = Epoll.Create();

    private PingPongClients(int count, int messageLength)
    {
        _sockets = new Socket[count];
        _handles = new int[count];
        _sentAt = new long[count];
        _message = Encoding.ASCII.GetBytes(new string('m', messageLength - 1) + "\n");
    }

    /// <summary>What a run has brought.</summary>
    /// <param name="Messages">Answers in the measured time.</param>
    /// <param name="Elapsed">The measured time.</param>
    /// <param name="MedianMicroseconds">Half of the answers came within this time.</param>
    /// <param name="P99Microseconds">99 of 100 answers came within this time.</param>
    public readonly record struct Result(long Messages, TimeSpan Elapsed, double MedianMicroseconds, double P99Microseconds)
    {
        public double PerSecond => Messages / Elapsed.TotalSeconds;
    }

    /// <summary>Connects the clients one after another, each with a first message, so that no server's backlog overflows.</summary>
    public static PingPongClients Connect(int port, int count, int messageLength = 32, ProtocolType protocol = ProtocolType.Tcp)
    {
        PingPongClients clients = new(count, messageLength);
        IPEndPoint endPoint = new(IPAddress.Loopback, port);
        byte[] buffer = new byte[1024];
        for (int i = 0; i < count; i++)
        {
            bool isTcp = protocol == ProtocolType.Tcp;
            Socket socket = new(AddressFamily.InterNetwork, isTcp ? SocketType.Stream : SocketType.Dgram, protocol);
            if (isTcp)
            {
                socket.NoDelay = true;
            }

            clients._sockets[i] = socket;
            socket.ReceiveTimeout = 5000;
            socket.Connect(endPoint);
            clients._handles[i] = (int)socket.Handle;
            clients.Send(i, 0);
            int received;
            do
            {
                received = socket.Receive(buffer);
            }
            while (received > 0 && buffer[received - 1] != '\n');
            Epoll.Add(clients._epoll, clients._handles[i], i);
        }

        return clients;
    }

    /// <summary>Runs all clients for a while.</summary>
    /// <param name="warmUp">Time before the measured time.</param>
    /// <param name="duration">The measured time.</param>
    /// <param name="begin">Called where the measured time begins.</param>
    public Result Run(TimeSpan warmUp, TimeSpan duration, Action? begin = null)
    {
        byte[] events = new byte[Epoll.EventSize * 256];
        byte[] buffer = new byte[64 * 1024];
        uint[] histogram = new uint[1_000_000];
        long messages = 0;
        long startTime = Stopwatch.GetTimestamp();
        long warmEnd = startTime + (long)(warmUp.TotalSeconds * Stopwatch.Frequency);
        long end = warmEnd + (long)(duration.TotalSeconds * Stopwatch.Frequency);
        bool measuring = false;
        for (int i = 0; i < _handles.Length; i++)
        {
            Send(i, startTime);
        }

        long lastAnswer = startTime;
        while (true)
        {
            int ready = Epoll.Wait(_epoll, events, 100);
            long now = Stopwatch.GetTimestamp();
            if (ready == 0 && Stopwatch.GetElapsedTime(lastAnswer, now) > TimeSpan.FromSeconds(5))
            {
                throw new IOException("The server has not answered for 5 seconds.");
            }

            if (!measuring && now >= warmEnd)
            {
                begin?.Invoke();
                measuring = true;
                warmEnd = now;
                messages = 0;
                Array.Clear(histogram);
            }

            if (now >= end)
            {
                Drain(events, buffer);
                return new Result(messages, Stopwatch.GetElapsedTime(warmEnd, now), Percentile(histogram, 0.5), Percentile(histogram, 0.99));
            }

            for (int i = 0; i < ready; i++)
            {
                int client = Epoll.IndexOf(events, i);
                int count = Epoll.Receive(_handles[client], buffer);
                if (count <= 0)
                {
                    throw new IOException("The server has closed a connection.");
                }

                if (buffer[count - 1] == '\n')
                {
                    messages++;
                    now = lastAnswer = Stopwatch.GetTimestamp();
                    long microseconds = (now - _sentAt[client]) * 1_000_000 / Stopwatch.Frequency;
                    histogram[Math.Min(microseconds, histogram.Length - 1)]++;
                    Send(client, now);
                }
            }
        }
    }

    public void Dispose()
    {
        foreach (Socket socket in _sockets)
        {
            socket?.Dispose();
        }

        _ = Epoll.Close(_epoll);
    }

    private static double Percentile(uint[] histogram, double share)
    {
        long total = 0;
        foreach (uint count in histogram)
        {
            total += count;
        }

        long rank = (long)(total * share);
        for (int i = 0; i < histogram.Length; i++)
        {
            rank -= histogram[i];
            if (rank < 0)
            {
                return i;
            }
        }

        return 0;
    }

    private void Send(int client, long now)
    {
        _sentAt[client] = now;
        if (Epoll.Send(_handles[client], _message) != _message.Length)
        {
            throw new IOException("A message could not be sent.");
        }
    }

    /// <summary>Takes the answers that are still under way, so that the next run begins with silence.</summary>
    private void Drain(byte[] events, byte[] buffer)
    {
        int open = _handles.Length;
        for (int round = 0; round < 200 && open > 0; round++)
        {
            int ready = Epoll.Wait(_epoll, events, 25);
            for (int i = 0; i < ready; i++)
            {
                int count = Epoll.Receive(_handles[Epoll.IndexOf(events, i)], buffer);
                open -= count > 0 && buffer[count - 1] == '\n' ? 1 : 0;
            }
        }
    }
}
