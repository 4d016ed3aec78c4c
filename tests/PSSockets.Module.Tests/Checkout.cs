using System;
using System.IO;
using System.Linq;
using System.Reflection;

namespace PSSockets.ModuleTests;

/// <summary>Paths of the checkout that this assembly was built in.</summary>
internal static class Checkout
{
    public static string Root { get; } = Metadata("RepositoryRoot");

    public static string Tests { get; } = Path.Combine(Root, "tests");

    public static string StandInRunner { get; } = Path.Combine(Root, "tools", "Invoke-PesterStandIn.ps1");

    public static string Shell { get; } = Path.Combine(
        Root,
        "tools",
        "PSSockets.Shell",
        "bin",
        Metadata("Configuration"),
        "net10.0",
        OperatingSystem.IsWindows() ? "pssockets-shell.exe" : "pssockets-shell");

    private static string Metadata(string key) =>
        typeof(Checkout).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;
}
