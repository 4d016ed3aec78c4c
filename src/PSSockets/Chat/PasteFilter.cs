using System;
using System.Collections.Generic;
using System.Text;

namespace PSSockets.Chat;

/// <summary>
/// Tells what is pasted from what is typed: terminals that can put a mark before and behind it (xterm's bracketed paste). Keys in, keys and
/// pasted texts out. Pure; not thread-safe.
/// </summary>
internal sealed class PasteFilter
{
    /// <summary>Asks the terminal for the marks; one that does not know them ignores it.</summary>
    public const string Begin = "\u001b[?2004h";

    /// <summary>Asks for no more of them.</summary>
    public const string End = "\u001b[?2004l";

    /// <summary>A longer text is kept only so far that this can be seen.</summary>
    public const int MaxLength = 64 * 1024;

    private const string BeginMark = "\u001b[200~";
    private const string EndMark = "\u001b[201~";

    private readonly List<ConsoleKeyInfo> _held = [];
    private StringBuilder? _pasted;

    /// <summary>What has come: a key that was typed, or a text that was pasted.</summary>
    public Queue<(ConsoleKeyInfo Key, string? Pasted)> Ready { get; } = new();

    /// <summary>Takes a key.</summary>
    public void Add(ConsoleKeyInfo key)
    {
        // A mark that got lost must not lock the user in.
        if (key.KeyChar == '\u0003')
        {
            _pasted = null;
        }

        string mark = _pasted is null ? BeginMark : EndMark;
        if (key.KeyChar != mark[_held.Count])
        {
            PassHeld();
        }

        if (key.KeyChar != mark[_held.Count])
        {
            Pass(key);
            return;
        }

        _held.Add(key);
        if (_held.Count == mark.Length)
        {
            _held.Clear();
            Toggle();
        }
    }

    /// <summary>No more keys are there: an Escape that came alone was typed, and begins no mark.</summary>
    public void Pause()
    {
        if (_pasted is null)
        {
            PassHeld();
        }
    }

    private void Toggle()
    {
        if (_pasted is null)
        {
            _pasted = new StringBuilder();
            return;
        }

        string text = _pasted.ToString().TrimEnd('\n');
        _pasted = null;
        if (text.Length > 0)
        {
            Ready.Enqueue((default, text));
        }
    }

    private void PassHeld()
    {
        _held.ForEach(Pass);
        _held.Clear();
    }

    private void Pass(ConsoleKeyInfo key)
    {
        if (_pasted is null)
        {
            Ready.Enqueue((key, null));
        }
        else if (_pasted.Length <= MaxLength)
        {
            char character = key.KeyChar;
            _pasted.Append(character is '\r' or '\n' ? "\n" : character == '\t' ? " " : char.IsControl(character) ? string.Empty : character.ToString());
        }
    }
}
