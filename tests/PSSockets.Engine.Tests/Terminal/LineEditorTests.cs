using System;
using System.Linq;
using PSSockets.Chat;
using Xunit;

namespace PSSockets.Engine.Tests.Terminal;

public sealed class LineEditorTests
{
    private readonly LineEditor _editor = new();

    [Fact]
    public void Text_goes_in_at_the_cursor()
    {
        Type("helo");
        Press(ConsoleKey.LeftArrow);
        Type("l");
        Assert.Equal(("hello", 4), (_editor.Text, _editor.Cursor));
    }

    [Theory]
    [InlineData("a\u0301b", 2)] // a letter with a mark
    [InlineData("漢b", 1)]
    [InlineData("😀b", 2)]
    [InlineData("👩\u200D💻b", 5)] // two people's parts of one sign
    [InlineData("🇨🇭b", 4)] // a flag
    public void The_cursor_never_stands_inside_a_character(string text, int length)
    {
        Type(text);
        Press(ConsoleKey.LeftArrow);
        Assert.Equal(length, _editor.Cursor);
        Press(ConsoleKey.Backspace);
        Assert.Equal(("b", 0), (_editor.Text, _editor.Cursor));
        Press(ConsoleKey.LeftArrow);
        Press(ConsoleKey.Delete);
        Assert.Equal("", _editor.Text);
        Press(ConsoleKey.Delete);
        Press(ConsoleKey.Backspace);
        Press(ConsoleKey.RightArrow);
        Assert.Equal(0, _editor.Cursor);
    }

    [Fact]
    public void Home_and_end_by_keys_and_by_control()
    {
        Type("one two");
        Press(ConsoleKey.Home);
        Assert.Equal(0, _editor.Cursor);
        Press(ConsoleKey.End);
        Assert.Equal(7, _editor.Cursor);
        Control(ConsoleKey.A);
        Assert.Equal(0, _editor.Cursor);
        Control(ConsoleKey.E);
        Assert.Equal(7, _editor.Cursor);
    }

    [Fact]
    public void Words_are_stepped_over_and_removed()
    {
        Type("one two  three");
        Press(ConsoleKey.LeftArrow, ConsoleModifiers.Control);
        Assert.Equal(9, _editor.Cursor);
        Control(ConsoleKey.W);
        Assert.Equal(("one three", 4), (_editor.Text, _editor.Cursor));
        Press(ConsoleKey.RightArrow, ConsoleModifiers.Control);
        Assert.Equal(9, _editor.Cursor);
    }

    [Fact]
    public void What_was_cut_can_be_put_back()
    {
        Type("one two");
        Press(ConsoleKey.LeftArrow, ConsoleModifiers.Control);
        Control(ConsoleKey.K);
        Assert.Equal("one ", _editor.Text);
        Control(ConsoleKey.U);
        Assert.Equal(("", 0), (_editor.Text, _editor.Cursor));
        Control(ConsoleKey.Y);
        Assert.Equal("one ", _editor.Text);
    }

    [Fact]
    public void Earlier_lines_come_back_and_the_draft_is_kept()
    {
        Submit("first");
        Submit("second");
        Submit("second");
        Type("draft");
        Press(ConsoleKey.UpArrow);
        Assert.Equal("second", _editor.Text);
        Press(ConsoleKey.UpArrow);
        Press(ConsoleKey.UpArrow);
        Assert.Equal("first", _editor.Text);
        Press(ConsoleKey.DownArrow);
        Press(ConsoleKey.DownArrow);
        Press(ConsoleKey.DownArrow);
        Assert.Equal(("draft", 5), (_editor.Text, _editor.Cursor));
    }

    [Fact]
    public void Earlier_lines_are_bounded()
    {
        foreach (int number in Enumerable.Range(0, 1000))
        {
            Submit($"line {number}");
        }

        for (int i = 0; i < 2000; i++)
        {
            Press(ConsoleKey.UpArrow);
        }

        Assert.Equal("line 800", _editor.Text);
    }

    [Fact]
    public void Control_c_leaves_and_control_d_only_an_empty_line()
    {
        Assert.Equal(EditResult.Quit, Control(ConsoleKey.D));
        Type("ab");
        Press(ConsoleKey.Home);
        Assert.Equal(EditResult.Edited, Control(ConsoleKey.D));
        Assert.Equal("b", _editor.Text);
        Assert.Equal(EditResult.Quit, Control(ConsoleKey.C));
    }

    [Fact]
    public void Enter_tab_and_line_feed_are_told_to_the_screen()
    {
        Assert.Equal(EditResult.Submitted, Press(ConsoleKey.Enter));
        Assert.Equal(EditResult.Submitted, Control(ConsoleKey.J));
        Assert.Equal(EditResult.Complete, Press(ConsoleKey.Tab));
        Assert.Equal(EditResult.Clear, Control(ConsoleKey.L));
        Assert.Equal("", _editor.Text);
    }

    [Fact]
    public void Control_characters_never_enter_the_line()
    {
        foreach (char character in Enumerable.Range(0, 32).Select(code => (char)code))
        {
            _editor.Handle(new ConsoleKeyInfo(character, ConsoleKey.None, shift: false, alt: false, control: false));
        }

        Assert.Equal("", _editor.Text);
    }

    [Fact]
    public void Signs_of_the_right_alt_key_are_text()
    {
        _editor.Handle(new ConsoleKeyInfo('@', ConsoleKey.Q, shift: false, alt: true, control: true));
        Assert.Equal("@", _editor.Text);
    }

    [Fact]
    public void Any_keys_leave_a_line_that_holds_together()
    {
        Random random = new(17);
        ConsoleKey[] keys = [ConsoleKey.LeftArrow, ConsoleKey.RightArrow, ConsoleKey.Backspace, ConsoleKey.Delete, ConsoleKey.Home, ConsoleKey.End, ConsoleKey.UpArrow, ConsoleKey.DownArrow];
        ConsoleKey[] controls = [ConsoleKey.A, ConsoleKey.B, ConsoleKey.E, ConsoleKey.F, ConsoleKey.K, ConsoleKey.U, ConsoleKey.W, ConsoleKey.Y, ConsoleKey.H];
        string[] texts = ["x", " ", "é", "漢", "😀", "e\u0301", "👩\u200D💻"];
        LineView view = new();
        for (int i = 0; i < 20_000; i++)
        {
            switch (random.Next(4))
            {
                case 0:
                    Press(keys[random.Next(keys.Length)], random.Next(4) == 0 ? ConsoleModifiers.Control : 0);
                    break;
                case 1 when random.Next(3) == 0:
                    Control(controls[random.Next(controls.Length)]);
                    break;
                case 2 when random.Next(20) == 0:
                    _editor.TakeLine();
                    break;
                default:
                    Type(texts[random.Next(texts.Length)]);
                    break;
            }

            Assert.InRange(_editor.Cursor, 0, _editor.Text.Length);
            int columns = random.Next(4, 30);
            (string visible, int column) = view.Layout(_editor.Text, _editor.Cursor, columns);
            Assert.InRange(TextWidth.Of(visible), 0, columns);
            Assert.InRange(column, 0, columns - 1);
        }
    }

    private void Type(string text)
    {
        foreach (char character in text)
        {
            _editor.Handle(new ConsoleKeyInfo(character, ConsoleKey.None, shift: false, alt: false, control: false));
        }
    }

    private EditResult Press(ConsoleKey key, ConsoleModifiers modifiers = 0)
        => _editor.Handle(new ConsoleKeyInfo('\0', key, shift: false, alt: false, modifiers.HasFlag(ConsoleModifiers.Control)));

    private EditResult Control(ConsoleKey key) => _editor.Handle(new ConsoleKeyInfo((char)(key - ConsoleKey.A + 1), key, shift: false, alt: false, control: true));

    private void Submit(string line)
    {
        Type(line);
        _editor.TakeLine();
    }
}
