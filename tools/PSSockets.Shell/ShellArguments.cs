using System;
using System.Collections.Generic;
using System.IO;

namespace PSSockets.Shell;

/// <summary>What the command line asks for. The spelling is that of pwsh, case does not matter.</summary>
internal sealed record ShellArguments
{
    public const string Usage =
        "Usage: pssockets-shell [-NoLogo] [-NoModule] [-NoProfile] [-NonInteractive] [-Command <text> | [-File] <script.ps1> [arguments]]";

    /// <summary>Script text to run, or null.</summary>
    public string? Command { get; private init; }

    /// <summary>Full path of the script to run, or null. With neither text nor script the shell prompts.</summary>
    public string? File { get; private init; }

    public IReadOnlyList<string> ScriptArguments { get; private init; } = [];

    public bool ImportModule { get; private init; } = true;

    public bool ShowLogo { get; private init; } = true;

    public bool CanPrompt { get; private init; } = true;

    public bool RunsOnce => Command is not null || File is not null;

    public static ShellArguments Parse(ReadOnlySpan<string> args)
    {
        ShellArguments result = new();
        for (int i = 0; i < args.Length; i++)
        {
            ReadOnlySpan<string> rest = args[(i + 1)..];
            switch (args[i].ToLowerInvariant())
            {
                case "-nologo":
                    result = result with { ShowLogo = false };
                    break;
                case "-nomodule":
                    result = result with { ImportModule = false };
                    break;
                case "-noprofile":
                    // There are no profiles here; accepted because scripts that start a shell pass it.
                    break;
                case "-noninteractive":
                    result = result with { CanPrompt = false };
                    break;
                case "-command" or "-c":
                    return rest.IsEmpty
                        ? throw new ArgumentException("-Command needs the text of a command.")
                        : result with { Command = string.Join(' ', rest!) };
                case "-file" or "-f":
                    return rest.IsEmpty
                        ? throw new ArgumentException("-File needs the path of a script.")
                        : result.WithFile(rest[0], rest[1..]);
                default:
                    return result.WithFile(args[i], rest);
            }
        }

        return result;
    }

    private ShellArguments WithFile(string path, ReadOnlySpan<string> arguments)
    {
        if (path.StartsWith('-'))
        {
            throw new ArgumentException($"Unknown option '{path}'.");
        }

        return System.IO.File.Exists(path)
            ? this with { File = Path.GetFullPath(path), ScriptArguments = arguments.ToArray() }
            : throw new ArgumentException($"There is no script file '{path}'.");
    }
}
