using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.EndPoints;
using PSSockets.Engine.Errors;
using PSSockets.Engine.Tests.Support;
using Xunit;

namespace PSSockets.Engine.Tests.EndPoints;

public sealed class HostResolverTests
{
    [Theory]
    [InlineData("::1 ::2 127.0.0.1 127.0.0.2", "::1 127.0.0.1 ::2 127.0.0.2")]
    [InlineData("127.0.0.1 127.0.0.2 127.0.0.3 ::1", "127.0.0.1 ::1 127.0.0.2 127.0.0.3")]
    [InlineData("::1 ::2", "::1 ::2")]
    [InlineData("127.0.0.1", "127.0.0.1")]
    public void Families_take_turns_and_the_systems_first_choice_leads(string given, string expected)
        => Assert.Equal(expected, string.Join(' ', HostResolver.Interleave([.. given.Split(' ').Select(IPAddress.Parse)])));

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public async Task An_address_is_taken_as_it_is(string address)
        => Assert.Equal([IPAddress.Parse(address)], await HostResolver.ResolveAsync(address, CancellationToken.None).Within());

    [Fact]
    public async Task Localhost_is_a_loopback_address()
    {
        IReadOnlyList<IPAddress> addresses = await HostResolver.ResolveAsync("localhost", CancellationToken.None).Within();
        Assert.NotEmpty(addresses);
        Assert.All(addresses, address => Assert.True(IPAddress.IsLoopback(address)));
    }

    [Theory]
    [InlineData("no-such-host.invalid")]
    [InlineData("a..b")]
    public async Task A_name_without_address_says_which(string name)
    {
        SocketFailureException failure = await Assert.ThrowsAsync<SocketFailureException>(
            () => HostResolver.ResolveAsync(name, CancellationToken.None).Within());
        Assert.Equal(SocketErrorId.NameNotResolved, failure.ErrorId);
        Assert.Equal(name, failure.Target);
        Assert.Contains(name, failure.Message, StringComparison.Ordinal);
        Assert.NotNull(failure.InnerException);
    }

    [Fact]
    public async Task Too_long_a_name_is_one_that_cannot_be_resolved()
    {
        SocketFailureException failure = await Assert.ThrowsAsync<SocketFailureException>(
            () => HostResolver.ResolveAsync(new string('a', 300), CancellationToken.None).Within());
        Assert.Equal(SocketErrorId.NameNotResolved, failure.ErrorId);
    }

    [Fact]
    public async Task A_cancelled_look_up_ends_as_cancelled()
        => await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => HostResolver.ResolveAsync("no-such-host.invalid", new CancellationToken(canceled: true)).Within());
}
