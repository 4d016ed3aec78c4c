using System;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace PSSockets.Engine.Transport;

/// <summary>
/// A set of sockets of which the system says which have become readable: Linux's epoll(7), of which .NET has no face of its own. Each
/// socket is told of once and then waits to be armed again. <see cref="Wait"/> has one caller at a time; the rest is safe for use by many threads.
/// </summary>
internal sealed class Epoll : IDisposable
{
    private const int CloseOnExec = 0x80000;
    private const int NonBlocking = 0x800;
    private const int ControlAdd = 1;
    private const int ControlModify = 3;
    private const uint Readable = 0x1;
    private const uint EndedByPeer = 0x2000;
    private const uint OneShot = 1u << 30;
    private const uint EdgeTriggered = 1u << 31;
    private const int InterruptedError = 4;

    /// <summary>How many sockets one call tells of.</summary>
    private const int BatchSize = 128;

    /// <summary>The token of what is no socket but ends a wait.</summary>
    private const long WakeToken = 0;

    /// <summary>struct epoll_event is 4 bytes of events and 8 of token, the latter aligned everywhere but on x86 and x64.</summary>
    private static readonly int s_tokenOffset = RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.X86 ? 4 : 8;

    private static readonly int s_eventSize = s_tokenOffset + 8;

    private readonly byte[] _events = new byte[BatchSize * s_eventSize];
    private readonly SafeFileHandle _set;
    private readonly SafeFileHandle _wake;

    private Epoll(SafeFileHandle set, SafeFileHandle wake)
    {
        _set = set;
        _wake = wake;
    }

    /// <summary>Makes a set; null where the system has none, or no more of them.</summary>
    public static Epoll? TryCreate()
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        SafeFileHandle set = new(NativeMethods.epoll_create1(CloseOnExec), ownsHandle: true);
        SafeFileHandle wake = new(NativeMethods.eventfd(0, CloseOnExec | NonBlocking), ownsHandle: true);
        Epoll epoll = new(set, wake);
        if (set.IsInvalid || wake.IsInvalid || !epoll.TryControl(ControlAdd, wake, Readable | EdgeTriggered, WakeToken))
        {
            epoll.Dispose();
            return null;
        }

        return epoll;
    }

    /// <summary>Has the set tell once when there is something to be read, the end of the stream or an error; at once where it is there already.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="token">What <see cref="Wait"/> says of it; greater than 0.</param>
    /// <param name="isKnown">True where it was armed before. Closing a socket takes it out of the set.</param>
    /// <returns>False where the system refuses.</returns>
    /// <exception cref="ObjectDisposedException">The socket, or the set, is closed.</exception>
    public bool TryArm(SafeHandle socket, long token, bool isKnown)
        => TryControl(isKnown ? ControlModify : ControlAdd, socket, Readable | EndedByPeer | OneShot, token);

    /// <summary>Waits until a socket has become readable, for so many milliseconds at most (-1: without limit), or until it is woken.</summary>
    /// <returns>The sockets' tokens, until the next call.</returns>
    public Tokens Wait(int milliseconds)
    {
        int count = NativeMethods.epoll_wait(_set, _events, BatchSize, milliseconds);
        if (count < 0 && Marshal.GetLastPInvokeError() != InterruptedError)
        {
            throw new InvalidOperationException($"epoll_wait failed: {Marshal.GetLastPInvokeErrorMessage()}");
        }

        return new Tokens(_events, Math.Max(count, 0));
    }

    /// <summary>Ends the wait that is under way, or else the next one.</summary>
    public void Wake()
    {
        long one = 1;
        _ = NativeMethods.write(_wake, ref one, sizeof(long));
    }

    public void Dispose()
    {
        _set.Dispose();
        _wake.Dispose();
    }

    private bool TryControl(int operation, SafeHandle handle, uint events, long token)
    {
        Span<byte> request = stackalloc byte[16];
        BinaryPrimitives.WriteUInt32LittleEndian(request, events);
        BinaryPrimitives.WriteInt64LittleEndian(request[s_tokenOffset..], token);
        return NativeMethods.epoll_ctl(_set, operation, handle, ref MemoryMarshal.GetReference(request)) == 0;
    }

    /// <summary>What a wait has found.</summary>
    public readonly ref struct Tokens(ReadOnlySpan<byte> events, int count)
    {
        private readonly ReadOnlySpan<byte> _events = events;

        public int Count { get; } = count;

        public long this[int index] => BinaryPrimitives.ReadInt64LittleEndian(_events[((index * s_eventSize) + s_tokenOffset)..]);
    }

    private static class NativeMethods
    {
        private const string LibC = "libc";

        [DllImport(LibC)]
        public static extern int epoll_create1(int flags);

        [DllImport(LibC)]
        public static extern int eventfd(uint value, int flags);

        [DllImport(LibC)]
        public static extern int epoll_ctl(SafeHandle set, int operation, SafeHandle file, ref byte request);

        [DllImport(LibC, SetLastError = true)]
        public static extern int epoll_wait(SafeHandle set, byte[] events, int count, int milliseconds);

        [DllImport(LibC)]
        public static extern nint write(SafeHandle file, ref long value, nint size);
    }
}
