using System;
using System.Collections.Generic;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using PSSockets.Engine.Errors;
using PSSockets.Engine.Framing;
using PSSockets.Engine.Tests.Support;
using PSSockets.Engine.Transport;
using Xunit;

namespace PSSockets.Engine.Tests.Transport;

public sealed class UntilTests
{
    [Fact]
    public async Task A_match_is_part_of_the_message_and_what_follows_stays()
    {
        using SocketConnection connection = Connect("login: "u8, "user\npass"u8, "word: rest\n"u8);
        Assert.Equal("login: ", await connection.ReceiveAsync(Until("login: $")));
        Assert.Equal("user", await connection.ReceiveAsync());
        Assert.Equal("password: ", await connection.ReceiveAsync(Until("word: ")));
        Assert.Equal("rest", await connection.ReceiveAsync());
    }

    [Fact]
    public async Task Matches_are_the_same_wherever_the_bytes_are_cut()
    {
        byte[] bytes = Encoding.UTF8.GetBytes("é1;😀22;x333;\nrest");
        foreach (int[] cuts in FrameFeed.AllCuts(bytes.Length))
        {
            FakeTransport transport = new();
            int start = 0;
            foreach (int cut in cuts)
            {
                transport.Deliver(bytes[start..cut]);
                start = cut;
            }

            transport.Deliver(bytes[start..]).End();
            using SocketConnection connection = new(transport, new ConnectionOptions());
            using (ConnectionReader reader = connection.OpenReader(Until("[0-9]+;")))
            {
                Assert.Equal("é1;", await reader.NextAsync());
                Assert.Equal("😀22;", await reader.NextAsync());
                Assert.Equal("x333;", await reader.NextAsync());
            }

            Assert.Equal(["", "rest"], await connection.ReceiveAllAsync());
        }
    }

    [Fact]
    public async Task Bytes_of_bad_text_are_counted_as_they_came()
    {
        // Three bad bytes are three replacement characters, each three bytes if it were encoded again.
        using SocketConnection connection = Connect([0xFF, 0xC3, 0x80 + 0x40, (byte)'>', (byte)'r', (byte)'\n']);
        string? text = (string?)await connection.ReceiveAsync(Until(">"));
        Assert.Equal("\uFFFD\uFFFD\uFFFD>", text);
        Assert.Equal("r", await connection.ReceiveAsync());
    }

    [Fact]
    public async Task The_first_byte_of_a_split_character_behind_the_match_stays()
    {
        using SocketConnection connection = Connect([(byte)'a', (byte)'>', 0xE2], [0x82, 0xAC, (byte)'\n']);
        Assert.Equal("a>", await connection.ReceiveAsync(Until(">")));
        Assert.Equal("€", await connection.ReceiveAsync());
    }

    [Fact]
    public async Task Bad_bytes_behind_the_match_stay()
    {
        using SocketConnection connection = Connect([(byte)'a', (byte)'>', 0xFF, 0xFE], []);
        Assert.Equal("a>", await connection.ReceiveAsync(Until(">")));
        Assert.Equal([0xFF, 0xFE], Assert.IsType<byte[]>(await connection.ReceiveAsync(new ReadOptions { ToEnd = true, AsByteStream = true })));
    }

    [Fact]
    public async Task A_match_that_ends_inside_a_surrogate_pair_takes_the_whole_character()
    {
        using SocketConnection connection = Connect(Encoding.UTF8.GetBytes("😀x\n"));
        Assert.Equal("😀", await connection.ReceiveAsync(Until(".")));
        Assert.Equal("x", await connection.ReceiveAsync());
    }

    [Theory]
    [InlineData("x*")]
    [InlineData("^")]
    [InlineData("(?=a)")]
    [InlineData("")]
    public async Task A_match_of_nothing_does_not_give_messages_for_ever(string pattern)
    {
        using SocketConnection connection = Connect("abc"u8);
        using ConnectionReader reader = connection.OpenReader(Until(pattern));
        Assert.True(await reader.WaitAsync(Limit.Token()));
        int messages = 0;
        while (messages < 10 && reader.TryRead(out _))
        {
            messages++;
        }

        Assert.InRange(messages, 0, 3);
    }

    [Fact]
    public async Task The_end_of_the_stream_without_a_match_is_said_and_the_bytes_stay()
    {
        using SocketConnection connection = Connect("abc"u8, []);
        SocketFailureException failure = await Assert.ThrowsAsync<SocketFailureException>(() => connection.ReceiveAsync(Until(">")));
        Assert.Equal(SocketErrorId.EndOfStream, failure.ErrorId);
        Assert.Contains(">", failure.Message, StringComparison.Ordinal);
        Assert.Equal("abc", await connection.ReceiveAsync());
    }

    [Fact]
    public async Task A_match_that_does_not_come_fails_at_the_limit_and_keeps_the_connection()
    {
        using SocketConnection connection = Connect(
            new ConnectionOptions { Framing = FramingScheme.Line.WithMaxFrameLength(10) }, "0123456789"u8, "0\n"u8);
        SocketFailureException failure = await Assert.ThrowsAsync<SocketFailureException>(() => connection.ReceiveAsync(Until(">")));
        Assert.Equal(SocketErrorId.FrameTooLarge, failure.ErrorId);
        Assert.Equal(ConnectionStatus.Open, connection.Status);
    }

    [Fact]
    public async Task After_half_a_character_left_by_a_byte_count_the_end_of_the_stream_ends_the_wait()
    {
        using SocketConnection connection = Connect([0xC3], []);
        using (ConnectionReader counted = connection.OpenReader(new ReadOptions { ByteCount = 1 }))
        {
            Assert.True(await counted.WaitAsync(Limit.Token()));
            Assert.False(counted.TryRead(out _));
        }

        List<object> messages = await connection.ReceiveAllAsync(Until(">"));
        Assert.True(messages.Count <= 1);
    }

    private static ReadOptions Until(string pattern) => new() { Until = new Regex(pattern, RegexOptions.None, TimeSpan.FromSeconds(5)) };

    private static SocketConnection Connect(params ReadOnlySpan<byte> piece)
        => new(new FakeTransport().Deliver(piece.ToArray()), new ConnectionOptions());

    private static SocketConnection Connect(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
        => new(new FakeTransport().Deliver(first.ToArray(), second.ToArray()), new ConnectionOptions());

    private static SocketConnection Connect(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third)
        => new(new FakeTransport().Deliver(first.ToArray(), second.ToArray(), third.ToArray()), new ConnectionOptions());

    private static SocketConnection Connect(ConnectionOptions options, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
        => new(new FakeTransport().Deliver(first.ToArray(), second.ToArray()), options);
}
