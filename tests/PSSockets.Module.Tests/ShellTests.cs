using System;
using System.Diagnostics;
using System.IO;
using System.Threading.Tasks;
using Xunit;

namespace PSSockets.ModuleTests;

/// <summary>The embedded shell behaves as pwsh does.</summary>
public sealed class ShellTests : IDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(1);
    private readonly string _folder = Directory.CreateTempSubdirectory("pssockets-shell-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("'fine'", 0)]
    [InlineData("exit 7", 7)]
    [InlineData("Get-Item /does/not/exist", 1)]
    [InlineData("Get-Item /does/not/exist; 'fine'", 0)]
    [InlineData("throw 'no'", 1)]
    [InlineData("'no end", 1)]
    public async Task Command_ends_with_the_exit_code_of_its_last_statement(string text, int exitCode)
    {
        ProcessRun run = await RunAsync("-Command", text);

        Assert.Equal(exitCode, run.ExitCode);
    }

    [Fact]
    public async Task Objects_are_formatted_and_errors_go_to_stderr()
    {
        ProcessRun run = await RunAsync(
            "-Command", "Write-Warning careful; Write-Error wrong; Write-Host done; [pscustomobject] @{ Port = 80; State = 'Open' }");

        Assert.Equal(["WARNING: careful", "done", "", "Port State", "---- -----", "  80 Open"], Lines(run.Output));
        Assert.Equal(["Write-Error: wrong"], Lines(run.Error));
        Assert.DoesNotContain('\e', run.All);
    }

    [Fact]
    public async Task File_gets_its_arguments_and_knows_where_it_stands()
    {
        string script = Script("""
            param([string] $Name, [switch] $Loud, [int] $Count, [Parameter(ValueFromRemainingArguments)] $Rest)
            "$Name $Loud $Count $Rest"
            $PSScriptRoot
            $PSCommandPath
            $MyInvocation.MyCommand.Path
            """);
        ProcessRun run = await RunAsync("-File", script, "-Name", "a b", "-Loud", "-Count:3", "x", "y");

        Assert.Equal(["a b True 3 x y", _folder, script, script], Lines(run.Output));
        Assert.Equal(0, run.ExitCode);
    }

    [Theory]
    [InlineData("exit 3", 3)]
    [InlineData("throw 'no'", 1)]
    [InlineData("Write-Error 'goes on'", 0)]
    public async Task File_ends_with_the_exit_code_of_the_script(string text, int exitCode)
    {
        ProcessRun run = await RunAsync("-File", Script(text));

        Assert.Equal(exitCode, run.ExitCode);
    }

    [Fact]
    public async Task Missing_script_and_unknown_option_are_refused()
    {
        Assert.Equal(64, (await RunAsync("-File", "no-such-file.ps1")).ExitCode);
        Assert.Equal(64, (await RunAsync("-NoSuchOption")).ExitCode);
    }

    [Fact]
    public async Task Prompt_reads_statements_over_several_lines_until_exit()
    {
        string input = """
            $x = 2
            if ($x -eq 2) {
                'two'
            }
            throw 'an error'
            'still here'
            exit 4
            'never'
            """;
        ProcessRun run = await ProcessRun.StartAsync(Checkout.Shell, ["-NoModule"], s_limit, input);

        Assert.Equal(["two", "still here"], Lines(run.Output));
        Assert.Contains("an error", run.Error, StringComparison.Ordinal);
        Assert.Equal(4, run.ExitCode);
    }

    [Fact]
    public async Task Confirmation_is_read_from_the_input_and_never_assumed()
    {
        string[] arguments = ["-NoModule", "-Command", "Stop-Process -Id $PID -Confirm; 'alive'"];
        ProcessRun refused = await ProcessRun.StartAsync(Checkout.Shell, arguments, s_limit, "n\n");
        ProcessRun unanswered = await ProcessRun.StartAsync(Checkout.Shell, arguments, s_limit);

        Assert.Contains("alive", refused.Output, StringComparison.Ordinal);
        Assert.Contains("nobody to answer", unanswered.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[powershell]::Create()")]
    [InlineData("[powershell]::Create([initialsessionstate]::CreateDefault2())")]
    public async Task Stand_in_commands_are_there_in_runspaces_that_a_script_makes(string create)
    {
        ProcessRun run = await RunAsync(
            "-Command", $"{create}.AddScript('1..9 | Select-Object -First 2 | ForEach-Object {{ Join-Path a $_ }}').Invoke()");

        Assert.Equal([Path.Combine("a", "1"), Path.Combine("a", "2")], Lines(run.Output));
    }

    [Fact]
    public async Task Module_is_imported_unless_told_otherwise()
    {
        const string Question = "(Get-Module PSSockets).Name";
        ProcessRun with = await ProcessRun.StartAsync(Checkout.Shell, ["-Command", Question], s_limit);

        Assert.Equal(["PSSockets"], Lines(with.All));
        Assert.Empty(Lines((await RunAsync("-Command", Question)).Output));
    }

    [Fact]
    public async Task Interrupt_ends_the_command_at_once()
    {
        if (OperatingSystem.IsWindows())
        {
            // There is no way to send Ctrl+C to one process only.
            return;
        }

        string started = Path.Combine(_folder, "started");
        ProcessRun run = await ProcessRun.StartAsync(
            Checkout.Shell,
            ["-NoModule", "-Command", $"Set-Content '{started}' x; Start-Sleep 50; 'never'"],
            s_limit,
            whileRunning: async process =>
            {
                while (!File.Exists(started))
                {
                    await Task.Delay(50);
                }

                using Process kill = Process.Start("kill", ["-INT", $"{process.Id}"]);
                await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(10));
            });

        Assert.Equal(130, run.ExitCode);
        Assert.Empty(run.Output);
    }

    private static Task<ProcessRun> RunAsync(params string[] arguments) =>
        ProcessRun.StartAsync(Checkout.Shell, ["-NoModule", .. arguments], s_limit);

    private static string[] Lines(string text)
    {
        string trimmed = text.ReplaceLineEndings("\n").TrimEnd('\n');
        return trimmed.Length == 0 ? [] : trimmed.Split('\n');
    }

    private string Script(string text)
    {
        string path = Path.Combine(_folder, "script.ps1");
        File.WriteAllText(path, text);
        return path;
    }
}
