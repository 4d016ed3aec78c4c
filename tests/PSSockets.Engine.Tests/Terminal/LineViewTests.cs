using System;
using PSSockets.Chat;
using Xunit;

namespace PSSockets.Engine.Tests.Terminal;

public sealed class LineViewTests
{
    [Theory]
    [InlineData("", 0)]
    [InlineData("abc", 3)]
    [InlineData("é", 1)]
    [InlineData("e\u0301", 1)]
    [InlineData("漢字", 4)]
    [InlineData("ｆｕｌｌ", 8)]
    [InlineData("한글", 4)]
    [InlineData("😀", 2)]
    [InlineData("👩\u200D💻", 2)]
    [InlineData("🇨🇭", 2)]
    [InlineData("❤\uFE0F", 2)]
    [InlineData("✅", 2)]
    [InlineData("→ …", 3)]
    [InlineData("\u200B", 0)]
    [InlineData("नमस्ते", 4)]
    public void Width_is_what_terminals_show(string text, int columns) => Assert.Equal(columns, TextWidth.Of(text));

    [Fact]
    public void A_short_line_is_shown_whole() => Assert.Equal(("hello", 2), new LineView().Layout("hello", 2, 20));

    [Fact]
    public void A_long_line_scrolls_so_that_the_cursor_is_seen()
    {
        LineView view = new();
        string text = "abcdefghijklmnopqrstuvwxyz";
        (string visible, int column) = view.Layout(text, 26, 10);
        Assert.EndsWith("z", visible, StringComparison.Ordinal);
        Assert.Equal(visible.Length, column);

        // Going back within what is seen moves the cursor, not the row.
        Assert.Equal((visible, column - 1), view.Layout(text, 25, 10));
        Assert.Equal(("abcdefghij", 0), view.Layout(text, 0, 10));
        Assert.Equal(("short", 5), view.Layout("short", 5, 10));
    }

    [Fact]
    public void A_very_long_line_is_laid_out_at_once()
    {
        // Each character counted once: with all the rest counted anew for every few of them this would take minutes.
        string text = new('x', 60_000);
        System.Diagnostics.Stopwatch clock = System.Diagnostics.Stopwatch.StartNew();
        (string visible, int column) = new LineView().Layout(text, text.Length, 80);
        Assert.InRange(column, 70, 79);
        Assert.Equal(column, visible.Length);
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 5);
    }

    [Fact]
    public void A_wide_character_is_shown_whole_or_not_at_all()
    {
        (string visible, int column) = new LineView().Layout("漢字漢字", 0, 5);
        Assert.Equal(("漢字", 0), (visible, column));
    }

    [Fact]
    public void The_row_is_erased_over_all_rows_that_a_narrower_terminal_made_of_it()
    {
        LineEditor editor = new();
        editor.Replace(0, 0, new string('x', 60));
        InputRow row = new();
        Assert.Equal("", row.Erase(80));
        Assert.Equal($"> {new string('x', 60)}\r\u001b[62C", row.Draw(("> ", 2), editor, 80));
        Assert.Equal("\u001b[3A\r\u001b[J", row.Erase(20));
        row.Draw(("> ", 2), editor, 80);
        Assert.Equal("\r\u001b[J", row.Erase(100));
    }

    [Fact]
    public void A_terminal_too_narrow_for_the_prompt_gets_the_line_alone()
    {
        LineEditor editor = new();
        editor.Replace(0, 0, "hi");
        Assert.Equal("hi\r\u001b[2C", new InputRow().Draw(("[a long room] a long nick> ", 27), editor, 12));
    }
}
