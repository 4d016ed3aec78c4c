using System;
using System.ComponentModel;
using System.Runtime.InteropServices;

namespace PSSockets.Benchmarks.Load;

/// <summary>The few system calls of Linux that a client needs to serve many connections on one thread at little cost.</summary>
internal static unsafe partial class Epoll
{
    private const int ControlAdd = 1;
    private const uint Readable = 1;

    // The kernel's structure is packed on x86-64 only.
    private static readonly int s_dataOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;

    public static int EventSize => s_dataOffset + 8;

    public static int Create()
    {
        int handle = epoll_create1(0);
        return handle >= 0 ? handle : throw new Win32Exception();
    }

    /// <summary>Has the socket reported as <paramref name="index"/> when there is something to read.</summary>
    public static void Add(int epoll, int socket, int index)
    {
        byte* data = stackalloc byte[16];
        *(uint*)data = Readable;
        *(int*)(data + s_dataOffset) = index;
        if (epoll_ctl(epoll, ControlAdd, socket, data) != 0)
        {
            throw new Win32Exception();
        }
    }

    /// <summary>Waits for readable sockets.</summary>
    /// <returns>How many events are in <paramref name="events"/>.</returns>
    public static int Wait(int epoll, Span<byte> events, int milliseconds)
    {
        fixed (byte* first = events)
        {
            return Math.Max(0, epoll_wait(epoll, first, events.Length / EventSize, milliseconds));
        }
    }

    public static int IndexOf(ReadOnlySpan<byte> events, int position)
        => MemoryMarshal.Read<int>(events[((position * EventSize) + s_dataOffset)..]);

    public static int Receive(int socket, Span<byte> buffer)
    {
        fixed (byte* first = buffer)
        {
            return (int)recv(socket, first, buffer.Length, 0);
        }
    }

    public static int Send(int socket, ReadOnlySpan<byte> buffer)
    {
        fixed (byte* first = buffer)
        {
            const int noSignal = 0x4000;
            return (int)send(socket, first, buffer.Length, noSignal);
        }
    }

    [LibraryImport("libc", EntryPoint = "close")]
    public static partial int Close(int handle);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_create1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_ctl(int epoll, int operation, int socket, byte* data);

    [LibraryImport("libc")]
    private static partial int epoll_wait(int epoll, byte* events, int maxEvents, int milliseconds);

    [LibraryImport("libc")]
    private static partial nint recv(int socket, byte* buffer, nint length, int flags);

    [LibraryImport("libc")]
    private static partial nint send(int socket, byte* buffer, nint length, int flags);
}
