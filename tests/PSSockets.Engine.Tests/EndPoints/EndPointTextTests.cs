using System.Net;
using System.Net.Sockets;
using PSSockets.Engine.EndPoints;
using Xunit;

namespace PSSockets.Engine.Tests.EndPoints;

public sealed class EndPointTextTests
{
    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1:80")]
    [InlineData("2001:db8::1", "[2001:db8::1]:80")]
    [InlineData("::ffff:192.0.2.1", "192.0.2.1:80")]
    public void An_address_and_port_read_as_in_a_url(string address, string expected)
        => Assert.Equal(expected, EndPointText.Format(new IPEndPoint(IPAddress.Parse(address), 80)));

    [Fact]
    public void Other_end_points_have_a_text_too()
    {
        Assert.Equal("unix", EndPointText.Format(null));
        Assert.Equal("/run/x.sock", EndPointText.Format(new UnixDomainSocketEndPoint("/run/x.sock")));
        Assert.Equal("example.org:443", EndPointText.Format(new DnsEndPoint("example.org", 443)));
        Assert.Equal("[::1]:80", EndPointText.FormatHost("::1", 80));
        Assert.Equal("localhost:80", EndPointText.FormatHost("localhost", 80));
    }

    [Fact]
    public void Only_mapped_addresses_lose_their_coat()
    {
        Assert.Equal(new IPEndPoint(IPAddress.Loopback, 5), EndPointText.Normalize(new IPEndPoint(IPAddress.Parse("::ffff:127.0.0.1"), 5)));
        IPEndPoint v6 = new(IPAddress.IPv6Loopback, 5);
        Assert.Same(v6, EndPointText.Normalize(v6));
        Assert.Null(EndPointText.Normalize((EndPoint?)null));
    }
}
