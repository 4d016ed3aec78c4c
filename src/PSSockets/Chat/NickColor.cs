using System.Globalization;


namespace PSSockets.Chat;

/// <summary>The colour of a nick: the same everywhere and every time. Pure.</summary>
internal static class NickColor
{
    // Of the 256 colours of terminals, those of middling brightness: readable on dark and on light.
    private static readonly byte[] s_palette = [167, 173, 137, 107, 71, 72, 73, 74, 68, 98, 134, 168];

    /// <summary>The escape sequence for a nick's colour.</summary>
    public static string Of(string nick)
    {
        // FNV-1a: string.GetHashCode is another one in each process.
        uint hash = 2166136261;
        foreach (char character in nick.ToLowerInvariant())
        {
            hash = (hash ^ character) * 16777619;
        }

        return string.Create(CultureInfo.InvariantCulture, $"\u001b[1;38;5;{s_palette[hash % s_palette.Length]}m");
    }
}
