using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.Errors;
using PSSockets.Engine.Tests.Support;
using PSSockets.Engine.Transport;
using Xunit;

namespace PSSockets.Engine.Tests.Transport;

public sealed class ConnectTests
{
    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1")]
    [InlineData("::1", "::1")]
    [InlineData("127.0.0.1", "localhost")]
    [InlineData("::1", "localhost")]
    public async Task A_listener_of_either_family_is_reached(string listens, string host)
    {
        IPAddress address = IPAddress.Parse(listens);
        if (!(await Dns.GetHostAddressesAsync(host)).Contains(address))
        {
            // A machine whose localhost has one family only.
            return;
        }

        using Socket listener = Loopback.Listen(address);
        using SocketConnection connection = await ConnectAsync(new ConnectOptions { Host = host, Port = listener.Port() });
        Assert.Equal(new IPEndPoint(address, listener.Port()), connection.RemoteEndPoint);
        using Socket peer = await listener.AcceptAsync().Within();
        Assert.Equal(peer.RemoteEndPoint, connection.LocalEndPoint);
        await connection.SendAsync("hello").Within();
        byte[] received = new byte[6];
        Assert.Equal(6, await peer.ReceiveAsync(received).Within());
        Assert.Equal("hello\n"u8, received);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    public async Task A_refusal_names_the_end_point(string host)
    {
        int port = Loopback.ClosedPort();
        SocketFailureException failure = await Assert.ThrowsAsync<SocketFailureException>(
            () => ConnectAsync(new ConnectOptions { Host = host, Port = port }));
        Assert.Equal(SocketErrorId.ConnectionRefused, failure.ErrorId);

        // A name with one address is told as that address.
        Assert.Contains(failure.Target, (string[])[$"{host}:{port}", $"127.0.0.1:{port}"]);
        Assert.Contains($"Nothing listens on {failure.Target}", failure.Message, StringComparison.Ordinal);
        Assert.NotNull(failure.InnerException);
    }

    [Fact]
    public async Task A_name_that_is_not_resolved_says_so()
    {
        SocketFailureException failure = await Assert.ThrowsAsync<SocketFailureException>(
            () => ConnectAsync(new ConnectOptions { Host = "no-such-host.invalid", Port = 80 }));
        Assert.Equal(SocketErrorId.NameNotResolved, failure.ErrorId);
    }

    [Fact]
    public async Task A_listener_that_never_answers_is_a_time_out()
    {
        await using FullListener listener = await FullListener.CreateAsync();
        long start = Stopwatch.GetTimestamp();
        SocketTimeoutException failure = await Assert.ThrowsAsync<SocketTimeoutException>(() => ConnectAsync(
            new ConnectOptions { Host = "127.0.0.1", Port = listener.Port, Timeout = TimeSpan.FromMilliseconds(300) }));
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalMilliseconds, 250, 10_000);
        Assert.Equal(SocketErrorId.ConnectTimedOut, failure.ErrorId);
        Assert.Equal($"127.0.0.1:{listener.Port}", failure.Target);
        Assert.Contains("0.3 s", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancel_ends_a_connect_at_once_and_is_no_time_out()
    {
        await using FullListener listener = await FullListener.CreateAsync();
        using CancellationTokenSource cancel = new();
        Task<SocketConnection> connect = SocketConnector.ConnectAsync(
            new ConnectOptions { Host = "127.0.0.1", Port = listener.Port }, cancel.Token);
        Assert.False(connect.IsCompleted);
        long start = Stopwatch.GetTimestamp();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connect.Within());

        // 100 ms are promised; a machine under load gets more.
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalMilliseconds, 0, 2000);
    }

    [Fact]
    public async Task A_server_that_comes_up_later_is_reached_by_trying_again()
    {
        int port = Loopback.ClosedPort();
        List<int> attempts = [];
        Socket? listener = null;
        ConnectOptions options = new()
        {
            Host = "127.0.0.1",
            Port = port,
            RetryCount = 50,
            RetryInterval = TimeSpan.FromMilliseconds(20),
            OnRetry = (exception, attempt) =>
            {
                Assert.Equal(SocketErrorId.ConnectionRefused, Assert.IsType<ISocketFailure>(exception, exactMatch: false).ErrorId);
                attempts.Add(attempt);
                if (attempt == 3)
                {
                    listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                    listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
                    listener.Listen(1);
                }
            },
        };
        using SocketConnection connection = await ConnectAsync(options);
        Assert.Equal([1, 2, 3], attempts);
        listener!.Dispose();
    }

    [Fact]
    public async Task Tries_are_counted_and_the_last_error_is_told()
    {
        int retries = 0;
        SocketFailureException failure = await Assert.ThrowsAsync<SocketFailureException>(() => ConnectAsync(new ConnectOptions
        {
            Host = "127.0.0.1",
            Port = Loopback.ClosedPort(),
            RetryCount = 2,
            RetryInterval = TimeSpan.FromMilliseconds(1),
            OnRetry = (_, _) => retries++,
        }));
        Assert.Equal(2, retries);
        Assert.Equal(SocketErrorId.ConnectionRefused, failure.ErrorId);
    }

    [Fact]
    public async Task A_cancel_ends_the_pause_between_tries()
    {
        using CancellationTokenSource cancel = new();
        ConnectOptions options = new()
        {
            Host = "127.0.0.1",
            Port = Loopback.ClosedPort(),
            RetryCount = 1,
            RetryInterval = TimeSpan.FromHours(1),
            OnRetry = (_, _) => cancel.Cancel(),
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => SocketConnector.ConnectAsync(options, cancel.Token).Within());
    }

    [Fact]
    public async Task A_local_end_point_is_what_the_peer_sees()
    {
        using Socket listener = Loopback.Listen();
        IPEndPoint local = new(IPAddress.Parse(OperatingSystem.IsLinux() ? "127.0.0.5" : "127.0.0.1"), 0);
        using SocketConnection connection = await ConnectAsync(
            new ConnectOptions { Host = "127.0.0.1", Port = listener.Port(), LocalEndPoint = local });
        using Socket peer = await listener.AcceptAsync().Within();
        Assert.Equal(local.Address, ((IPEndPoint)peer.RemoteEndPoint!).Address);
        Assert.Equal(peer.RemoteEndPoint, connection.LocalEndPoint);
    }

    [Fact]
    public async Task A_local_end_point_that_is_not_ours_or_of_another_family_is_refused()
    {
        using Socket listener = Loopback.Listen();
        SocketFailureException failure = await Assert.ThrowsAsync<SocketFailureException>(() => ConnectAsync(
            new ConnectOptions { Host = "127.0.0.1", Port = listener.Port(), LocalEndPoint = new IPEndPoint(IPAddress.Parse("192.0.2.1"), 0) }));
        Assert.Equal(SocketErrorId.AddressNotAvailable, failure.ErrorId);
        Assert.Contains("192.0.2.1", failure.Message, StringComparison.Ordinal);

        failure = await Assert.ThrowsAsync<SocketFailureException>(() => ConnectAsync(
            new ConnectOptions { Host = "127.0.0.1", Port = listener.Port(), LocalEndPoint = new IPEndPoint(IPAddress.IPv6Loopback, 0) }));
        Assert.Equal(SocketErrorId.AddressNotAvailable, failure.ErrorId);
    }

    [Fact]
    public async Task A_peer_that_resets_at_once_never_gives_a_raw_exception()
    {
        using Socket listener = Loopback.Listen(backlog: 64);
        Task accepting = Task.Run(async () =>
        {
            for (int i = 0; i < 300; i++)
            {
                (await listener.AcceptAsync()).Close(0);
            }
        });
        for (int i = 0; i < 300; i++)
        {
            Exception? failure = await Record.ExceptionAsync(async () =>
            {
                using SocketConnection connection = await Loopback.ConnectAsync(listener.Port());
                await connection.ReceiveAsync();
            });
            Assert.Equal(SocketErrorId.ConnectionReset, Assert.IsType<ISocketFailure>(failure, exactMatch: false).ErrorId);
        }

        await accepting.Within();
    }

    [Fact]
    public async Task A_reset_before_the_connection_is_made_up_says_so()
    {
        using Socket listener = Loopback.Listen();
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(listener.LocalEndPoint!).Within();
        (await listener.AcceptAsync().Within()).Close(0);
        await Limit.UntilAsync(() => socket.Poll(0, SelectMode.SelectError) || socket.Poll(0, SelectMode.SelectRead), "the reset has come");
        SocketFailureException failure = Assert.Throws<SocketFailureException>(() => SocketConnector.Establish(socket, "there:80"));
        Assert.Equal(SocketErrorId.ConnectionReset, failure.ErrorId);
        Assert.Equal("there:80", failure.Target);
    }

    private static Task<SocketConnection> ConnectAsync(ConnectOptions options)
        => SocketConnector.ConnectAsync(options, CancellationToken.None).Within();
}
