using System;
using System.Collections.Generic;
using System.Linq;
using PSSockets.Chat;
using Xunit;

namespace PSSockets.Engine.Tests.Terminal;

public sealed class PasteFilterTests
{
    private const string Begin = "\u001b[200~";
    private const string End = "\u001b[201~";

    private readonly PasteFilter _filter = new();

    [Theory]
    [InlineData("abc", "a b c")]
    [InlineData("a" + Begin + "one\r\ttwo\r" + End + "b", "a <one\n two> b")]
    [InlineData(Begin + End, "")]
    [InlineData(Begin + "x\u001b[31my" + End, "<x[31my>")]
    [InlineData(Begin + "\u001b[20" + Begin + End, "<[20[200~>")]
    [InlineData(Begin + "\u001b" + End + "z", "<> z")]
    [InlineData("\u001b\u001b[200~x" + End, "\u001b <x>")]
    [InlineData("\u001b[20x", "\u001b [ 2 0 x")]
    [InlineData(Begin + "lost\u0003x", "\u0003 x")]
    public void What_is_pasted_is_told_from_what_is_typed(string keys, string expected)
        => Assert.Equal(expected.Replace("<> ", string.Empty, StringComparison.Ordinal), Show(keys));

    [Fact]
    public void A_paste_may_come_in_pieces()
    {
        Assert.Equal("", Show(Begin + "one\u001b[2"));
        Assert.Equal("", Show("01"));
        Assert.Equal("<one>", Show("~"));
    }

    [Fact]
    public void An_escape_alone_is_a_key_as_soon_as_nothing_follows()
    {
        Assert.Equal("\u001b", Show("\u001b"));
        Assert.Equal("[ x", Show("[x"));
    }

    [Fact]
    public void Too_long_a_text_is_not_kept_whole_but_can_be_told()
    {
        string shown = Show(Begin + new string('x', 2 * PasteFilter.MaxLength) + End);
        Assert.InRange(shown.Length - 2, PasteFilter.MaxLength + 1, PasteFilter.MaxLength + 2);
    }

    private string Show(string keys)
    {
        foreach (char key in keys)
        {
            _filter.Add(new ConsoleKeyInfo(key, key == '\u001b' ? ConsoleKey.Escape : ConsoleKey.None, shift: false, alt: false, control: false));
        }

        _filter.Pause();
        List<(ConsoleKeyInfo Key, string? Pasted)> ready = [.. _filter.Ready];
        _filter.Ready.Clear();
        return string.Join(' ', ready.Select(item => item.Pasted is { } text ? $"<{text}>" : item.Key.KeyChar.ToString()));
    }
}
