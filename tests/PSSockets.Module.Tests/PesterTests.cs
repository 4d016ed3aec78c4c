using System.Globalization;
using System.IO;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using Xunit;
using Xunit.Abstractions;

namespace PSSockets.ModuleTests;

/// <summary>The Pester files under tests/, each a test of its own.</summary>
public sealed partial class PesterTests(ITestOutputHelper output)
{
    public static TheoryData<string> Files()
    {
        TheoryData<string> files = [];
        foreach (string path in Directory.GetFiles(Checkout.Tests, "*.Tests.ps1"))
        {
            files.Add(Path.GetFileName(path));
        }

        return files;
    }

    [Fact]
    public void The_repository_has_Pester_files() => Assert.NotEmpty(Files());

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Pester_file_passes(string file)
    {
        ProcessRun run = await PesterRunner.RunAsync(Path.Combine(Checkout.Tests, file));
        output.WriteLine(run.All);

        Match summary = Summary().Match(run.Output);
        int passed = summary.Success ? int.Parse(summary.Groups["passed"].ValueSpan, CultureInfo.InvariantCulture) : 0;
        output.WriteLine($"{passed} Pester tests passed in {file}.");

        Assert.True(run.ExitCode is not null, $"{file} ran into its time limit and was killed.\n{run.All}");
        Assert.True(run.ExitCode == 0, $"{file} failed with exit code {run.ExitCode}.\n{run.All}");

        // A script that leaves by exit may end with 0 before the summary.
        Assert.True(summary.Success, $"{file} did not come to its end.\n{run.All}");
        Assert.True(summary.Groups["failed"].Value == "0", $"{file} has failed tests.\n{run.All}");
    }

    [GeneratedRegex(@"Tests Passed: (?<passed>\d+), Failed: (?<failed>\d+)")]
    private static partial Regex Summary();
}
