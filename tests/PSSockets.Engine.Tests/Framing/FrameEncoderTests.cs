using System;
using System.Text;
using PSSockets.Engine.Errors;
using PSSockets.Engine.Framing;
using PSSockets.Engine.Tests.Support;
using Xunit;

namespace PSSockets.Engine.Tests.Framing;

public sealed class FrameEncoderTests
{
    [Theory]
    [InlineData("Raw", "hi", "6869")]
    [InlineData("Line", "hi", "68690A")]
    [InlineData("CrLf", "hi", "68690D0A")]
    [InlineData("Null", "hi", "686900")]
    [InlineData("Delimiter:END", "hi", "6869454E44")]
    [InlineData("LengthPrefix:1", "hi", "026869")]
    [InlineData("LengthPrefix:2", "hi", "00026869")]
    [InlineData("LengthPrefix", "hi", "000000026869")]
    [InlineData("LengthPrefix:8", "hi", "00000000000000026869")]
    [InlineData("LengthPrefix:8", "", "0000000000000000")]
    [InlineData("Fixed:2", "hi", "6869")]
    [InlineData("OctetCounting", "hi", "32206869")]
    [InlineData("OctetCounting", "0123456789", "31302030313233343536373839")]
    public void A_message_gets_the_marks_of_its_framing(string schemeText, string text, string expected)
        => Assert.Equal(expected, Convert.ToHexString(FrameFeed.Encode(FramingScheme.Parse(schemeText), Encoding.UTF8, Encoding.UTF8.GetBytes(text))));

    [Theory]
    [InlineData("utf-16", "0A00")]
    [InlineData("utf-16BE", "000A")]
    public void Marks_are_in_the_encoding_of_the_text(string encodingName, string expected)
        => Assert.Equal(expected, Convert.ToHexString(FramingScheme.Line.CreateEncoder(Encoding.GetEncoding(encodingName)).Trailer));

    [Theory]
    [InlineData(1, 255)]
    [InlineData(2, 65535)]
    public void A_prefix_that_is_too_small_for_a_message_is_refused(int size, int capacity)
    {
        FrameEncoder encoder = FramingScheme.LengthPrefix(size).CreateEncoder(Encoding.UTF8);
        byte[] header = new byte[FrameEncoder.MaxHeaderLength];
        Assert.Equal(size, encoder.WriteHeader(capacity, header));
        Assert.All(header[..size], b => Assert.Equal(0xFF, b));
        SocketFailureException failure = Assert.Throws<SocketFailureException>(() => encoder.WriteHeader(capacity + 1, header));
        Assert.Equal(SocketErrorId.FrameTooLarge, failure.ErrorId);
    }

    [Theory]
    [InlineData(3, SocketErrorId.InvalidFrame)]
    [InlineData(0, SocketErrorId.InvalidFrame)]
    [InlineData(5, SocketErrorId.FrameTooLarge)]
    public void A_message_of_another_length_than_fixed_is_refused(int length, SocketErrorId expected)
    {
        FrameEncoder encoder = FramingScheme.Fixed(4).CreateEncoder(Encoding.UTF8);
        SocketFailureException failure = Assert.Throws<SocketFailureException>(() => encoder.WriteHeader(length, new byte[FrameEncoder.MaxHeaderLength]));
        Assert.Equal(expected, failure.ErrorId);
    }

    [Fact]
    public void Octet_counting_refuses_an_empty_message()
    {
        FrameEncoder encoder = FramingScheme.Parse("OctetCounting").CreateEncoder(Encoding.UTF8);
        SocketFailureException failure = Assert.Throws<SocketFailureException>(() => encoder.WriteHeader(0, new byte[FrameEncoder.MaxHeaderLength]));
        Assert.Equal(SocketErrorId.InvalidFrame, failure.ErrorId);
    }

    [Fact]
    public void The_longest_header_fits_the_room_that_callers_make()
    {
        Span<byte> header = stackalloc byte[FrameEncoder.MaxHeaderLength];
        Assert.Equal(11, FramingScheme.Parse("OctetCounting").CreateEncoder(Encoding.UTF8).WriteHeader(int.MaxValue, header));
        Assert.Equal("2147483647 ", Encoding.ASCII.GetString(header));
        Assert.Equal(8, FramingScheme.LengthPrefix(8).CreateEncoder(Encoding.UTF8).WriteHeader(int.MaxValue, header));
    }
}
