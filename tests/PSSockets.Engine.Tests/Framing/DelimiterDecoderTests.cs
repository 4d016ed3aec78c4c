using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using PSSockets.Engine.Errors;
using PSSockets.Engine.Framing;
using PSSockets.Engine.Tests.Support;
using Xunit;

namespace PSSockets.Engine.Tests.Framing;

public sealed class DelimiterDecoderTests
{
    [Fact]
    public void Examined_leaves_only_the_bytes_that_can_begin_a_mark()
    {
        FrameDecoder decoder = FramingScheme.Delimiter("=END=").CreateDecoder(Encoding.ASCII);
        int examined = 0;
        Assert.False(decoder.TryDecode("0123456789"u8, ref examined, out _));
        Assert.Equal(6, examined);
    }

    [Fact]
    public void Examined_is_never_negative_nor_behind_the_buffer()
    {
        FrameDecoder decoder = FramingScheme.Delimiter("=END=").CreateDecoder(Encoding.ASCII);
        int examined = 0;
        for (int length = 1; length < 20; length++)
        {
            Assert.False(decoder.TryDecode(Encoding.ASCII.GetBytes(new string('x', length)), ref examined, out _));
            Assert.InRange(examined, 0, length);
        }
    }

    [Fact]
    public void Bytes_already_examined_are_not_searched_again()
    {
        // Something that could be a mark, placed where the caller says it has been looked at, is not seen.
        FrameDecoder decoder = FramingScheme.Line.CreateDecoder(Encoding.ASCII);
        int examined = 3;
        Assert.True(decoder.TryDecode("a\nb\nc"u8, ref examined, out Frame frame));
        Assert.Equal(new Frame(0, 3, 4), frame);
    }

    [Theory]
    [InlineData("Line", "\n")]
    [InlineData("Line", "\r\n")]
    [InlineData("CrLf", "\r\n")]
    [InlineData("Null", "\0")]
    [InlineData("Delimiter:=END=", "=END=")]
    public void A_message_of_exactly_the_limit_is_taken_and_one_byte_more_is_not(string schemeText, string mark)
    {
        FrameDecoder decoder = FramingScheme.Parse(schemeText).WithMaxFrameLength(10).CreateDecoder(Encoding.ASCII);
        byte[] atLimit = Encoding.ASCII.GetBytes(new string('x', 10) + mark);
        foreach (int[] cuts in FrameFeed.AllCuts(atLimit.Length))
        {
            Assert.Equal(10, Assert.Single(FrameFeed.Decode(decoder, atLimit, cuts)).Length);
        }

        byte[] over = Encoding.ASCII.GetBytes(new string('x', 11) + mark);
        foreach (int[] cuts in FrameFeed.AllCuts(over.Length))
        {
            SocketFailureException failure = Assert.Throws<SocketFailureException>(() => FrameFeed.Decode(decoder, over, cuts));
            Assert.Equal(SocketErrorId.FrameTooLarge, failure.ErrorId);
            Assert.Contains("10", failure.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("Line")]
    [InlineData("CrLf")]
    [InlineData("Delimiter:=END=")]
    public void A_message_without_end_fails_soon_after_the_limit(string schemeText)
    {
        FrameDecoder decoder = FramingScheme.Parse(schemeText).WithMaxFrameLength(10).CreateDecoder(Encoding.ASCII);
        int examined = 0;
        SocketFailureException failure = Assert.Throws<SocketFailureException>(() =>
        {
            for (int length = 1; length <= 17; length++)
            {
                decoder.TryDecode(Encoding.ASCII.GetBytes(new string('x', length)), ref examined, out _);
            }
        });
        Assert.Equal(SocketErrorId.FrameTooLarge, failure.ErrorId);
    }

    [Theory]
    [InlineData("Line", "0123456789", 10)]
    [InlineData("Line", "0123456789\r", 10)]
    [InlineData("CrLf", "0123456789", 10)]
    [InlineData("Null", "0123456789", 10)]
    public void A_last_message_without_its_mark_is_taken_up_to_the_limit(string schemeText, string rest, int length)
    {
        FrameDecoder decoder = FramingScheme.Parse(schemeText).WithMaxFrameLength(10).CreateDecoder(Encoding.ASCII);
        Frame frame = decoder.DecodeEnd(Encoding.ASCII.GetBytes(rest));
        Assert.Equal(new Frame(0, length, rest.Length), frame);
    }

    [Theory]
    [InlineData("Line")]
    [InlineData("CrLf")]
    [InlineData("Null")]
    [InlineData("Delimiter:=END=")]
    public void A_last_message_without_its_mark_is_held_to_the_limit(string schemeText)
    {
        FrameDecoder decoder = FramingScheme.Parse(schemeText).WithMaxFrameLength(10).CreateDecoder(Encoding.ASCII);
        byte[] stream = Encoding.ASCII.GetBytes("ok" + Mark(schemeText) + new string('x', 11));
        SocketFailureException failure = Assert.Throws<SocketFailureException>(() => FrameFeed.Decode(decoder, stream, [], ends: true));
        Assert.Equal(SocketErrorId.FrameTooLarge, failure.ErrorId);
    }

    [Fact]
    public void A_long_line_that_arrives_in_many_pieces_is_found()
    {
        FrameDecoder decoder = FramingScheme.Line.CreateDecoder(Encoding.ASCII);
        byte[] stream = Encoding.ASCII.GetBytes(new string('x', 100_000) + "\r\nnext\n");
        List<byte[]> messages = FrameFeed.Decode(decoder, stream, Enumerable.Range(1, 1000).Select(i => i * 100));
        Assert.Equal([100_000, 4], messages.Select(message => message.Length));
    }

    private static string Mark(string schemeText)
        => Encoding.ASCII.GetString(FramingScheme.Parse(schemeText).CreateEncoder(Encoding.ASCII).Trailer);
}
