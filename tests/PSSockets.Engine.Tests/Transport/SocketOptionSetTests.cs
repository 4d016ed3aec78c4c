using System;
using System.Collections;
using System.Linq;
using System.Net.Sockets;
using System.Threading.Tasks;
using PSSockets.Engine.Errors;
using PSSockets.Engine.Tests.Support;
using PSSockets.Engine.Transport;
using Xunit;

namespace PSSockets.Engine.Tests.Transport;

public sealed class SocketOptionSetTests
{
    [Fact]
    public async Task What_is_set_is_read_back()
    {
        (SocketConnection connection, Socket peer) = await Loopback.ConnectAsync();
        SocketOptionSet options = SocketOptionSet.FromDictionary(new Hashtable
        {
            ["nodelay"] = false,
            ["KeepAlive"] = true,
            ["KeepAliveTimeSeconds"] = 61,
            ["KeepAliveIntervalSeconds"] = "7",
            ["KeepAliveRetryCount"] = 3L,
            ["LingerSeconds"] = 5,
            ["Ttl"] = 42,
            ["TypeOfService"] = 0x10,
            ["SendBufferSize"] = 50_000,
            ["ReceiveBufferSize"] = 60_000,
        });
        options.Apply(connection);
        SocketOptionSet read = SocketOptionSet.Read(connection);
        Assert.False(read.NoDelay);
        Assert.True(read.KeepAlive);
        Assert.Equal(61, read.KeepAliveTimeSeconds);
        Assert.Equal(7, read.KeepAliveIntervalSeconds);
        Assert.Equal(3, read.KeepAliveRetryCount);
        Assert.Equal(5, read.LingerSeconds);
        Assert.Equal(42, read.Ttl);
        Assert.Equal(0x10, read.TypeOfService);

        // Linux gives twice what was asked for, others what was asked for or a little more.
        Assert.InRange(read.SendBufferSize!.Value, 50_000, 110_000);
        Assert.InRange(read.ReceiveBufferSize!.Value, 60_000, 130_000);
        new SocketOptionSet { LingerSeconds = -1 }.Apply(connection);
        Assert.Equal(-1, SocketOptionSet.Read(connection).LingerSeconds);
        connection.Dispose();
        peer.Dispose();
    }

    [Fact]
    public async Task A_connection_has_no_delay_unless_told_otherwise()
    {
        (SocketConnection plain, Socket peer) = await Loopback.ConnectAsync();
        Assert.True(SocketOptionSet.Read(plain).NoDelay);
        Assert.False(SocketOptionSet.Read(plain).KeepAlive);
        plain.Dispose();
        peer.Dispose();
        (SocketConnection told, peer) = await Loopback.ConnectAsync(
            new ConnectionOptions { SocketOptions = new SocketOptionSet { NoDelay = false, KeepAlive = true } });
        Assert.False(SocketOptionSet.Read(told).NoDelay);
        Assert.True(SocketOptionSet.Read(told).KeepAlive);
        told.Dispose();
        peer.Dispose();
    }

    [Fact]
    public void An_unknown_name_is_refused_with_the_list_of_the_known_ones()
    {
        ArgumentException failure = Assert.Throws<ArgumentException>(
            () => SocketOptionSet.FromDictionary(new Hashtable { ["NoDellay"] = true }));
        Assert.Contains("'NoDellay'", failure.Message, StringComparison.Ordinal);
        Assert.All(SocketOptionSet.Names, name => Assert.Contains(name, failure.Message, StringComparison.Ordinal));
        Assert.Equal(14, SocketOptionSet.Names.Count);
        Assert.DoesNotContain("Names", SocketOptionSet.Names);
    }

    [Theory]
    [InlineData("NoDelay", "perhaps", "true or false")]
    [InlineData("Ttl", "many", "a whole number")]
    [InlineData("Ttl", "99999999999", "a whole number")]
    public void A_value_that_does_not_fit_is_refused_and_both_are_named(string name, string value, string takes)
    {
        ArgumentException failure = Assert.Throws<ArgumentException>(
            () => SocketOptionSet.FromDictionary(new Hashtable { [name] = value }));
        Assert.Contains(name, failure.Message, StringComparison.Ordinal);
        Assert.Contains(value, failure.Message, StringComparison.Ordinal);
        Assert.Contains(takes, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Null_leaves_an_option_as_it_is()
        => Assert.Null(SocketOptionSet.FromDictionary(new Hashtable { ["Ttl"] = null }).Ttl);

    [Fact]
    public async Task A_value_that_the_system_refuses_names_option_and_connection()
    {
        (SocketConnection connection, Socket peer) = await Loopback.ConnectAsync();
        SocketOptionSet[] refused = [new() { Ttl = 999 }, new() { KeepAliveTimeSeconds = -1 }, new() { LingerSeconds = 70_000 }];
        string[] names = ["Ttl", "KeepAliveTimeSeconds", "LingerSeconds"];
        foreach ((SocketOptionSet options, string name) in refused.Zip(names))
        {
            SocketFailureException failure = Assert.Throws<SocketFailureException>(() => options.Apply(connection));
            Assert.Equal(SocketErrorId.SocketFailed, failure.ErrorId);
            Assert.Contains(name, failure.Message, StringComparison.Ordinal);
            Assert.Equal(connection.DisplayName, failure.Target);
        }

        connection.Dispose();
        peer.Dispose();
    }

    [Fact]
    public async Task A_closed_connection_has_no_options()
    {
        (SocketConnection connection, Socket peer) = await Loopback.ConnectAsync();
        connection.Dispose();
        Assert.Equal(SocketErrorId.ObjectClosed, Assert.Throws<SocketFailureException>(() => SocketOptionSet.Read(connection)).ErrorId);
        Assert.Equal(
            SocketErrorId.ObjectClosed,
            Assert.Throws<SocketFailureException>(() => new SocketOptionSet { Ttl = 5 }.Apply(connection)).ErrorId);
        peer.Dispose();
    }
}
