using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Threading.Tasks;
using PSSockets.Engine.Framing;
using PSSockets.Engine.Tests.Support;
using PSSockets.Engine.Transport;
using Xunit;

namespace PSSockets.Engine.Tests.Transport;

/// <summary>A character that comes in two reads, or lies in two messages, is never broken.</summary>
public sealed class TextSplitTests
{
    private const string Text = "aé€😀ß\uFFFDz";

    public static TheoryData<string> Encodings() => ["utf-8", "utf-16", "utf-16BE", "utf-32", "iso-8859-1"];

    [Theory]
    [MemberData(nameof(Encodings))]
    public async Task Raw_text_survives_every_split(string encodingName)
    {
        Encoding encoding = Encoding.GetEncoding(encodingName);
        byte[] bytes = encoding.GetBytes(Text);
        foreach (int[] cuts in FrameFeed.AllCuts(bytes.Length))
        {
            using SocketConnection connection = Connect(FramingScheme.Raw, encoding, Split(bytes, cuts));
            List<object> messages = await connection.ReceiveAllAsync();
            Assert.Equal(encoding.GetString(bytes), string.Concat(messages));
            Assert.DoesNotContain(string.Empty, messages);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public async Task Fixed_frames_and_byte_counts_that_end_inside_a_character_give_it_once_it_is_whole(int size)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(Text + Text);
        bytes = bytes[..(bytes.Length / size * size)];
        string expected = Encoding.UTF8.GetString(bytes);
        using SocketConnection framed = Connect(FramingScheme.Fixed(size), Encoding.UTF8, Split(bytes, [3, 5]));
        Assert.Equal(expected, string.Concat(await framed.ReceiveAllAsync()));

        using SocketConnection counted = Connect(FramingScheme.Line, Encoding.UTF8, Split(bytes, [3, 5]));
        Assert.Equal(expected, string.Concat(await counted.ReceiveAllAsync(new ReadOptions { ByteCount = size })));
    }

    [Fact]
    public async Task A_stream_that_ends_inside_a_character_shows_a_replacement_character_and_ends()
    {
        using SocketConnection connection = Connect(FramingScheme.Raw, Encoding.UTF8, [[(byte)'a', 0xE2, 0x82], []]);
        Assert.Equal(["a", "\uFFFD"], await connection.ReceiveAllAsync());
    }

    [Fact]
    public async Task Half_a_character_left_by_a_byte_count_goes_before_the_next_line()
    {
        using SocketConnection connection = Connect(FramingScheme.Line, Encoding.UTF8, [[0xC3], [0xA9, (byte)'\n'], []]);
        using (ConnectionReader counted = connection.OpenReader(new ReadOptions { ByteCount = 1 }))
        {
            Assert.True(await counted.WaitAsync(Limit.Token()));
            Assert.False(counted.TryRead(out _));
        }

        Assert.Equal(["é"], await connection.ReceiveAllAsync());
    }

    [Fact]
    public async Task Invalid_bytes_become_replacement_characters_and_harm_nothing_after_them()
    {
        byte[] bytes = [0xFF, (byte)'a', 0xC3, (byte)'\n', 0x80, (byte)'b', (byte)'\n'];
        foreach (int[] cuts in FrameFeed.AllCuts(bytes.Length))
        {
            using SocketConnection connection = Connect(FramingScheme.Line, Encoding.UTF8, Split(bytes, cuts));
            Assert.Equal(["\uFFFDa\uFFFD", "\uFFFDb"], await connection.ReceiveAllAsync());
        }
    }

    private static SocketConnection Connect(FramingScheme framing, Encoding encoding, byte[][] pieces)
        => new(new FakeTransport().Deliver(pieces), new ConnectionOptions { Framing = framing, Encoding = encoding });

    private static byte[][] Split(byte[] bytes, int[] cuts)
    {
        int[] ends = [.. cuts, bytes.Length];
        int[] starts = [0, .. cuts];
        return [.. starts.Zip(ends, (start, end) => bytes[start..end]), []];
    }
}
