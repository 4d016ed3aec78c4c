using System;
using System.Globalization;
using System.Management.Automation.Host;
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

        return string.Create(CultureInfo.CurrentCulture, $"{(unit == 0 ? $"{bytes}" : value < 99.95 ? $"{value:0.0}" : $"{value:0}")} {units[unit]}");
    }

    /// <summary>The same for a rate.</summary>
    public static string ByteSize(double bytes) => ByteSize((long)Math.Round(bytes));

    /// <summary>A number in at most five characters: <c>99999</c>, <c>1.5M</c>, <c>200M</c>.</summary>
    public static string Count(double number)
    {
        string[] units = ["K", "M", "G", "T", "P", "E"];
        if (number < 99_999.5)
        {
            return string.Create(CultureInfo.CurrentCulture, $"{number:0}");
        }

        int unit = -1;
        while (number >= 999.5 && unit < units.Length - 1)
        {
            number /= 1000;
            unit++;
        }

        return string.Create(CultureInfo.CurrentCulture, $"{(number < 99.95 ? $"{number:0.0}" : $"{number:0}")}{units[unit]}");
    }

    /// <summary>Shortens a text to its column, in the middle: an end point's port and a path's last part tell most.</summary>
    /// <param name="text">The text.</param>
    /// <param name="host">Says how wide the terminal is; 120 columns where it does not.</param>
    /// <param name="otherColumns">How many characters the other columns take.</param>
    /// <param name="share">Which part of the rest is this column's.</param>
    public static string Fit(string text, PSHost host, int otherColumns, double share)
    {
        ArgumentNullException.ThrowIfNull(host);
        int width = 0;
        try
        {
            width = host.UI?.RawUI?.WindowSize.Width ?? 0;
        }
        catch (Exception exception) when (exception is NotImplementedException or HostException or InvalidOperationException or System.IO.IOException)
        {
            // A host without a screen.
        }

        return Shorten(Plain(text), (int)(((width > 0 ? width : 120) - otherColumns) * share));
    }

    /// <summary>Shortens a text in the middle to that many characters, ten at least.</summary>
    public static string Shorten(string text, int width)
    {
        ArgumentNullException.ThrowIfNull(text);
        width = Math.Max(width, 10);
        if (text.Length <= width)
        {
            return text;
        }

        int end = (width - 1) * 2 / 3;
        return $"{text[..(width - 1 - end)]}…{text[^end..]}";
    }

    /// <summary>A duration in at most seven characters: <c>0.3s</c>, <c>12s</c>, <c>5m 02s</c>, <c>3h 07m</c>, <c>2d 04h</c>.</summary>
    public static string Duration(TimeSpan duration) => duration switch
    {
        { TotalSeconds: < 10 } => string.Create(CultureInfo.CurrentCulture, $"{duration.TotalSeconds:0.0}s"),
        { TotalMinutes: < 1 } => $"{duration.Seconds}s",
        { TotalHours: < 1 } => $"{duration.Minutes}m {duration.Seconds:00}s",
        { TotalDays: < 1 } => $"{duration.Hours}h {duration.Minutes:00}m",
        { TotalDays: < 100 } => $"{(int)duration.TotalDays}d {duration.Hours:00}h",
        _ => $"{(int)duration.TotalDays}d",
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
