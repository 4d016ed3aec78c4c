using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using PSSockets.Engine.Diagnostics;

namespace PSSockets.Watching;

/// <summary>Draws servers and their clients as the lines of a screen. Pure: it knows nothing of the terminal but its size.</summary>
internal static class WatchRenderer
{
    private const int NumbersWidth = 44;

    // Its numbers, its history, and a free line below its clients.
    private const int OwnLines = 3;

    /// <summary>Draws a screen.</summary>
    /// <param name="servers">The servers.</param>
    /// <param name="now">The time to show.</param>
    /// <param name="intervalSeconds">How often the screen is drawn.</param>
    /// <param name="width">Columns; no line is longer.</param>
    /// <param name="height">Lines; there are never more.</param>
    /// <param name="useBlocks">Draws the history with blocks, otherwise with plain characters.</param>
    public static IReadOnlyList<string> Draw(
        IReadOnlyList<ServerView> servers, DateTimeOffset now, double intervalSeconds, int width, int height, bool useBlocks)
    {
        List<string> lines = [DrawTitle(servers, now, intervalSeconds, width)];
        if (servers.Count == 0)
        {
            lines.Add(string.Empty);
            lines.Add("No server runs.");
        }
        else
        {
            lines.Add(DrawRow("Name", "EndPoint", "Clients", "In/s", "Out/s", "Msg/s", "Drops", "Errors", width));
            int[] rooms = Share(servers, height - lines.Count);
            for (int i = 0; i < servers.Count; i++)
            {
                DrawServer(lines, servers[i], rooms[i], width, useBlocks);
            }
        }

        return [.. lines.Take(Math.Max(height, 1)).Select(line => Cut(line, width))];
    }

    /// <summary>Gives each server a line, then more lines in turn to those that have something to put there.</summary>
    private static int[] Share(IReadOnlyList<ServerView> servers, int room)
    {
        int[] rooms = new int[servers.Count];
        bool any = true;
        while (any && room > 0)
        {
            any = false;
            for (int i = 0; i < rooms.Length && room > 0; i++)
            {
                if (rooms[i] < servers[i].Peers.Count + OwnLines)
                {
                    rooms[i]++;
                    room--;
                    any = true;
                }
            }
        }

        return rooms;
    }

    private static string DrawTitle(IReadOnlyList<ServerView> servers, DateTimeOffset now, double intervalSeconds, int width)
    {
        int clients = servers.Sum(server => server.Sample.ClientCount);
        string left = string.Create(CultureInfo.CurrentCulture, $"{servers.Count} {(servers.Count == 1 ? "server" : "servers")}, {clients} {(clients == 1 ? "client" : "clients")}, every {intervalSeconds} s");
        string right = string.Create(CultureInfo.CurrentCulture, $"{now:HH:mm:ss}  q quits");
        return left + right.PadLeft(Math.Max(width - left.Length, right.Length + 1));
    }

    private static void DrawServer(List<string> lines, ServerView server, int room, int width, bool useBlocks)
    {
        if (room == 0)
        {
            return;
        }

        SocketServerSample sample = server.Sample;
        string endPoint = sample.Status == Engine.Servers.ServerStatus.Running ? sample.LocalEndPoint : $"{sample.Status}";
        lines.Add(DrawRow(
            sample.Name,
            endPoint,
            Display.Count(sample.ClientCount),
            Display.ByteSize(sample.BytesReceivedPerSecond),
            Display.ByteSize(sample.BytesSentPerSecond),
            Display.Count(sample.MessagesReceivedPerSecond),
            Display.Count(sample.MessagesDropped),
            Display.Count(sample.ErrorCount),
            width));
        if (room >= OwnLines)
        {
            string peak = $" peak {Display.ByteSize(server.History.DefaultIfEmpty().Max())}/s";
            lines.Add($"  {Sparkline.Draw(server.History, Math.Max(Math.Min(width - 4 - peak.Length, ServerMonitor.HistoryLength), 1), useBlocks)}{peak}");
        }

        // Where not all clients fit, the last line says how many are missing.
        int rows = room - OwnLines;
        int shown = server.Peers.Count <= rows ? server.Peers.Count : Math.Max(rows - 1, 0);
        foreach (PeerView peer in server.Peers.Take(shown))
        {
            lines.Add(DrawRow(
                string.Empty,
                peer.RemoteEndPoint,
                Display.Duration(peer.IdleTime),
                Display.ByteSize(peer.Rates.BytesReceived),
                Display.ByteSize(peer.Rates.BytesSent),
                Display.Count(peer.Rates.MessagesReceived),
                string.Empty,
                string.Empty,
                width,
                isPeer: true));
        }

        if (shown < server.Peers.Count && rows > 0)
        {
            lines.Add($"  and {server.Peers.Count - shown} more");
        }

        if (room >= OwnLines)
        {
            lines.Add(string.Empty);
        }
    }

    private static string DrawRow(
        string name, string endPoint, string clients, string bytesIn, string bytesOut, string messages, string drops, string errors, int width, bool isPeer = false)
    {
        // What the numbers leave is shared by name and end point; a client has no name, and its end point gets it all.
        int rest = Math.Max(width - NumbersWidth, 20);
        int nameWidth = rest * 2 / 5;
        string left = isPeer
            ? "  " + Fit(endPoint, rest - 3)
            : Fit(name, nameWidth - 1) + " " + Fit(endPoint, rest - nameWidth - 1);
        return $"{left} {clients,7} {bytesIn,7} {bytesOut,7} {messages,6} {drops,5} {errors,6}";
    }

    private static string Fit(string text, int width) => Display.Shorten(Display.Plain(text), width).PadRight(width);

    private static string Cut(string line, int width) => line.Length <= width ? line.TrimEnd() : line[..width];
}
