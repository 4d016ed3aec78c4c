using System;
using System.ComponentModel;
using System.Linq;
using System.Threading.Tasks;

namespace PSSockets.ModuleTests;

/// <summary>Runs a Pester file in a process of its own: by Pester in pwsh where both are installed, else by the stand-in runner.</summary>
internal static class PesterRunner
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(3);
    private static readonly Lazy<Task<bool>> s_hasPester = new(HasPesterAsync);

    public static async Task<ProcessRun> RunAsync(string path) => await s_hasPester.Value
        ? await ProcessRun.StartAsync("pwsh", ["-NoProfile", "-NonInteractive", "-Command", PesterCommand(path)], s_limit)
        : await RunStandInAsync(path);

    public static Task<ProcessRun> RunStandInAsync(string path, params string[] options) => ProcessRun.StartAsync(
        Checkout.Shell, ["-NoModule", "-NonInteractive", "-File", Checkout.StandInRunner, "-Path", path, .. options], s_limit);

    // A file without tests is a failure for us, not for Pester.
    private static string PesterCommand(string path) => $$"""
        Import-Module Pester -MinimumVersion 5.0
        $configuration = New-PesterConfiguration
        $configuration.Run.Path = '{{path.Replace("'", "''", StringComparison.Ordinal)}}'
        $configuration.Run.PassThru = $true
        $configuration.Output.Verbosity = 'Detailed'
        $configuration.Output.RenderMode = 'Plaintext'
        $result = Invoke-Pester -Configuration $configuration
        if ($result.TotalCount -eq 0) { 'The file has no tests.'; exit 1 }
        exit [System.Math]::Min($result.FailedCount + $result.FailedBlocksCount + $result.FailedContainersCount, 100)
        """;

    private static async Task<bool> HasPesterAsync()
    {
        try
        {
            ProcessRun run = await ProcessRun.StartAsync(
                "pwsh",
                ["-NoProfile", "-NonInteractive", "-Command", "(Get-Module -ListAvailable Pester).Version | ForEach-Object { \"$_\" }"],
                TimeSpan.FromMinutes(1));
            return run.Output.Split('\n').Any(line => Version.TryParse(line.Trim(), out Version? version) && version.Major >= 5);
        }
        catch (Win32Exception)
        {
            // There is no pwsh.
            return false;
        }
    }
}
