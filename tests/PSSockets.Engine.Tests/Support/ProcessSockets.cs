using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;

namespace PSSockets.Engine.Tests.Support;

/// <summary>The sockets that this process has open, as far as the system tells (Linux).</summary>
internal static class ProcessSockets
{
    public static bool AreCountable => OperatingSystem.IsLinux();

    public static int Count() => Directory.GetFiles("/proc/self/fd").Count(IsSocket);

    /// <summary>Waits until no more sockets are open than at the beginning; the system frees some with a delay.</summary>
    public static Task NoMoreThanAsync(int before)
        => Limit.UntilAsync(() => Count() <= before, $"no more than {before} sockets are open (there are {Count()})");

    private static bool IsSocket(string path)
    {
        try
        {
            return File.ResolveLinkTarget(path, returnFinalTarget: false) is { } target
                && target.Name.StartsWith("socket:", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            // Closed meanwhile.
            return false;
        }
    }
}
