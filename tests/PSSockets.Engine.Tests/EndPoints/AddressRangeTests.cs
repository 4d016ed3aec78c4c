using System;
using System.Net;
using PSSockets.Engine.EndPoints;
using Xunit;

namespace PSSockets.Engine.Tests.EndPoints;

public sealed class AddressRangeTests
{
    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1", true)]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    [InlineData("10.0.0.0/8", "10.255.255.255", true)]
    [InlineData("10.0.0.0/8", "11.0.0.0", false)]
    [InlineData("10.1.2.3/8", "10.9.9.9", true)]
    [InlineData("0.0.0.0/0", "255.255.255.255", true)]
    [InlineData("0.0.0.0/0", "::1", false)]
    [InlineData("192.0.2.128/25", "192.0.2.128", true)]
    [InlineData("192.0.2.128/25", "192.0.2.127", false)]
    [InlineData("192.0.2.8/29", "192.0.2.15", true)]
    [InlineData("192.0.2.8/29", "192.0.2.16", false)]
    [InlineData("192.0.2.0/23", "192.0.3.255", true)]
    [InlineData("192.0.2.0/23", "192.0.4.0", false)]
    [InlineData("128.0.0.0/1", "128.0.0.1", true)]
    [InlineData("128.0.0.0/1", "127.255.255.255", false)]
    [InlineData("192.0.2.1/32", "192.0.2.1", true)]
    [InlineData("192.0.2.1/32", "192.0.2.0", false)]
    [InlineData("192.0.2.1/31", "192.0.2.0", true)]
    [InlineData("2001:db8::/32", "2001:db8:ffff::1", true)]
    [InlineData("2001:db8::/32", "2001:db9::", false)]
    [InlineData("2001:db8::/33", "2001:db8:8000::", false)]
    [InlineData("::1/128", "::1", true)]
    [InlineData("::/0", "2001:db8::1", true)]
    [InlineData("fe80::/10", "febf::1", true)]
    [InlineData("fe80::/10", "fec0::1", false)]
    [InlineData("192.0.2.0/24", "::ffff:192.0.2.7", true)]
    [InlineData("192.0.2.0/24", "::ffff:192.0.3.7", false)]
    [InlineData("::ffff:192.0.2.0/120", "192.0.2.7", true)]
    [InlineData("::ffff:192.0.2.0/120", "::ffff:192.0.2.7", true)]
    [InlineData("::ffff:192.0.2.0/120", "192.0.3.7", false)]
    [InlineData("::ffff:0.0.0.0/96", "198.51.100.1", true)]
    [InlineData("::/0", "192.0.2.1", false)]
    [InlineData(" 192.0.2.1 ", "192.0.2.1", true)]
    public void A_block_holds_what_agrees_with_its_prefix(string range, string address, bool expected)
        => Assert.Equal(expected, AddressRange.Parse(range).Contains(IPAddress.Parse(address)));

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("localhost")]
    [InlineData("192.0.2")]
    [InlineData("10/8")]
    [InlineData("192.168/16")]
    [InlineData("010.0.0.1")]
    [InlineData("0x0a.0.0.1")]
    [InlineData("192.0.2.256")]
    [InlineData("192.0.2.0/33")]
    [InlineData("192.0.2.0/-1")]
    [InlineData("192.0.2.0/+8")]
    [InlineData("192.0.2.0/")]
    [InlineData("192.0.2.0/8/8")]
    [InlineData("192.0.2.0/255.255.255.0")]
    [InlineData("192.0.2.0/99999999999")]
    [InlineData("/8")]
    [InlineData("2001:db8::/129")]
    [InlineData("2001:db8")]
    [InlineData("192.0.2.1:80")]
    [InlineData("192.0.2.1-192.0.2.9")]
    public void Text_that_is_no_block_is_refused_and_named(string text)
    {
        Assert.False(AddressRange.TryParse(text, out AddressRange? range));
        Assert.Null(range);
        FormatException failure = Assert.Throws<FormatException>(() => AddressRange.Parse(text));
        Assert.Contains($"'{text}'", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_text_is_no_block() => Assert.False(AddressRange.TryParse(null, out _));

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1")]
    [InlineData("192.0.2.1/32", "192.0.2.1")]
    [InlineData("10.1.0.0/16", "10.1.0.0/16")]
    [InlineData("2001:DB8::/32", "2001:db8::/32")]
    [InlineData("::ffff:192.0.2.0/120", "192.0.2.0/24")]
    public void A_block_reads_as_it_is_written(string text, string expected) => Assert.Equal(expected, AddressRange.Parse(text).ToString());
}
