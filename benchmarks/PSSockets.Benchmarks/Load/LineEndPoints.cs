using System;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;

namespace PSSockets.Benchmarks.Load;

/// <summary>
/// The far ends of the pipeline cases. Who connects to the source names a number of lines and gets them as fast as it reads; the drain
/// counts the lines that it is sent. Each connection is served by a thread of its own, with large buffers.
/// </summary>
internal sealed class LineEndPoints : IDisposable
{
    private const int BlockLines = 4096;
    private readonly TcpListener _source = new(IPAddress.Loopback, 0);
    private readonly TcpListener _drain = new(IPAddress.Loopback, 0);
    private readonly byte[] _block;
    private readonly int _lineLength;
    private long _drainedLines;

    public LineEndPoints(int length)
    {
        _lineLength = length + 1;
        _block = Encoding.ASCII.GetBytes(string.Concat(System.Linq.Enumerable.Repeat(new string('x', length) + "\n", BlockLines)));
        _source.Start();
        _drain.Start();
        Serve(_source, Feed);
        Serve(_drain, Drain);
    }

    public int SourcePort => ((IPEndPoint)_source.LocalEndpoint).Port;

    public int DrainPort => ((IPEndPoint)_drain.LocalEndpoint).Port;

    /// <summary>How many lines have come since the last call, once their number has stood still or is the expected one.</summary>
    public long TakeDrained(long expected)
    {
        SpinWait.SpinUntil(() => Volatile.Read(ref _drainedLines) >= expected, TimeSpan.FromSeconds(5));
        return Interlocked.Exchange(ref _drainedLines, 0);
    }

    public void Dispose()
    {
        _source.Dispose();
        _drain.Dispose();
    }

    private static void Serve(TcpListener listener, Action<Socket> serve) => Start(() =>
    {
        while (true)
        {
            Socket socket = listener.AcceptSocket();
            socket.NoDelay = true;
            Start(() =>
            {
                using (socket)
                {
                    serve(socket);
                }
            });
        }
    });

    private static void Start(Action run)
    {
        Thread thread = new(() =>
        {
            try
            {
                run();
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                // The listener was closed, or a peer left early; the case that lacks lines says so.
            }
        })
        { IsBackground = true };
        thread.Start();
    }

    private void Feed(Socket socket)
    {
        Span<byte> request = stackalloc byte[64];
        int length = 0;
        while (length == 0 || request[length - 1] != '\n')
        {
            int count = socket.Receive(request[length..]);
            if (count == 0)
            {
                return;
            }

            length += count;
        }

        long left = long.Parse(request[..length].TrimEnd((byte)'\n'), CultureInfo.InvariantCulture) * _lineLength;
        while (left > 0)
        {
            left -= socket.Send(_block.AsSpan(0, (int)Math.Min(left, _block.Length)));
        }

        socket.Shutdown(SocketShutdown.Send);
        socket.Receive(request);
    }

    private void Drain(Socket socket)
    {
        byte[] buffer = new byte[256 * 1024];
        while (socket.Receive(buffer) is > 0 and int count)
        {
            Interlocked.Add(ref _drainedLines, buffer.AsSpan(0, count).Count((byte)'\n'));
        }
    }
}
