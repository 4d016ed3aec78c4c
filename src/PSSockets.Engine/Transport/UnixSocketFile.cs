using System;
using System.IO;
using System.Net.Sockets;
using System.Threading;

namespace PSSockets.Engine.Transport;

/// <summary>The file that a Unix domain socket leaves behind where its process died.</summary>
internal static class UnixSocketFile
{
    // Where the runtime has no exception of its own for an error of the system, HResult is its number.
    private const int NoSuchDevice = 6;
    private const int NotSupportedOnMac = 102;

    /// <summary>A server that starts is refusing between its bind and its listen, a matter of microseconds.</summary>
    private static readonly TimeSpan s_startTime = TimeSpan.FromMilliseconds(50);

    /// <summary>Removes the socket file at that path where nobody listens on it. Any other file is left alone.</summary>
    /// <returns>True where the path is free now.</returns>
    public static bool RemoveIfStale(UnixDomainSocketEndPoint endPoint)
    {
        string path = endPoint.ToString();
        if (!IsSocket(path) || IsListening(endPoint))
        {
            return false;
        }

        Thread.Sleep(s_startTime);
        if (IsListening(endPoint))
        {
            return false;
        }

        File.Delete(path);
        return true;
    }

    private static bool IsListening(UnixDomainSocketEndPoint endPoint)
    {
        using Socket probe = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            // Non-blocking: a listener whose backlog is full says "try again", which is an answer too.
            probe.Blocking = false;
            probe.Connect(endPoint);
            return true;
        }
        catch (SocketException exception)
        {
            return exception.SocketErrorCode != SocketError.ConnectionRefused;
        }
    }

    /// <summary>
    /// .NET does not say what kind of file it sees, but a socket is the one kind that cannot be opened: open() fails with ENXIO on Linux
    /// and EOPNOTSUPP on macOS. Opened for reading and writing, so that a FIFO does not wait for its other end. On Windows a socket is a
    /// reparse point.
    /// </summary>
    private static bool IsSocket(string path)
    {
        try
        {
            if (OperatingSystem.IsWindows())
            {
                return (File.GetAttributes(path) & FileAttributes.ReparsePoint) != 0 && new FileInfo(path) is { LinkTarget: null, Length: 0 };
            }

            using Microsoft.Win32.SafeHandles.SafeFileHandle handle = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            return false;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
        catch (IOException exception)
        {
            // Any other error says nothing: a running program, for one, cannot be opened for writing either (ETXTBSY).
            return exception.HResult is NoSuchDevice or NotSupportedOnMac;
        }
    }
}
