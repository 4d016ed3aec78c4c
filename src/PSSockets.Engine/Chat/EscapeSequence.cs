namespace PSSockets.Engine.Chat;

/// <summary>Finds the escape sequences of terminals (ECMA-48) in text, so that none of their parts is left as text. Pure.</summary>
internal static class EscapeSequence
{
    private const char Escape = '\u001B';
    private const char ControlSequence = '\u009B';
    private const char StringTerminator = '\u009C';
    private const char Bell = '\u0007';

    /// <summary>True where a sequence begins; those of C1 have one character, those of C0 begin with ESC.</summary>
    public static bool IsStart(char character) => character is Escape or ControlSequence or '\u0090' or '\u0098' or '\u009D' or '\u009E' or '\u009F';

    /// <summary>The index behind the sequence that begins at <paramref name="start"/>; an unfinished one goes to the end.</summary>
    public static int FindEnd(string text, int start)
    {
        int at = start + 1;
        char kind = text[start];
        if (kind == Escape)
        {
            if (at == text.Length)
            {
                return at;
            }

            // ESC and a character of @..._ is the 7-bit form of a C1 control.
            kind = text[at];
            if (kind is >= '@' and <= '_')
            {
                kind = (char)(kind + 0x40);
                at++;
            }
        }

        return kind switch
        {
            ControlSequence => SkipControlSequence(text, at),
            '\u0090' or '\u0098' or '\u009D' or '\u009E' or '\u009F' => SkipString(text, at),
            >= ' ' and <= '/' => SkipIntermediates(text, at),
            >= '0' and <= '~' => at + 1,
            _ => at,
        };
    }

    // CSI: parameters and intermediates, then one final character.
    private static int SkipControlSequence(string text, int at)
    {
        while (at < text.Length && text[at] is >= ' ' and <= '?')
        {
            at++;
        }

        return at < text.Length && text[at] is >= '@' and <= '~' ? at + 1 : at;
    }

    // ESC, intermediates, then one final character.
    private static int SkipIntermediates(string text, int at)
    {
        while (at < text.Length && text[at] is >= ' ' and <= '/')
        {
            at++;
        }

        return at < text.Length && text[at] is >= '0' and <= '~' ? at + 1 : at;
    }

    // OSC, DCS and the like go on to a terminator: BEL, ST, or ESC \.
    private static int SkipString(string text, int at)
    {
        for (; at < text.Length; at++)
        {
            if (text[at] is Bell or StringTerminator)
            {
                return at + 1;
            }

            if (text[at] == Escape)
            {
                return at + 1 < text.Length && text[at + 1] == '\\' ? at + 2 : at;
            }
        }

        return at;
    }
}
