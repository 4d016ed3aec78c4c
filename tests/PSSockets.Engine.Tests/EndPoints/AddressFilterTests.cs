using System.Linq;
using System.Net;
using System.Net.Sockets;
using PSSockets.Engine.EndPoints;
using Xunit;

namespace PSSockets.Engine.Tests.EndPoints;

public sealed class AddressFilterTests
{
    [Theory]
    [InlineData("", "", "192.0.2.1", true)]
    [InlineData("192.0.2.0/24", "", "192.0.2.1", true)]
    [InlineData("192.0.2.0/24", "", "192.0.3.1", false)]
    [InlineData("192.0.2.0/24", "", "::1", false)]
    [InlineData("", "192.0.2.0/24", "192.0.2.1", false)]
    [InlineData("", "192.0.2.0/24", "192.0.3.1", true)]
    [InlineData("", "192.0.2.0/24", "::ffff:192.0.2.1", false)]
    [InlineData("192.0.2.0/24", "192.0.2.1", "192.0.2.1", false)]
    [InlineData("192.0.2.0/24", "192.0.2.1", "192.0.2.2", true)]
    [InlineData("10.0.0.0/8 ::1", "", "::1", true)]
    public void A_denied_address_never_gets_in_and_an_allow_list_keeps_all_others_out(string allow, string deny, string peer, bool expected)
        => Assert.Equal(expected, new AddressFilter(Ranges(allow), Ranges(deny)).Permits(new IPEndPoint(IPAddress.Parse(peer), 1234)));

    [Fact]
    public void A_peer_without_address_always_gets_in()
    {
        AddressFilter filter = new(Ranges("192.0.2.1"), Ranges("0.0.0.0/0"));
        Assert.True(filter.Permits(new UnixDomainSocketEndPoint("/tmp/some.sock")));
        Assert.True(filter.Permits(null));
    }

    [Fact]
    public void An_allow_list_is_known()
    {
        Assert.True(new AddressFilter(Ranges("192.0.2.1"), []).HasAllowList);
        Assert.False(AddressFilter.None.HasAllowList);
    }

    private static AddressRange[] Ranges(string text)
        => [.. text.Split(' ', System.StringSplitOptions.RemoveEmptyEntries).Select(AddressRange.Parse)];
}
