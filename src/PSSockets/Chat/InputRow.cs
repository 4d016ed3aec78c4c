using System;
using System.Globalization;

namespace PSSockets.Chat;

/// <summary>
/// The last row of the screen, in which the user types. Lines appear above it: it is taken away, they are written, it is drawn again. Gives
/// what to write to the terminal; pure.
/// </summary>
internal sealed class InputRow
{
    private readonly LineView _view = new();
    private int _drawnColumns;
    private int _cursorColumn;
    private bool _isDrawn;

    /// <summary>What takes the row away.</summary>
    /// <param name="width">The terminal's columns now: where it has become narrower, it has broken the row into several.</param>
    public string Erase(int width)
    {
        if (!_isDrawn)
        {
            return string.Empty;
        }

        _isDrawn = false;
        int above = Math.Max(_cursorColumn, 0) / Math.Max(width, 1);
        return above > 0 && _drawnColumns > width ? string.Create(CultureInfo.InvariantCulture, $"\u001b[{above}A\r\u001b[J") : "\r\u001b[J";
    }

    /// <summary>What draws the row, where the cursor stands at the beginning of an empty one.</summary>
    public string Draw((string Text, int Columns) prompt, LineEditor editor, int width)
    {
        // The last column stays free: a character there makes some terminals go to the next row.
        int free = width - 1 - prompt.Columns;
        if (free < 8)
        {
            prompt = (string.Empty, 0);
            free = Math.Max(width - 1, 2);
        }

        // The line ends of what was pasted.
        (string visible, int column) = _view.Layout(editor.Text.Replace('\n', '\u21B5'), editor.Cursor, free);
        _drawnColumns = prompt.Columns + TextWidth.Of(visible);
        _cursorColumn = prompt.Columns + column;
        _isDrawn = true;
        string toCursor = _cursorColumn == 0 ? "\r" : string.Create(CultureInfo.InvariantCulture, $"\r\u001b[{_cursorColumn}C");
        return $"{prompt.Text}{visible}{toCursor}";
    }
}
