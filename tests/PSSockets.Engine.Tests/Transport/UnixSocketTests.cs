using System;
using System.Diagnostics;
using System.IO;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.Errors;
using PSSockets.Engine.Servers;
using PSSockets.Engine.Tests.Support;
using PSSockets.Engine.Transport;
using Xunit;

namespace PSSockets.Engine.Tests.Transport;

public sealed class UnixSocketTests : IDisposable
{
    private readonly string _path = Loopback.UnixPath();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public async Task A_client_reaches_a_server_by_path_and_the_file_goes_with_the_server()
    {
        TcpServer server = Start();
        Assert.Equal(_path, server.DisplayName);
        Assert.Equal(0, server.Port);
        using SocketConnection connection = await ConnectAsync();
        Assert.Equal(_path, connection.DisplayName);
        await connection.SendAsync("hello").Within();
        Assert.Equal("hello", await connection.ReceiveAsync());
        await server.StopAsync(Limit.Default).Within();
        Assert.False(File.Exists(_path));
    }

    [Fact]
    public async Task Half_close_and_abort_work_as_far_as_the_system_has_them()
    {
        TcpServer server = Start();
        SocketConnection connection = await ConnectAsync();
        await connection.SendAsync("last").Within();
        await connection.CompleteWritesAsync(CancellationToken.None).Within();
        Assert.Equal(["last"], await connection.ReceiveAllAsync());
        Assert.Equal(CloseReason.ClosedByPeer, await connection.WhenEnded().Within());

        SocketConnection aborted = await ConnectAsync();
        await Limit.UntilAsync(() => server.ConnectionCount == 1, "the second client is served");
        aborted.Abort();
        await Limit.UntilAsync(() => server.ConnectionCount == 0, "the abort is noticed");
        await server.StopAsync(TimeSpan.Zero).Within();
    }

    [Fact]
    public async Task A_socket_file_that_a_dead_process_left_is_replaced()
    {
        // The plain close of the handle leaves the file, as the end of a process does.
        Socket dead = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        dead.Bind(new UnixDomainSocketEndPoint(_path));
        dead.Listen();
        File.Move(_path, _path + "x");
        dead.Dispose();
        File.Move(_path + "x", _path);
        Assert.True(File.Exists(_path));

        TcpServer server = Start();
        using SocketConnection connection = await ConnectAsync();
        await connection.SendAsync("hello").Within();
        Assert.Equal("hello", await connection.ReceiveAsync());
        await server.StopAsync(TimeSpan.Zero).Within();
    }

    [Fact]
    public async Task A_path_in_use_is_refused_and_its_server_lives_on()
    {
        TcpServer server = Start();
        SocketFailureException failure = Assert.Throws<SocketFailureException>(() => Start());
        Assert.Equal(SocketErrorId.AddressInUse, failure.ErrorId);
        Assert.Contains(_path, failure.Message, StringComparison.Ordinal);
        using SocketConnection connection = await ConnectAsync();
        await connection.SendAsync("still there").Within();
        Assert.Equal("still there", await connection.ReceiveAsync());
        await server.StopAsync(TimeSpan.Zero).Within();
    }

    [Fact]
    public async Task Of_two_servers_that_start_at_once_one_has_the_path()
    {
        for (int round = 0; round < 50; round++)
        {
            Task<TcpServer>[] starts = [StartBeside(), StartBeside()];
            await Task.WhenAll(starts).Within().ContinueWith(_ => { }, TaskScheduler.Default);
            Task<TcpServer> winner = Assert.Single(starts, start => start.IsCompletedSuccessfully);
            SocketFailureException failure = Assert.IsType<SocketFailureException>(Assert.Single(starts, start => start.IsFaulted).Exception!.InnerException);
            Assert.Equal(SocketErrorId.AddressInUse, failure.ErrorId);
            await (await winner).StopAsync(TimeSpan.Zero).Within();
        }
    }

    // On a thread of its own: it waits in between, and other tests need the pool's.
    private Task<TcpServer> StartBeside()
        => Task.Factory.StartNew(() => Start(), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    [Fact]
    public async Task A_path_whose_listener_has_a_full_backlog_counts_as_in_use()
    {
        using Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(_path));
        listener.Listen(0);
        using SocketConnection waiting = await ConnectAsync();
        Assert.Equal(SocketErrorId.AddressInUse, Assert.Throws<SocketFailureException>(() => Start()).ErrorId);
        Assert.True(File.Exists(_path));
    }

    [Fact]
    public void An_ordinary_file_is_never_removed()
    {
        File.WriteAllText(_path, "precious");
        Assert.Equal(SocketErrorId.AddressInUse, Assert.Throws<SocketFailureException>(() => Start()).ErrorId);
        Assert.Equal("precious", File.ReadAllText(_path));
    }

    [Fact]
    public void A_directory_is_never_removed()
    {
        Directory.CreateDirectory(_path);
        Assert.Equal(SocketErrorId.AddressInUse, Assert.Throws<SocketFailureException>(() => Start()).ErrorId);
        Assert.True(Directory.Exists(_path));
        Directory.Delete(_path);
    }

    [Fact]
    public async Task A_running_program_is_never_removed()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        File.Copy("/bin/sleep", _path);
        using Process process = Process.Start(_path, "60");
        Assert.Equal(SocketErrorId.AddressInUse, Assert.Throws<SocketFailureException>(() => Start()).ErrorId);
        Assert.True(File.Exists(_path));
        process.Kill();
        await process.WaitForExitAsync(Limit.Token());
    }

    [Fact]
    public async Task A_fifo_is_never_removed_nor_waited_for()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using Process process = Process.Start("mkfifo", _path);
        await process.WaitForExitAsync(Limit.Token());
        SocketFailureException failure = await Assert.ThrowsAsync<SocketFailureException>(() => Task.Run(() => Start()).Within());
        Assert.Equal(SocketErrorId.AddressInUse, failure.ErrorId);
        Assert.True(File.Exists(_path));
    }

    [Fact]
    public async Task A_path_without_a_listener_says_so()
    {
        SocketFailureException failure = await Assert.ThrowsAsync<SocketFailureException>(ConnectAsync);
        Assert.Equal(SocketErrorId.ConnectionRefused, failure.ErrorId);
        Assert.Contains($"Nothing listens on {_path}", failure.Message, StringComparison.Ordinal);

        File.WriteAllText(_path, "no socket");
        failure = await Assert.ThrowsAsync<SocketFailureException>(ConnectAsync);
        Assert.Equal(SocketErrorId.ConnectionRefused, failure.ErrorId);
        Assert.Contains(_path, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_path_in_a_missing_directory_says_so()
    {
        string path = Path.Combine(_path, "x");
        SocketFailureException failure = Assert.Throws<SocketFailureException>(
            () => TcpServer.Start(new TcpServerOptions { EndPoint = new UnixDomainSocketEndPoint(path), Echo = true }));
        Assert.Equal(SocketErrorId.AddressNotAvailable, failure.ErrorId);
        Assert.Contains(path, failure.Message, StringComparison.Ordinal);
        Assert.Contains("directory", failure.Message, StringComparison.Ordinal);
    }

    private TcpServer Start() => TcpServer.Start(new TcpServerOptions { EndPoint = new UnixDomainSocketEndPoint(_path), Echo = true });

    private Task<SocketConnection> ConnectAsync()
        => SocketConnector.ConnectAsync(new ConnectOptions { UnixSocketPath = _path }, CancellationToken.None).Within();
}
