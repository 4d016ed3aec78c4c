using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace PSSockets.Benchmarks.Processes;

/// <summary>The PowerShell that hosts what is measured: pwsh where there is one, else the project's own shell over the same engine.</summary>
internal sealed class PowerShellProgram
{
    private readonly string _fileName;

    private PowerShellProgram(string fileName, string name)
    {
        _fileName = fileName;
        Name = name;
    }

    public string Name { get; }

    /// <summary>Finds it.</summary>
    /// <param name="given">A path that the user has given, or null.</param>
    public static PowerShellProgram Find(string? given)
    {
        string? fileName = given ?? (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
            .Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, OperatingSystem.IsWindows() ? "pwsh.exe" : "pwsh"))
            .FirstOrDefault(File.Exists);
        return fileName is null ? new PowerShellProgram(Checkout.Shell, "embedded shell") : new PowerShellProgram(fileName, "pwsh");
    }

    /// <summary>Starts a script of this program.</summary>
    public ChildProcess Start(string script, params IEnumerable<string> arguments)
        => ChildProcess.Start(_fileName, ["-NoLogo", "-NoProfile", "-NonInteractive", "-File", Checkout.Script(script), .. arguments]);
}
