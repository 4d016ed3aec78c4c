using System;
using System.Globalization;
using System.Text;

namespace PSSockets;

/// <summary>How the table views show sizes, durations and what a peer has typed.</summary>
public static class Display
{
    /// <summary>Bytes in at most seven characters: <c>512 B</c>, <c>1.5 KB</c>, <c>20.1 MB</c>; a kilobyte is 1,024, as in the shell.</summary>
    public static string ByteSize(long bytes)
    {
        string[] units = ["B", "KB", "MB", "GB", "TB", "PB", "EB"];
        double value = bytes;
        int unit = 0;
        while (value >= 1000 && unit < units.Length - 1)
        {
            value /= 1024;
            unit++;
        }

        return string.Create(CultureInfo.CurrentCulture, $"{(unit == 0 ? $"{bytes}" : $"{value:0.0}")} {units[unit]}");
    }

    /// <summary>A duration in at most eight characters: <c>0.3s</c>, <c>12s</c>, <c>5m 02s</c>, <c>3h 07m</c>, <c>2d 04h</c>.</summary>
    public static string Duration(TimeSpan duration) => duration switch
    {
        { TotalSeconds: < 10 } => string.Create(CultureInfo.CurrentCulture, $"{duration.TotalSeconds:0.0}s"),
        { TotalMinutes: < 1 } => $"{duration.Seconds}s",
        { TotalHours: < 1 } => $"{duration.Minutes}m {duration.Seconds:00}s",
        { TotalDays: < 1 } => $"{duration.Hours}h {duration.Minutes:00}m",
        _ => $"{(int)duration.TotalDays}d {duration.Hours:00}h",
    };

    /// <summary>A peer's text without control and escape characters, so that it cannot steer the terminal.</summary>
    public static string Plain(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        StringBuilder plain = new(text.Length);
        foreach (char character in text)
        {
            plain.Append(char.IsControl(character) ? '\uFFFD' : character);
        }

        return plain.ToString();
    }
}
