using System;
using System.Collections.Generic;
using System.Globalization;

namespace PSSockets.Chat;

/// <summary>What a key has done.</summary>
internal enum EditResult
{
    /// <summary>The line, or the cursor in it, may have changed.</summary>
    Edited,

    /// <summary>The line is complete: <see cref="LineEditor.TakeLine"/>.</summary>
    Submitted,

    /// <summary>The user wants to leave.</summary>
    Quit,

    /// <summary>The word before the cursor is to be completed.</summary>
    Complete,

    /// <summary>The screen is to be drawn anew.</summary>
    Clear,
}

/// <summary>
/// A line being typed: keys in, text and cursor out. Moves by whole characters as people see them, and knows the lines before. Pure; not
/// thread-safe.
/// </summary>
internal sealed class LineEditor
{
    /// <summary>How many lines it remembers.</summary>
    private const int MaxHistory = 200;

    private readonly List<string> _history = [];
    private int _historyIndex;
    private string _draft = string.Empty;
    private string _killed = string.Empty;

    /// <summary>The text.</summary>
    public string Text { get; private set; } = string.Empty;

    /// <summary>Where the next character goes, as an index into the text; never inside a character.</summary>
    public int Cursor { get; private set; }

    /// <summary>Takes a key.</summary>
    public EditResult Handle(ConsoleKeyInfo key)
    {
        bool isControl = key.Modifiers.HasFlag(ConsoleModifiers.Control);
        bool isAlt = key.Modifiers.HasFlag(ConsoleModifiers.Alt);
        switch (key.Key)
        {
            // Some terminals send LF for Ctrl+Enter or in what is pasted.
            case ConsoleKey.Enter:
                return EditResult.Submitted;
            case ConsoleKey.Tab:
                return EditResult.Complete;
            case ConsoleKey.Backspace when isControl || isAlt:
                Kill(FindWordStart(), Cursor);
                break;
            case ConsoleKey.Backspace:
                Remove(Previous(Cursor), Cursor);
                break;
            case ConsoleKey.Delete:
                Remove(Cursor, Next(Cursor));
                break;
            case ConsoleKey.LeftArrow:
                Cursor = isControl || isAlt ? FindWordStart() : Previous(Cursor);
                break;
            case ConsoleKey.RightArrow:
                Cursor = isControl || isAlt ? FindWordEnd() : Next(Cursor);
                break;
            case ConsoleKey.Home:
                Cursor = 0;
                break;
            case ConsoleKey.End:
                Cursor = Text.Length;
                break;
            case ConsoleKey.UpArrow:
                Recall(_historyIndex - 1);
                break;
            case ConsoleKey.DownArrow:
                Recall(_historyIndex + 1);
                break;
            case ConsoleKey.Escape:
                Set(string.Empty);
                break;
            default:
                return isControl && !isAlt ? HandleControl(key.Key) : HandleText(key, isAlt);
        }

        return EditResult.Edited;
    }

    /// <summary>Takes the complete line, remembers it and begins the next one.</summary>
    public string TakeLine()
    {
        string line = Text;
        if (line.Length > 0 && (_history.Count == 0 || _history[^1] != line))
        {
            _history.Add(line);
            if (_history.Count > MaxHistory)
            {
                _history.RemoveAt(0);
            }
        }

        _historyIndex = _history.Count;
        _draft = string.Empty;
        Set(string.Empty);
        return line;
    }

    /// <summary>Puts text in the place of a part of the line, and the cursor behind it.</summary>
    public void Replace(int start, int end, string text)
    {
        Text = string.Concat(Text.AsSpan(0, start), text, Text.AsSpan(end));
        Cursor = start + text.Length;
    }

    private EditResult HandleControl(ConsoleKey key)
    {
        switch (key)
        {
            case ConsoleKey.C:
                return EditResult.Quit;
            case ConsoleKey.D when Text.Length == 0:
                return EditResult.Quit;
            case ConsoleKey.D:
                Remove(Cursor, Next(Cursor));
                break;
            case ConsoleKey.L:
                return EditResult.Clear;
            case ConsoleKey.J or ConsoleKey.M:
                return EditResult.Submitted;
            case ConsoleKey.I:
                return EditResult.Complete;
            case ConsoleKey.H:
                Remove(Previous(Cursor), Cursor);
                break;
            case ConsoleKey.A:
                Cursor = 0;
                break;
            case ConsoleKey.E:
                Cursor = Text.Length;
                break;
            case ConsoleKey.B:
                Cursor = Previous(Cursor);
                break;
            case ConsoleKey.F:
                Cursor = Next(Cursor);
                break;
            case ConsoleKey.K:
                Kill(Cursor, Text.Length);
                break;
            case ConsoleKey.U:
                Kill(0, Cursor);
                break;
            case ConsoleKey.W:
                Kill(FindWordStart(), Cursor);
                break;
            case ConsoleKey.Y:
                Replace(Cursor, Cursor, _killed);
                break;
            case ConsoleKey.P:
                Recall(_historyIndex - 1);
                break;
            case ConsoleKey.N:
                Recall(_historyIndex + 1);
                break;
        }

        return EditResult.Edited;
    }

    private EditResult HandleText(ConsoleKeyInfo key, bool isAlt)
    {
        // Right Alt with Control is how many keyboards write signs; Alt alone moves by words, as in a shell.
        if (isAlt && !key.Modifiers.HasFlag(ConsoleModifiers.Control))
        {
            switch (key.Key)
            {
                case ConsoleKey.B:
                    Cursor = FindWordStart();
                    return EditResult.Edited;
                case ConsoleKey.F:
                    Cursor = FindWordEnd();
                    return EditResult.Edited;
                case ConsoleKey.D:
                    Kill(Cursor, FindWordEnd());
                    return EditResult.Edited;
            }
        }

        if (key.KeyChar == '\n' || key.KeyChar == '\r')
        {
            return EditResult.Submitted;
        }

        if (!char.IsControl(key.KeyChar))
        {
            // A character beyond the first plane comes as two keys.
            Replace(Cursor, Cursor, key.KeyChar.ToString());
        }

        return EditResult.Edited;
    }

    private void Set(string text)
    {
        Text = text;
        Cursor = text.Length;
    }

    private void Remove(int start, int end)
    {
        Text = Text.Remove(start, end - start);
        Cursor = start;
    }

    private void Kill(int start, int end)
    {
        if (end > start)
        {
            _killed = Text[start..end];
            Remove(start, end);
        }
    }

    private void Recall(int index)
    {
        if (index < 0 || index > _history.Count)
        {
            return;
        }

        if (_historyIndex == _history.Count)
        {
            _draft = Text;
        }

        _historyIndex = index;
        Set(index == _history.Count ? _draft : _history[index]);
    }

    private int Next(int index) => index >= Text.Length ? Text.Length : index + StringInfo.GetNextTextElementLength(Text, index);

    private int Previous(int index)
    {
        int previous = 0;
        for (int next = Next(0); next < index; next = Next(next))
        {
            previous = next;
        }

        return previous;
    }

    private int FindWordStart()
    {
        int index = Cursor;
        while (index > 0 && char.IsWhiteSpace(Text[index - 1]))
        {
            index--;
        }

        while (index > 0 && !char.IsWhiteSpace(Text[index - 1]))
        {
            index--;
        }

        return index;
    }

    private int FindWordEnd()
    {
        int index = Cursor;
        while (index < Text.Length && char.IsWhiteSpace(Text[index]))
        {
            index++;
        }

        while (index < Text.Length && !char.IsWhiteSpace(Text[index]))
        {
            index++;
        }

        return index;
    }
}
