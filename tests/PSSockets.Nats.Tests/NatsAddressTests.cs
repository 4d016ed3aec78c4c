using System;
using Xunit;

namespace PSSockets.Nats.Tests;

public sealed class NatsAddressTests
{
    [Theory]
    [InlineData("nats://broker", "nats://broker:4222")]
    [InlineData("tls://broker:4443/", "tls://broker:4443")]
    [InlineData("nats://[::1]:4222", "nats://[::1]:4222")]
    [InlineData("nats://a:1, nats://b:2", "nats://a:1,nats://b:2")]
    public void Servers_are_read(string text, string url)
    {
        NatsAddress address = NatsAddress.Parse(text);
        Assert.Equal(url, address.Url);
        Assert.Null(address.UserName);
        Assert.Null(address.Token);
    }

    [Theory]
    [InlineData("")]
    [InlineData("broker:4222")]
    [InlineData("http://broker")]
    [InlineData("nats://")]
    [InlineData("nats://broker:99999")]
    [InlineData("nats://broker/path")]
    [InlineData("nats://broker?tls=1")]
    [InlineData("nats://a:1,,nats://b:2")]
    [InlineData("nats://a:1,tls://b:2")]
    [InlineData("nats://ann:x@a:1,nats://bob:y@b:2")]
    public void What_is_malformed_is_refused(string text) => Assert.Throws<FormatException>(() => NatsAddress.Parse(text));

    [Fact]
    public void Credentials_are_kept_apart_from_what_is_shown()
    {
        NatsAddress address = NatsAddress.Parse("nats://ann:p%40ss@broker,nats://ann:p%40ss@other");
        Assert.Equal("ann", address.UserName);
        Assert.Equal("p@ss", address.Password);
        Assert.Equal("nats://broker:4222,nats://other:4222", address.ToString());
        Assert.Equal("s3cret", NatsAddress.Parse("nats://s3cret@broker").Token);
        Assert.Equal("bob", NatsAddress.Parse("nats://broker", "bob", "y").UserName);
    }

    [Fact]
    public void Credentials_are_given_once()
        => Assert.Throws<FormatException>(() => NatsAddress.Parse("nats://ann:x@broker", "bob", "y"));

    [Fact]
    public void An_error_does_not_repeat_a_password()
    {
        Assert.DoesNotContain("s3c", Assert.Throws<FormatException>(() => NatsAddress.Parse("nats://ann:s3c,ret@broker")).Message, StringComparison.Ordinal);
        FormatException error = Assert.Throws<FormatException>(() => NatsAddress.Parse("nats://ann:s3cret@broker/path"));
        Assert.DoesNotContain("s3cret", error.Message, StringComparison.Ordinal);
    }
}
