using System;
using System.IO;
using System.Linq;
using System.Reflection;

namespace PSSockets.Benchmarks.Processes;

/// <summary>Paths of the checkout that this program was built in, and of what lies beside it.</summary>
internal static class Checkout
{
    private static string Root { get; } = Metadata("RepositoryRoot");

    public static string Manifest { get; } = Path.Combine(Root, "PSSockets.psd1");

    /// <summary>The tutorial's threaded server, as the interop tests run it too; it listens on port 8080.</summary>
    public static string TutorialServer { get; } = Path.Combine(Root, "tests", "Support", "tutorial", "threaded_server.py");

    /// <summary>The tutorial's chat server; it listens on port 8080.</summary>
    public static string TutorialChatServer { get; } = Path.Combine(Root, "tests", "Support", "tutorial", "chat_server.py");

    /// <summary>This program's own assembly, whose cmdlets PowerShell can import.</summary>
    public static string Cmdlets { get; } = typeof(Checkout).Assembly.Location;

    public static string Script(string name) => Path.Combine(AppContext.BaseDirectory, "Scripts", name);

    /// <summary>The project's own shell, for machines without pwsh.</summary>
    public static string Shell { get; } = Path.Combine(
        Root,
        "tools",
        "PSSockets.Shell",
        "bin",
        Metadata("Configuration"),
        "net10.0",
        OperatingSystem.IsWindows() ? "pssockets-shell.exe" : "pssockets-shell");

    private static string Metadata(string key)
        => typeof(Checkout).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;
}
