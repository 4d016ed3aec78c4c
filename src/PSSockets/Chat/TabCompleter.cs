using System;
using System.Collections.Generic;
using System.Linq;

namespace PSSockets.Chat;

/// <summary>Completes commands, rooms and nicks in a line; each further Tab brings the next one that fits. Pure; not thread-safe.</summary>
internal sealed class TabCompleter
{
    private string[] _candidates = [];
    private int _start;
    private int _length;
    private int _next;

    /// <summary>Another key than Tab was pressed: the next Tab begins anew.</summary>
    public void Reset() => _candidates = [];

    /// <summary>Completes the word before the cursor.</summary>
    public void Complete(LineEditor editor, IEnumerable<string> commands, IEnumerable<string> rooms, IEnumerable<string> nicks)
    {
        if (_candidates.Length == 0)
        {
            string before = editor.Text[..editor.Cursor];
            _start = before.LastIndexOf(' ') + 1;
            _length = editor.Cursor - _start;
            _next = 0;

            // What is nothing yet is completed only where a name must follow.
            _candidates = _length == 0 && !before.StartsWith('/') ? [] : Find(before[_start..], before[.._start], commands, rooms, nicks);
        }

        if (_candidates.Length > 0)
        {
            string candidate = _candidates[_next++ % _candidates.Length];
            editor.Replace(_start, _start + _length, candidate);
            _length = candidate.Length;
        }
    }

    private static string[] Find(
        string word, string before, IEnumerable<string> commands, IEnumerable<string> rooms, IEnumerable<string> nicks)
    {
        string mark = word.StartsWith('#') ? "#" : string.Empty;
        (IEnumerable<string> names, string suffix) =
            before.Length == 0 && word.StartsWith('/') ? (commands, " ")
            : mark.Length > 0 || before is "/join " or "/leave " ? (rooms, " ")
            : (nicks, before.Length == 0 ? ": " : " ");
        return [.. names.Select(name => mark + name)
            .Where(name => name.StartsWith(word, StringComparison.OrdinalIgnoreCase))
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .Order(StringComparer.OrdinalIgnoreCase)
            .Select(name => name + suffix)];
    }
}
