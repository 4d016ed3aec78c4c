using System;
using System.Collections.Generic;
using System.Linq;

namespace PSSockets.Watching;

/// <summary>A history as one line of blocks, or of plain characters where the terminal has no blocks.</summary>
internal static class Sparkline
{
    private const string Blocks = " ▁▂▃▄▅▆▇█";
    private const string Ascii = " _.-:=+*#";

    /// <summary>Draws the latest values, the highest one at full height; what is not nothing is never drawn as nothing.</summary>
    public static string Draw(IReadOnlyList<double> values, int width, bool useBlocks)
    {
        string levels = useBlocks ? Blocks : Ascii;
        double[] latest = [.. values.Skip(Math.Max(0, values.Count - width))];
        double peak = latest.Length == 0 ? 0 : latest.Max();
        return string.Concat(latest.Select(value => levels[value <= 0 || peak <= 0 ? 0 : Math.Max(1, (int)Math.Round(value / peak * (levels.Length - 1)))]))
            .PadLeft(width);
    }
}
