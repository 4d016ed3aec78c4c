using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using PSSockets.Benchmarks.Processes;

namespace PSSockets.Benchmarks;

/// <summary>What the command line asks for.</summary>
internal sealed record BenchmarkOptions
{
    public const string Usage =
        """
        Usage: PSSockets.Benchmarks [echo] [receive] [send] [calls] [idle] [churn] [udp] [chat] [--pwsh <path>] [--rounds <n>] [--lines <n>] [--seconds <n>]
        Without names all suites run. Defaults: pwsh from the PATH or else the project's shell, 3 rounds, 1,000,000 lines, 1 second a run.
        """;

    public static readonly string[] AllSuites = ["echo", "receive", "send", "calls", "idle", "churn", "udp", "chat"];

    public IReadOnlyList<string> Suites { get; private init; } = AllSuites;

    public required PowerShellProgram PowerShell { get; init; }

    /// <summary>The Python to run the tutorial's server with; null where there is none.</summary>
    public string? Python { get; private init; } = FindProgram("python3");

    /// <summary>How often each case is measured.</summary>
    public int Rounds { get; private init; } = 3;

    /// <summary>How many lines go through a pipeline.</summary>
    public int Lines { get; private init; } = 1_000_000;

    /// <summary>How long one run of an echo, churn or UDP case lasts.</summary>
    public TimeSpan Duration { get; private init; } = TimeSpan.FromSeconds(1);

    /// <exception cref="ArgumentException">The command line cannot be understood.</exception>
    public static BenchmarkOptions Parse(string[] args)
    {
        BenchmarkOptions options = new() { PowerShell = null! };
        List<string> suites = [];
        string? pwsh = null;
        for (int i = 0; i < args.Length; i++)
        {
            string Value() => ++i < args.Length ? args[i] : throw new ArgumentException($"{args[i - 1]} needs a value.");
            int Number() => int.TryParse(Value(), NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0
                ? number
                : throw new ArgumentException($"{args[i - 1]} needs a number above 0.");
            switch (args[i])
            {
                case "--pwsh":
                    pwsh = Value();
                    break;
                case "--rounds":
                    options = options with { Rounds = Number() };
                    break;
                case "--lines":
                    options = options with { Lines = Number() };
                    break;
                case "--seconds":
                    options = options with { Duration = TimeSpan.FromSeconds(Number()) };
                    break;
                case string name when AllSuites.Contains(name):
                    suites.Add(name);
                    break;
                default:
                    throw new ArgumentException($"Unknown argument '{args[i]}'.");
            }
        }

        return options with
        {
            PowerShell = PowerShellProgram.Find(pwsh),
            Suites = suites.Count > 0 ? suites : AllSuites,
        };
    }

    /// <summary>A program on the path; null where there is none, or on Windows.</summary>
    public static string? FindProgram(string name) => OperatingSystem.IsWindows()
        ? null
        : (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
            .Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);
}
