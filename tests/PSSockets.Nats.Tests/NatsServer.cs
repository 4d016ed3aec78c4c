using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks;

namespace PSSockets.Nats.Tests;

/// <summary>A nats-server of its own for a test, on a free port of the loopback interface.</summary>
internal sealed class NatsServer : IDisposable
{
    private Process? _process;

    private NatsServer(string arguments, int port)
    {
        Arguments = arguments;
        Port = port;
    }

    /// <summary>Where the program is; null where it is not installed.</summary>
    public static string? Program { get; } = $"{Environment.GetEnvironmentVariable("PATH")}{Path.PathSeparator}/usr/sbin"
        .Split(Path.PathSeparator)
        .Select(static folder => Path.Combine(folder, OperatingSystem.IsWindows() ? "nats-server.exe" : "nats-server"))
        .FirstOrDefault(File.Exists);

    public int Port { get; }

    private string Arguments { get; }

    public static async Task<NatsServer> StartAsync(string arguments = "")
    {
        NatsServer server = new(arguments, FreePort());
        await server.StartAgainAsync();
        return server;
    }

    /// <summary>A port on which nothing listens.</summary>
    public static int FreePort()
    {
        using Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    /// <summary>Starts it on the same port, after <see cref="Stop"/>.</summary>
    public async Task StartAgainAsync()
    {
        _process = Process.Start(new ProcessStartInfo(Program!, $"-a 127.0.0.1 -p {Port} {Arguments}")
        {
            RedirectStandardError = true,
        })!;
        while (await _process.StandardError.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(10)) is { } line)
        {
            if (line.Contains("Server is ready", StringComparison.Ordinal))
            {
                _ = _process.StandardError.ReadToEndAsync();
                return;
            }
        }

        throw new InvalidOperationException("nats-server did not start.");
    }

    public void Stop()
    {
        _process?.Kill();
        _process?.WaitForExit();
        _process?.Dispose();
        _process = null;
    }

    public void Dispose() => Stop();
}
