using System;
using PSSockets.Engine.Framing;
using Xunit;

namespace PSSockets.Engine.Tests.Framing;

public sealed class FramingSchemeTests
{
    [Theory]
    [InlineData("Raw", FramingKind.Raw, 0, "Raw")]
    [InlineData("line", FramingKind.Line, 0, "Line")]
    [InlineData(" CRLF ", FramingKind.CrLf, 0, "CrLf")]
    [InlineData("null", FramingKind.Null, 0, "Null")]
    [InlineData("LengthPrefix", FramingKind.LengthPrefix, 4, "LengthPrefix:4")]
    [InlineData("lengthprefix:8", FramingKind.LengthPrefix, 8, "LengthPrefix:8")]
    [InlineData("Fixed:512", FramingKind.Fixed, 512, "Fixed:512")]
    [InlineData("OctetCounting", FramingKind.OctetCounting, 0, "OctetCounting")]
    [InlineData("Delimiter:END", FramingKind.Delimiter, 0, "Delimiter:END")]
    [InlineData("delimiter:a:b ", FramingKind.Delimiter, 0, "Delimiter:a:b ")]
    [InlineData("Delimiter:\r\n", FramingKind.Delimiter, 0, "Delimiter:\r\n")]
    public void A_name_is_parsed_and_its_text_parses_to_the_same(string text, FramingKind kind, int size, string canonical)
    {
        FramingScheme scheme = FramingScheme.Parse(text);
        Assert.Equal(kind, scheme.Kind);
        Assert.Equal(size, scheme.Size);
        Assert.Equal(canonical, scheme.ToString());
        Assert.Equal(scheme, FramingScheme.Parse(scheme.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData(":")]
    [InlineData("Lines")]
    [InlineData("0")]
    [InlineData("1")]
    [InlineData("+1")]
    [InlineData("-1")]
    [InlineData("99")]
    [InlineData("Raw,Line")]
    [InlineData("Line:")]
    [InlineData("Line:x")]
    [InlineData("Raw:4")]
    [InlineData("OctetCounting:4")]
    [InlineData("Delimiter")]
    [InlineData("Delimiter:")]
    [InlineData("LengthPrefix:")]
    [InlineData("LengthPrefix:0")]
    [InlineData("LengthPrefix:3")]
    [InlineData("LengthPrefix:16")]
    [InlineData("LengthPrefix:-4")]
    [InlineData("LengthPrefix: 4")]
    [InlineData("Fixed")]
    [InlineData("Fixed:")]
    [InlineData("Fixed:0")]
    [InlineData("Fixed:-1")]
    [InlineData("Fixed:1e3")]
    [InlineData("Fixed:99999999999")]
    [InlineData("Fixed:1073741825")]
    public void Text_that_names_no_framing_is_refused(string text)
        => Assert.Throws<FormatException>(() => FramingScheme.Parse(text));

    [Fact]
    public void No_text_is_an_argument_error()
    {
        Assert.Throws<ArgumentNullException>(() => FramingScheme.Parse(null!));
        Assert.Throws<ArgumentException>(() => FramingScheme.Delimiter(string.Empty));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(FramingScheme.HighestMaxFrameLength + 1)]
    public void A_limit_out_of_range_is_refused(int limit)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => FramingScheme.Line.WithMaxFrameLength(limit));
        Assert.Throws<ArgumentOutOfRangeException>(() => FramingScheme.Fixed(limit));
    }

    [Fact]
    public void A_limit_changes_nothing_else()
    {
        FramingScheme scheme = FramingScheme.LengthPrefix(2).WithMaxFrameLength(100);
        Assert.Equal(100, scheme.MaxFrameLength);
        Assert.Equal(2, scheme.Size);
        Assert.Equal(FramingScheme.DefaultMaxFrameLength, FramingScheme.LengthPrefix(2).MaxFrameLength);
        Assert.NotEqual(FramingScheme.LengthPrefix(2), scheme);
    }

    [Fact]
    public void Fixed_frames_bring_room_for_themselves_and_take_no_limit_below_it()
    {
        FramingScheme scheme = FramingScheme.Fixed(2 * FramingScheme.DefaultMaxFrameLength);
        Assert.Equal(2 * FramingScheme.DefaultMaxFrameLength, scheme.MaxFrameLength);
        Assert.Throws<ArgumentOutOfRangeException>(() => scheme.WithMaxFrameLength(1000));
    }

    [Theory]
    [InlineData("Line", false)]
    [InlineData("Raw", false)]
    [InlineData("LengthPrefix", true)]
    [InlineData("Fixed:1", true)]
    [InlineData("OctetCounting", true)]
    public void Counted_framings_say_so(string text, bool counted) => Assert.Equal(counted, FramingScheme.Parse(text).IsCounted);
}
