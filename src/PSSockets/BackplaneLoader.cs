using System;
using System.IO;
using System.Reflection;
using System.Runtime.Loader;
using PSSockets.Engine.Chat;

namespace PSSockets;

/// <summary>
/// Loads the backplane and the client library under it, on first use, into a context of their own: another module may have loaded
/// another version of that library, or of what it needs. Only <see cref="IChatBackplane"/> crosses the border.
/// </summary>
internal static class BackplaneLoader
{
    private const string AssemblyName = "PSSockets.Nats";

    private static readonly object s_lock = new();
    private static Func<string, string?, string?, IChatBackplane>? s_create;

    /// <summary>Makes a backplane over NATS.</summary>
    /// <param name="address">Such as <c>nats://host:4222</c>.</param>
    /// <param name="userName">Who we are; null where the address says it, or nobody is asked.</param>
    /// <param name="password">That user's password.</param>
    /// <exception cref="FormatException">The address is malformed.</exception>
    public static IChatBackplane Create(string address, string? userName, string? password) => GetFactory()(address, userName, password);

    private static Func<string, string?, string?, IChatBackplane> GetFactory()
    {
        if (s_create is null)
        {
            lock (s_lock)
            {
                s_create ??= Load();
            }
        }

        return s_create;
    }

    private static Func<string, string?, string?, IChatBackplane> Load()
    {
        string folder = Path.Combine(Path.GetDirectoryName(typeof(BackplaneLoader).Assembly.Location)!, "nats");
        Assembly assembly = new Context(folder).LoadFromAssemblyPath(Path.Combine(folder, $"{AssemblyName}.dll"));
        MethodInfo create = assembly.GetType($"{AssemblyName}.NatsBackplane", throwOnError: true)!.GetMethod("Create")!;
        return create.CreateDelegate<Func<string, string?, string?, IChatBackplane>>();
    }

    /// <summary>What lies in the folder is loaded from there; all else, the engine too, is shared with everybody.</summary>
    private sealed class Context(string folder) : AssemblyLoadContext(AssemblyName, isCollectible: false)
    {
        protected override Assembly? Load(AssemblyName assemblyName)
        {
            if (assemblyName.Name == typeof(IChatBackplane).Assembly.GetName().Name)
            {
                return typeof(IChatBackplane).Assembly;
            }

            string path = Path.Combine(folder, $"{assemblyName.Name}.dll");
            return File.Exists(path) ? LoadFromAssemblyPath(path) : null;
        }
    }
}
