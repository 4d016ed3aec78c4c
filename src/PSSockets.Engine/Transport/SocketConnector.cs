using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.EndPoints;
using PSSockets.Engine.Errors;

namespace PSSockets.Engine.Transport;

/// <summary>Makes client connections. All addresses of a name are tried, started one after the other and racing (RFC 8305).</summary>
public static class SocketConnector
{
    /// <summary>How long an attempt may be without an answer before the next address is tried beside it (RFC 8305, section 5).</summary>
    private static readonly TimeSpan s_attemptDelay = TimeSpan.FromMilliseconds(250);

    /// <summary>Connects, repeating failed tries as the options say.</summary>
    /// <exception cref="SocketFailureException">Refused, unreachable, not resolved, or another cause that its id names.</exception>
    /// <exception cref="SocketTimeoutException">No answer within the limit (<see cref="SocketErrorId.ConnectTimedOut"/>).</exception>
    public static async Task<SocketConnection> ConnectAsync(ConnectOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                string target = options.UnixSocketPath ?? EndPointText.FormatHost(options.Host, options.Port);
                Socket socket = await ConnectOnceAsync(options, target, cancellationToken).ConfigureAwait(false);
                return new SocketConnection(Establish(socket, target), options.Connection);
            }
            catch (Exception exception) when (exception is ISocketFailure && attempt <= options.RetryCount)
            {
                options.OnRetry?.Invoke(exception, attempt);
                await Task.Delay(options.RetryInterval, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Makes the transport of a connected socket. Where the peer has reset it already, the system knows no peer any more.</summary>
    internal static SocketTransport Establish(Socket socket, string target)
    {
        try
        {
            return new SocketTransport(socket);
        }
        catch (SocketException exception)
        {
            socket.Dispose();
            throw new SocketFailureException(
                SocketErrorId.ConnectionReset, $"{target} reset the connection as soon as it was made.", target, exception);
        }
    }

    private static async Task<Socket> ConnectOnceAsync(ConnectOptions options, string target, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.Timeout);
        try
        {
            if (options.UnixSocketPath is { } path)
            {
                return await AttemptAsync(new UnixDomainSocketEndPoint(path), options, isBeside: false, limit.Token).ConfigureAwait(false);
            }

            IReadOnlyList<IPAddress> addresses = await HostResolver.ResolveAsync(options.Host, limit.Token).ConfigureAwait(false);
            if (!IPAddress.TryParse(options.Host, out _))
            {
                options.OnStep?.Invoke(new ConnectStep.Resolved(options.Host, addresses));
            }

            if (options.LocalEndPoint is { } local)
            {
                addresses = [.. addresses.Where(address => address.AddressFamily == local.AddressFamily)];
            }

            return addresses.Count == 0
                ? throw new SocketFailureException(
                    SocketErrorId.AddressNotAvailable, $"{target} has no address of the family of {options.LocalEndPoint}.", target)
                : await RaceAsync(addresses, options, limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new SocketTimeoutException(
                SocketErrorId.ConnectTimedOut, $"{target} did not answer within {options.Timeout.TotalSeconds:0.###} s.", target);
        }
    }

    /// <summary>Starts an attempt for each address, the next one when the last has failed or is slow; the first to succeed wins.</summary>
    private static async Task<Socket> RaceAsync(IReadOnlyList<IPAddress> addresses, ConnectOptions options, CancellationToken cancellationToken)
    {
        using CancellationTokenSource losers = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        List<Task<Socket>> running = [];
        List<Exception> failures = [];
        int next = 0;
        Socket? winner = null;
        try
        {
            while (winner is null && (running.Count > 0 || next < addresses.Count))
            {
                if (next < addresses.Count)
                {
                    running.Add(AttemptAsync(new IPEndPoint(addresses[next++], options.Port), options, running.Count > 0, losers.Token));
                }

                // The timeout of this wait is the signal to start the next one, so it is no error.
                Task any = Task.WhenAny(running);
                using CancellationTokenSource delayEnd = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                Task delay = Task.Delay(next < addresses.Count ? s_attemptDelay : Timeout.InfiniteTimeSpan, delayEnd.Token);
                await Task.WhenAny(any, delay).ConfigureAwait(false);
                await delayEnd.CancelAsync().ConfigureAwait(false);
                cancellationToken.ThrowIfCancellationRequested();
                foreach (Task<Socket> done in running.Where(task => task.IsCompleted).ToArray())
                {
                    running.Remove(done);
                    if (done.IsCompletedSuccessfully && winner is null)
                    {
                        winner = await done.ConfigureAwait(false);
                    }
                    else if (done.IsCompletedSuccessfully)
                    {
                        running.Add(done);
                        break;
                    }
                    else
                    {
                        failures.Add(done.Exception?.InnerException ?? new TaskCanceledException(done));
                    }
                }
            }

            return winner ?? throw Combine(failures, EndPointText.FormatHost(options.Host, options.Port), addresses.Count);
        }
        finally
        {
            await losers.CancelAsync().ConfigureAwait(false);
            foreach (Task<Socket> loser in running)
            {
                // Awaited, so that no attempt outlives the connect, and a second winner is closed.
                await ((Task)loser).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (loser.IsCompletedSuccessfully)
                {
                    (await loser.ConfigureAwait(false)).Dispose();
                }
            }
        }
    }

    /// <summary>One error for all addresses: the most telling one, with the others inside.</summary>
    private static Exception Combine(List<Exception> failures, string target, int addressCount)
    {
        if (failures.Count == 1)
        {
            return failures[0];
        }

        // A refusal says that the host is there; an address family without a route says nothing.
        Exception telling = failures.FirstOrDefault(failure => failure is ISocketFailure { ErrorId: SocketErrorId.ConnectionRefused })
            ?? failures.FirstOrDefault(failure => failure is not ISocketFailure { ErrorId: SocketErrorId.HostUnreachable or SocketErrorId.AddressNotAvailable })
            ?? failures[0];
        AggregateException all = new(failures);
        string message = telling is ISocketFailure { ErrorId: SocketErrorId.ConnectionRefused }
            ? $"Nothing listens on {target} (connection refused; {addressCount} addresses tried)."
            : $"{telling.Message} ({addressCount} addresses tried)";
        return telling switch
        {
            SocketFailureException failure => new SocketFailureException(failure.ErrorId, message, target, all),
            SocketTimeoutException timeout => new SocketTimeoutException(timeout.ErrorId, message, target, all),
            _ => telling,
        };
    }

    private static async Task<Socket> AttemptAsync(EndPoint endPoint, ConnectOptions options, bool isBeside, CancellationToken cancellationToken)
    {
        options.OnStep?.Invoke(new ConnectStep.Trying(endPoint, isBeside));
        try
        {
            return await AttemptAsync(endPoint, options, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is ISocketFailure)
        {
            options.OnStep?.Invoke(new ConnectStep.Failed(endPoint, exception));
            throw;
        }
    }

    private static async Task<Socket> AttemptAsync(EndPoint endPoint, ConnectOptions options, CancellationToken cancellationToken)
    {
        string target = EndPointText.Format(endPoint);
        Socket socket = new(
            endPoint.AddressFamily, SocketType.Stream, endPoint is UnixDomainSocketEndPoint ? ProtocolType.Unspecified : ProtocolType.Tcp);
        try
        {
            SocketTransport.Prepare(socket, options.Connection.SocketOptions, target);
            if (options.LocalEndPoint is { } local && endPoint is IPEndPoint)
            {
                try
                {
                    socket.Bind(local);
                }
                catch (SocketException exception)
                {
                    throw SocketErrorClassifier.FromBind(exception, EndPointText.Format(local), isUnixSocket: false);
                }
            }

            await socket.ConnectAsync(endPoint, cancellationToken).ConfigureAwait(false);
            return socket;
        }
        catch (SocketException exception)
        {
            socket.Dispose();
            throw SocketErrorClassifier.FromConnect(exception, target, isUnixSocket: endPoint is UnixDomainSocketEndPoint);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
