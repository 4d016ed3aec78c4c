using System;
using System.Globalization;
using System.Text;

namespace PSSockets.Chat;

/// <summary>
/// The part of a line being typed that fits into one row behind its prompt: a long line scrolls sideways, so that the cursor is always to be
/// seen. Pure; remembers where the row began, so that it does not jump.
/// </summary>
internal sealed class LineView
{
    private int _start;

    /// <summary>Lays out a row.</summary>
    /// <param name="text">The line.</param>
    /// <param name="cursor">The cursor, as an index into the line.</param>
    /// <param name="columns">How many columns there are for it, the cursor's own behind the last character included.</param>
    /// <returns>What is to be seen, and the cursor's column in it.</returns>
    public (string Visible, int CursorColumn) Layout(string text, int cursor, int columns)
    {
        if (TextWidth.Of(text) < columns)
        {
            _start = 0;
        }

        if (cursor < _start || _start > text.Length)
        {
            _start = cursor;
        }

        int excess = TextWidth.Of(text[_start..cursor]) + CursorWidth(text, cursor) - columns;
        while (_start < cursor && excess > 0)
        {
            // By a few at a time, so that not every key moves the whole row.
            for (int i = 0; i < 8 && _start < cursor; i++)
            {
                int length = StringInfo.GetNextTextElementLength(text, _start);
                excess -= TextWidth.OfElement(text.AsSpan(_start, length));
                _start += length;
            }
        }

        StringBuilder visible = new();
        int used = 0;
        for (int i = _start; i < text.Length;)
        {
            string element = StringInfo.GetNextTextElement(text, i);
            int width = TextWidth.OfElement(element);
            if (used + width > columns)
            {
                break;
            }

            visible.Append(element);
            used += width;
            i += element.Length;
        }

        return (visible.ToString(), TextWidth.Of(text[_start..cursor]));
    }

    // On a wide character the cursor needs both of its columns.
    private static int CursorWidth(string text, int cursor)
        => cursor < text.Length ? TextWidth.OfElement(StringInfo.GetNextTextElement(text, cursor)) : 1;
}
