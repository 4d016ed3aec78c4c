using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using System.Threading;

namespace PSSockets.Watching;

/// <summary>
/// The terminal's second screen: what stood there before comes back when it is disposed. Each frame goes out in one write and is drawn over the
/// last one, so that nothing flickers.
/// </summary>
internal sealed class WatchScreen : IDisposable
{
    private static readonly TimeSpan s_keyPeriod = TimeSpan.FromMilliseconds(30);

    private readonly TextWriter _output;

    public WatchScreen()
    {
        _output = Console.Out;
        _output.Write("\e[?1049h\e[?25l\e[?7l\e[2J");
        _output.Flush();
    }

    /// <summary>True where this process has a terminal for input and output.</summary>
    public static bool IsAvailable
        => !Console.IsOutputRedirected && !Console.IsInputRedirected && Environment.GetEnvironmentVariable("TERM") != "dumb";

    /// <summary>True where the terminal can show more than ASCII.</summary>
    public static bool HasBlocks => Console.OutputEncoding.CodePage is 65001 or 1200 or 12000;

    /// <summary>Draws a frame: each line over the old one, its rest cleared, and what is below as well.</summary>
    /// <param name="lines">The lines.</param>
    /// <param name="width">The width of the terminal: behind a full line nothing is cleared, which would take its last character.</param>
    /// <param name="height">The height of the terminal.</param>
    public void Draw(IReadOnlyList<string> lines, int width, int height)
    {
        // Terminals that know synchronized output show the frame at once; the others do not mind.
        StringBuilder frame = new("\e[?2026h\e[H");
        for (int i = 0; i < lines.Count; i++)
        {
            frame.Append(i == 0 ? "\e[7m" : "\r\n")
                .Append(lines[i])
                .Append(i == 0 ? "\e[0m" : string.Empty)
                .Append(lines[i].Length < width ? "\e[K" : string.Empty);
        }

        frame.Append(lines.Count < height ? "\r\n\e[J\e[?2026l" : "\e[?2026l");
        _output.Write(frame);
        _output.Flush();
    }

    /// <summary>Waits for the next frame's time.</summary>
    /// <returns>False where it is to end: q, Escape or Ctrl+C.</returns>
    public static bool Wait(TimeSpan duration, Func<bool> hasResized, CancellationToken cancellationToken)
    {
        long end = Environment.TickCount64 + (long)duration.TotalMilliseconds;
        while (true)
        {
            while (Console.KeyAvailable)
            {
                if (Console.ReadKey(intercept: true) is { Key: ConsoleKey.Q or ConsoleKey.Escape })
                {
                    return false;
                }
            }

            double left = Math.Min(end - Environment.TickCount64, s_keyPeriod.TotalMilliseconds);
            if (left <= 0 || hasResized())
            {
                return !cancellationToken.IsCancellationRequested;
            }

            if (cancellationToken.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(left)))
            {
                return false;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _output.Write("\e[?7h\e[?25h\e[?1049l");
        _output.Flush();
    }
}
