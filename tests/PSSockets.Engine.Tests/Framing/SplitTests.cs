using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using PSSockets.Engine.Framing;
using PSSockets.Engine.Tests.Support;
using Xunit;

namespace PSSockets.Engine.Tests.Framing;

/// <summary>What a stream says does not depend on where the network cuts it.</summary>
public sealed class SplitTests
{
    private static readonly string[] s_schemes =
    [
        "Line", "CrLf", "Null", "LengthPrefix:1", "LengthPrefix:2", "LengthPrefix:4", "LengthPrefix:8", "OctetCounting",
        "Delimiter:|", "Delimiter:aab", "Delimiter:\r\n\r\n", "Delimiter:abab", "Delimiter:==END", "Delimiter:aaaab", "Delimiter:§",
    ];

    private static readonly string[] s_encodings = ["utf-8", "utf-16", "utf-16BE", "iso-8859-1"];

    public static TheoryData<string, string> SchemesAndEncodings()
    {
        TheoryData<string, string> data = [];
        foreach (string scheme in s_schemes)
        {
            foreach (string encoding in s_encodings)
            {
                data.Add(scheme, encoding);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(SchemesAndEncodings))]
    public void Pipelined_messages_come_out_the_same_wherever_the_stream_is_cut(string schemeText, string encodingName)
    {
        FramingScheme scheme = FramingScheme.Parse(schemeText);
        Encoding encoding = Encoding.GetEncoding(encodingName);
        List<string> texts = ["one", "x", "déjà", "aa", "= =EN"];
        if (scheme.Kind != FramingKind.OctetCounting)
        {
            texts.Insert(1, string.Empty);
            texts.Add(string.Empty);
        }

        byte[] stream = FrameFeed.Encode(scheme, encoding, [.. texts.Select(encoding.GetBytes)]);
        FrameDecoder decoder = scheme.CreateDecoder(encoding);
        foreach (int[] cuts in FrameFeed.AllCuts(stream.Length))
        {
            List<byte[]> messages = FrameFeed.Decode(decoder, stream, cuts);
            Assert.Equal(texts, messages.Select(encoding.GetString));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    public void Fixed_messages_come_out_the_same_wherever_the_stream_is_cut(int length)
    {
        FramingScheme scheme = FramingScheme.Fixed(length);
        byte[][] sent = [.. Enumerable.Range(0, 4).Select(i => Enumerable.Range(0, length).Select(j => (byte)((i * 50) + j)).ToArray())];
        byte[] stream = FrameFeed.Encode(scheme, Encoding.UTF8, sent);
        FrameDecoder decoder = scheme.CreateDecoder(Encoding.UTF8);
        foreach (int[] cuts in FrameFeed.AllCuts(stream.Length))
        {
            Assert.Equal(sent, FrameFeed.Decode(decoder, stream, cuts));
        }
    }

    [Fact]
    public void Raw_gives_each_piece_as_it_comes_and_all_bytes_in_their_order()
    {
        byte[] stream = "a\nb\r\n\0c"u8.ToArray();
        FrameDecoder decoder = FramingScheme.Raw.CreateDecoder(Encoding.UTF8);
        foreach (int[] cuts in FrameFeed.AllCuts(stream.Length))
        {
            List<byte[]> messages = FrameFeed.Decode(decoder, stream, cuts);
            Assert.Equal(cuts.Length + 1, messages.Count);
            Assert.Equal(stream, messages.SelectMany(message => message));
        }
    }

    [Theory]
    [InlineData("aab", "aaab|aaaab|", "a|aa|")]
    [InlineData("\r\n\r\n", "a\r\n\r\r\n\r\n|\r\r\n\r\n|", "a\r\n\r|\r|")]
    [InlineData("abab", "aabab|abaabab|", "a|aba|")]
    [InlineData("abababa", "ababababa|", "|ba")]
    public void A_mark_that_begins_like_itself_is_found_at_its_first_place(string mark, string stream, string expected)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(stream.Replace("|", string.Empty, StringComparison.Ordinal));
        FrameDecoder decoder = FramingScheme.Delimiter(mark).CreateDecoder(Encoding.ASCII);
        string[] messages = expected.EndsWith('|') ? expected[..^1].Split('|') : expected.Split('|');
        foreach (int[] cuts in FrameFeed.AllCuts(bytes.Length))
        {
            Assert.Equal(messages, FrameFeed.Decode(decoder, bytes, cuts, ends: true).Select(Encoding.ASCII.GetString));
        }
    }

    [Fact]
    public void In_utf_16_a_mark_that_lies_across_two_characters_is_none()
    {
        // Little-endian it begins 41 0A 00 0A: what looks like the mark 0A 00 at offset 1 is half of two characters.
        const string Text = "\u0A41\u0A00\u000D\u0A0D";
        Encoding[] encodings = [Encoding.Unicode, Encoding.BigEndianUnicode];
        foreach (Encoding encoding in encodings)
        {
            byte[] stream = FrameFeed.Encode(FramingScheme.Line, encoding, encoding.GetBytes(Text), encoding.GetBytes("b"));
            FrameDecoder decoder = FramingScheme.Line.CreateDecoder(encoding);
            foreach (int[] cuts in FrameFeed.AllCuts(stream.Length))
            {
                Assert.Equal([Text, "b"], FrameFeed.Decode(decoder, stream, cuts).Select(encoding.GetString));
            }
        }
    }

    [Fact]
    public void Line_takes_both_line_ends_and_keeps_every_other_carriage_return()
    {
        byte[] stream = "a\r\nb\n\r\r\nc\rd\n\n\r\nlast\r"u8.ToArray();
        FrameDecoder decoder = FramingScheme.Line.CreateDecoder(Encoding.UTF8);
        string[] expected = ["a", "b", "\r", "c\rd", string.Empty, string.Empty, "last"];
        foreach (int[] cuts in FrameFeed.AllCuts(stream.Length))
        {
            Assert.Equal(expected, FrameFeed.Decode(decoder, stream, cuts, ends: true).Select(Encoding.UTF8.GetString));
        }
    }

    [Fact]
    public void CrLf_keeps_either_half_where_it_stands_alone()
    {
        byte[] stream = "a\nb\rc\r\r\n\n\r\nend"u8.ToArray();
        FrameDecoder decoder = FramingScheme.Parse("crlf").CreateDecoder(Encoding.UTF8);
        string[] expected = ["a\nb\rc\r", "\n", "end"];
        foreach (int[] cuts in FrameFeed.AllCuts(stream.Length))
        {
            Assert.Equal(expected, FrameFeed.Decode(decoder, stream, cuts, ends: true).Select(Encoding.UTF8.GetString));
        }
    }
}
