using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;

namespace PSSockets.ModuleTests;

/// <summary>What a finished process left: its exit code, null when it ran into the time limit and was killed, and its output.</summary>
internal sealed record ProcessRun(int? ExitCode, string Output, string Error)
{
    public string All => $"{Output}{Error}";

    public static async Task<ProcessRun> StartAsync(
        string fileName,
        IEnumerable<string> arguments,
        TimeSpan limit,
        string input = "",
        Func<Process, Task>? whileRunning = null)
    {
        ProcessStartInfo info = new(fileName, arguments)
        {
            WorkingDirectory = Checkout.Root,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // Plain output whatever the terminal of the test run says.
        info.Environment["NO_COLOR"] = "1";
        using Process process = Process.Start(info)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        if (whileRunning is not null)
        {
            await whileRunning(process);
        }

        bool ended = await WaitAsync(process, limit);
        return new ProcessRun(ended ? process.ExitCode : null, await output, await error);
    }

    private static async Task<bool> WaitAsync(Process process, TimeSpan limit)
    {
        using CancellationTokenSource timeout = new(limit);
        try
        {
            await process.WaitForExitAsync(timeout.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            return false;
        }
    }
}
