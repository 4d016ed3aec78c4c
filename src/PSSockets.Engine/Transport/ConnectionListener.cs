using System;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.EndPoints;
using PSSockets.Engine.Errors;

namespace PSSockets.Engine.Transport;

/// <summary>A bound socket that accepts stream connections, TCP or Unix domain.</summary>
internal sealed class ConnectionListener : IDisposable
{
    private readonly Socket _socket;

    private ConnectionListener(Socket socket, EndPoint localEndPoint)
    {
        _socket = socket;
        LocalEndPoint = localEndPoint;
    }

    /// <summary>Where it listens; with port 0 asked for, the port that the system chose.</summary>
    public EndPoint LocalEndPoint { get; }

    /// <summary>Binds and listens. An <see cref="IPAddress.IPv6Any"/> endpoint takes IPv4 too.</summary>
    /// <exception cref="SocketFailureException">The endpoint is in use, not this machine's, or forbidden.</exception>
    public static ConnectionListener Bind(EndPoint endPoint, int backlog, SocketOptionSet? options)
    {
        string target = EndPointText.Format(endPoint);
        try
        {
            return BindOnce(endPoint, target, backlog, options);
        }
        catch (SocketException exception) when (
            exception.SocketErrorCode == SocketError.AddressAlreadyInUse
            && endPoint is UnixDomainSocketEndPoint unix && UnixSocketFile.RemoveIfStale(unix))
        {
            try
            {
                return BindOnce(endPoint, target, backlog, options);
            }
            catch (SocketException again)
            {
                throw SocketErrorClassifier.FromBind(again, target, isUnixSocket: true);
            }
        }
        catch (SocketException exception)
        {
            throw SocketErrorClassifier.FromBind(exception, target, isUnixSocket: endPoint is UnixDomainSocketEndPoint);
        }
    }

    /// <summary>Accepts the next connection; null once the listener is closed.</summary>
    public async ValueTask<Socket?> AcceptAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await _socket.AcceptAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (SocketException exception) when (SocketErrorClassifier.IsReset(exception.SocketErrorCode))
            {
                // A client that connected and reset before it was accepted.
            }
            catch (Exception exception) when (SocketErrorClassifier.IsLocalAbort(exception) || exception is OperationCanceledException)
            {
                return null;
            }
        }
    }

    /// <summary>Accepts a connection that has been made by now; null where there is none.</summary>
    public async ValueTask<Socket?> AcceptWaitingAsync()
    {
        using CancellationTokenSource noWait = new();
        ValueTask<Socket?> accepting = AcceptAsync(noWait.Token);
        if (!accepting.IsCompleted)
        {
            await noWait.CancelAsync().ConfigureAwait(false);
        }

        return await accepting.ConfigureAwait(false);
    }

    /// <summary>Unbinds: who has connected and was not accepted yet is reset.</summary>
    public void Dispose() => _socket.Dispose();

    private static ConnectionListener BindOnce(EndPoint endPoint, string target, int backlog, SocketOptionSet? options)
    {
        bool isUnix = endPoint is UnixDomainSocketEndPoint;
        Socket socket = new(endPoint.AddressFamily, SocketType.Stream, isUnix ? ProtocolType.Unspecified : ProtocolType.Tcp);
        try
        {
            if (OperatingSystem.IsWindows() && !isUnix && options?.ReuseAddress != true)
            {
                // Windows lets another process take a port over unless it is claimed exclusively.
                socket.ExclusiveAddressUse = true;
            }

            // On Unix the runtime lets TCP listeners take a port in TIME_WAIT (SO_REUSEADDR) by itself.
            if (endPoint is IPEndPoint { Address: { } address } && address.Equals(IPAddress.IPv6Any))
            {
                socket.DualMode = true;
            }

            options?.Apply(socket, target, isListener: true);
            socket.Bind(endPoint);
            socket.Listen(backlog);
            return new ConnectionListener(socket, EndPointText.Normalize(socket.LocalEndPoint) ?? endPoint);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
