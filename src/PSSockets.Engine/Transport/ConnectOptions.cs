using System;
using System.Net;

namespace PSSockets.Engine.Transport;

/// <summary>Where and how to connect. Immutable.</summary>
public sealed record ConnectOptions
{
    /// <summary>The name or address to connect to; not used with <see cref="UnixSocketPath"/>.</summary>
    public string Host { get; init; } = "localhost";

    /// <summary>The port, 1 to 65535.</summary>
    public int Port { get; init; }

    /// <summary>The path of a Unix domain socket, instead of host and port.</summary>
    public string? UnixSocketPath { get; init; }

    /// <summary>The limit for one try, name resolution and all addresses included. Default 10 s; infinite for none.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often a failed try is repeated. Default 0.</summary>
    public int RetryCount { get; init; }

    /// <summary>The pause before a try is repeated. Default 1 s.</summary>
    public TimeSpan RetryInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The local address and port to connect from; port 0 lets the system choose. Default: the system chooses both.</summary>
    public IPEndPoint? LocalEndPoint { get; init; }

    /// <summary>What the connection is made with.</summary>
    public ConnectionOptions Connection { get; init; } = new();

    /// <summary>Is told of each step on the way; called on any thread.</summary>
    public Action<ConnectStep>? OnStep { get; init; }

    /// <summary>Is told of each failed try that will be repeated; called on any thread.</summary>
    public Action<Exception, int>? OnRetry { get; init; }
}
