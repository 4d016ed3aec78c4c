using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using PSSockets.Engine.Errors;
using PSSockets.Engine.Framing;
using PSSockets.Engine.Tests.Support;
using Xunit;

namespace PSSockets.Engine.Tests.Framing;

public sealed class CountedDecoderTests
{
    [Theory]
    [InlineData(2, "FFFF")]
    [InlineData(4, "FFFFFFFF")]
    [InlineData(4, "80000000")]
    [InlineData(4, "00100001")]
    [InlineData(8, "FFFFFFFFFFFFFFFF")]
    [InlineData(8, "8000000000000000")]
    [InlineData(8, "0000000100000000")]
    [InlineData(8, "00000000FFFFFFFF")]
    public void An_absurd_length_is_refused_as_soon_as_it_is_known(int size, string prefix)
    {
        FramingScheme scheme = size == 2 ? FramingScheme.LengthPrefix(2).WithMaxFrameLength(1000) : FramingScheme.LengthPrefix(size);
        FrameDecoder decoder = scheme.CreateDecoder(Encoding.UTF8);
        byte[] bytes = Convert.FromHexString(prefix);
        int examined = 0;
        Assert.False(decoder.TryDecode(bytes.AsSpan(0, size - 1), ref examined, out _));
        SocketFailureException failure = Assert.Throws<SocketFailureException>(() => decoder.TryDecode(bytes, ref examined, out _));
        Assert.Equal(SocketErrorId.FrameTooLarge, failure.ErrorId);
        Assert.DoesNotContain("-", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(8)]
    public void A_prefix_can_say_the_limit_and_no_more(int size)
    {
        FrameDecoder decoder = FramingScheme.LengthPrefix(size).WithMaxFrameLength(10).CreateDecoder(Encoding.UTF8);
        byte[] stream = FrameFeed.Encode(FramingScheme.LengthPrefix(size), Encoding.UTF8, new byte[10], [], new byte[11]);
        List<byte[]> taken = FrameFeed.Decode(decoder, stream[..(size + 10 + size)], []);
        Assert.Equal([10, 0], taken.Select(message => message.Length));
        SocketFailureException failure = Assert.Throws<SocketFailureException>(() => FrameFeed.Decode(decoder, stream, []));
        Assert.Equal(SocketErrorId.FrameTooLarge, failure.ErrorId);
        Assert.Contains("11 bytes", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("LengthPrefix:4", "000000", "3 of the 4 length")]
    [InlineData("LengthPrefix:4", "00000005AABB", "2 of 5 bytes")]
    [InlineData("LengthPrefix:1", "05", "0 of 5 bytes")]
    [InlineData("LengthPrefix:8", "0000000000000003AABB", "2 of 3 bytes")]
    [InlineData("Fixed:4", "AABBCC", "3 of 4 bytes")]
    [InlineData("OctetCounting", "3132", "2 of an unfinished count's bytes")]
    [InlineData("OctetCounting", "352041", "1 of 5 bytes")]
    public void The_end_of_the_stream_inside_a_counted_message_says_what_is_missing(string schemeText, string stream, string said)
    {
        FrameDecoder decoder = FramingScheme.Parse(schemeText).CreateDecoder(Encoding.UTF8);
        SocketFailureException failure = Assert.Throws<SocketFailureException>(
            () => FrameFeed.Decode(decoder, Convert.FromHexString(stream), [], ends: true));
        Assert.Equal(SocketErrorId.EndOfStream, failure.ErrorId);
        Assert.Contains(said, failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x1 a", 1)]
    [InlineData(" 1 a", 1)]
    [InlineData("0 ", 1)]
    [InlineData("05 hello", 1)]
    [InlineData("-5 hello", 1)]
    [InlineData("+5 hello", 1)]
    [InlineData("5hello", 2)]
    [InlineData("5\thello", 2)]
    [InlineData("<34>Oct 11 message", 1)]
    [InlineData("5\n", 2)]
    public void A_count_that_is_none_is_refused_and_the_byte_is_named(string stream, int position)
    {
        FrameDecoder decoder = FramingScheme.Parse("OctetCounting").CreateDecoder(Encoding.UTF8);
        SocketFailureException failure = Assert.Throws<SocketFailureException>(
            () => FrameFeed.Decode(decoder, Encoding.ASCII.GetBytes(stream), []));
        Assert.Equal(SocketErrorId.InvalidFrame, failure.ErrorId);
        Assert.Contains($"byte {position} ", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("11")]
    [InlineData("99999999999999999999999999")]
    [InlineData("9223372036854775808")]
    [InlineData("4294967297")]
    public void Too_high_a_count_is_refused_before_its_last_digit(string digits)
    {
        FrameDecoder decoder = FramingScheme.Parse("OctetCounting").WithMaxFrameLength(10).CreateDecoder(Encoding.UTF8);
        SocketFailureException failure = Assert.Throws<SocketFailureException>(
            () => FrameFeed.Decode(decoder, Encoding.ASCII.GetBytes(digits), Enumerable.Range(1, digits.Length - 1)));
        Assert.Equal(SocketErrorId.FrameTooLarge, failure.ErrorId);
    }

    [Fact]
    public void An_octet_count_of_exactly_the_limit_is_taken()
    {
        FrameDecoder decoder = FramingScheme.Parse("OctetCounting").WithMaxFrameLength(10).CreateDecoder(Encoding.UTF8);
        Assert.Equal(["0123456789", "1 2"], FrameFeed.Decode(decoder, "10 01234567893 1 2"u8.ToArray(), [1, 2, 3]).Select(Encoding.UTF8.GetString));
    }

    [Fact]
    public void Raw_cuts_what_is_over_the_limit_into_pieces()
    {
        FrameDecoder decoder = FramingScheme.Raw.WithMaxFrameLength(4).CreateDecoder(Encoding.UTF8);
        Assert.Equal(["abcd", "efgh", "i"], FrameFeed.Decode(decoder, "abcdefghi"u8.ToArray(), []).Select(Encoding.UTF8.GetString));
    }
}
