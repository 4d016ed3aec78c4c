using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Xunit;

namespace PSSockets.ModuleTests;

/// <summary>The stand-in runner passes what Pester passes and is never more lenient.</summary>
public sealed class StandInRunnerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pester-stand-in-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task First_line_says_that_it_is_not_Pester()
    {
        ProcessRun run = await RunAsync("Describe 'd' { It 'i' { } }");

        Assert.StartsWith("PesterStandIn: this is the stand-in runner, not Pester.", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tests_fail_that_are_wrong_or_use_what_the_runner_does_not_know()
    {
        string[] bodies =
        [
            "1 | Should -Be 2",
            "1 | Should -Not -Be 1",
            "'a' | Should -BeExactly 'A'",
            "1, 2 | Should -Be 1",
            "1, 2 | Should -Be 2, 1",
            "1, 9 | Should -BeLessThan 5",
            "@() | Should -Not -BeNullOrEmpty",
            "1, 2 | Should -HaveCount 1",
            "{ 1 } | Should -Throw",
            "{ throw 'a' } | Should -Throw 'b'",
            "{ throw 'a' } | Should -Throw -ErrorId 'b'",
            "{ throw 'a' } | Should -Throw -ExceptionType ([System.IO.IOException])",
            "{ throw 'a' } | Should -Not -Throw",
            "1 | Should -BeSomething 1",
            "1 | Should",
            "1 | Should -Be 1 -BeTrue",
            "1 | Should -Be 1 -ErrorId 'x'",
            "1 | Should -BeTrue 1",
            "Should -Invoke Get-Date",
            "Mock Get-Date { }",
            "InModuleScope PSSockets { }",
            "throw 'an error'",
            "It 'inside a test' { }",
        ];
        ProcessRun run = await RunAsync($"Describe 'd' {{\n{string.Concat(bodies.Select((body, i) => $"It 'test {i}' {{ {body} }}\n"))}}}");

        Assert.Contains($"Tests Passed: 0, Failed: {bodies.Length},", run.Output, StringComparison.Ordinal);
        Assert.Equal(bodies.Length, run.ExitCode);
        Assert.All(bodies, (_, i) =>
        {
            Assert.Contains($"[-] test {i} ", run.Output, StringComparison.Ordinal);
            Assert.Contains($"sample.Tests.ps1:{i + 2}\n", run.Output.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        });
    }

    [Theory]
    [InlineData("")]
    [InlineData("Describe 'd' { }")]
    [InlineData("It 'i' { }")]
    [InlineData("throw 'while discovering'")]
    [InlineData("Describe 'd' { It 'i' { } ")]
    [InlineData("Describe 'd' { It 'i' }")]
    [InlineData("Describe 'd' { It 'i' { }; Unknown-Command }")]
    [InlineData("Describe 'd' { It 'i' { }; throw 'while discovering' }")]
    [InlineData("Describe 'd' { It '<_>' -ForEach @() { } }")]
    [InlineData("Describe 'd' { BeforeAll { }; BeforeAll { }; It 'i' { } }")]
    [InlineData("Describe 'd' -NoSuchParameter { It 'i' { } }")]
    public async Task File_without_tests_or_with_a_failing_discovery_fails(string text)
    {
        ProcessRun run = await RunAsync(text);

        Assert.Contains("files failed: 1", run.Output, StringComparison.Ordinal);
        Assert.Equal(1, run.ExitCode);
    }

    [Fact]
    public async Task Failing_BeforeAll_fails_its_block_and_all_tests_below()
    {
        ProcessRun run = await RunAsync(
            "Describe 'd' { BeforeAll { throw 'no' }; It 'a' { }; Context 'c' { It 'b' { } } }\nDescribe 'other' { It 'c' { } }");

        Assert.Contains("Tests Passed: 1, Failed: 2,", run.Output, StringComparison.Ordinal);
        Assert.Contains("Blocks failed: 1", run.Output, StringComparison.Ordinal);
        Assert.Equal(3, run.ExitCode);
    }

    [Theory]
    [InlineData("AfterAll { throw 'no' }", "Tests Passed: 1, Failed: 0,")]
    [InlineData("BeforeEach { throw 'no' }", "Tests Passed: 0, Failed: 1,")]
    [InlineData("AfterEach { throw 'no' }", "Tests Passed: 0, Failed: 1,")]
    public async Task Failing_set_up_or_tear_down_fails(string code, string summary)
    {
        ProcessRun run = await RunAsync($"Describe 'd' {{ {code}; It 'i' {{ }} }}");

        Assert.Contains(summary, run.Output, StringComparison.Ordinal);
        Assert.Equal(1, run.ExitCode);
    }

    [Fact]
    public async Task One_failing_case_of_many_fails()
    {
        ProcessRun run = await RunAsync("Describe 'd' { It 'is <_>' -ForEach 1, 2, 3 { $_ | Should -Not -Be 2 } }");

        Assert.Contains("[-] is 2", run.Output, StringComparison.Ordinal);
        Assert.Contains("Tests Passed: 2, Failed: 1,", run.Output, StringComparison.Ordinal);
        Assert.Equal(1, run.ExitCode);
    }

    [Fact]
    public async Task Exit_inside_a_test_leaves_no_summary()
    {
        ProcessRun run = await RunAsync("Describe 'd' { It 'i' { exit 0 }; It 'j' { throw } }");

        Assert.DoesNotContain("Tests Passed", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Operators_hold_as_in_Pester()
    {
        ProcessRun run = await RunAsync("""
            Describe 'operators' {
                It 'compare' {
                    1 | Should -Be 1
                    'a' | Should -Be 'A'
                    @(1, 2) | Should -Be @(1, 2)
                    Should -ActualValue 1 -Be 1
                    $null | Should -BeNullOrEmpty
                    @() | Should -BeNullOrEmpty
                    @{} | Should -BeNullOrEmpty
                    0 | Should -Not -BeNullOrEmpty
                    1 | Should -BeTrue
                    '' | Should -BeFalse
                    5, 6 | Should -BeGreaterThan 4
                    5 | Should -BeGreaterOrEqual 5
                    5 | Should -BeLessThan 6
                    5 | Should -BeLessOrEqual 5 -Because 'they are equal'
                    'abc' | Should -BeLike 'A*'
                    'abc' | Should -Not -BeLikeExactly 'A*'
                    'abc' | Should -Match '^A'
                    'abc' | Should -Not -MatchExactly '^A'
                }
                It 'count and contain' {
                    @() | Should -HaveCount 0
                    1, 2 | Should -HaveCount 2
                    1, 2 | Should -Contain 2
                    1 | Should -BeIn 1, 2
                }
                It 'look at types, paths and parameters' {
                    'a' | Should -BeOfType string
                    1 | Should -Not -BeOfType ([string])
                    $PSCommandPath | Should -Exist
                    Get-Command Start-Sleep | Should -HaveParameter Seconds -Type double -Mandatory
                    Get-Command Start-Sleep | Should -Not -HaveParameter Hours
                }
                It 'catch errors' {
                    { throw 'a message' } | Should -Throw 'a mess*'
                    { 1 } | Should -Not -Throw
                    $caught = { Get-Item /no/such/path -ErrorAction Stop } | Should -Throw -ErrorId 'PathNotFound,*' -PassThru
                    $caught.CategoryInfo.Category | Should -Be ObjectNotFound
                }
            }
            """);

        Assert.Contains("Tests Passed: 4, Failed: 0,", run.Output, StringComparison.Ordinal);
        Assert.Equal(0, run.ExitCode);
    }

    [Fact]
    public async Task Blocks_share_their_set_up_and_keep_apart_what_they_set()
    {
        ProcessRun run = await RunAsync("""
            BeforeDiscovery { $sums = @{ A = 1; B = 2; Sum = 3 }, @{ A = 2; B = 2; Sum = 4 } }
            BeforeAll { $file = 'file' }
            Describe 'round <_>' -ForEach 1, 2 {
                BeforeAll { $round = $_; $log = [System.Collections.ArrayList]::new() }
                BeforeEach { [void] $log.Add('before'); $each = "each $round" }
                AfterEach { [void] $log.Add('after') }
                AfterAll { $log.Count | Should -Be 12 }
                It '<A> and <B> is <Sum>' -ForEach $sums { $A + $B | Should -Be $Sum; $_.Sum | Should -Be $Sum }
                It 'sees what was set up in <file> <round>' { $each | Should -Be "each $round"; $mine = 1 }
                It 'does not see what another test set' { $mine | Should -BeNullOrEmpty }
                Context 'with files' {
                    It 'has a drive' { Set-Content TestDrive:/x 'text'; Get-Content (Join-Path $TestDrive x) | Should -Be 'text' }
                }
                Context 'without files' { It 'has an empty drive' { 'TestDrive:/x' | Should -Not -Exist } }
            }
            """);

        Assert.Contains("round 2", run.Output, StringComparison.Ordinal);
        Assert.Contains("[+] 2 and 2 is 4", run.Output, StringComparison.Ordinal);
        Assert.Contains("[+] sees what was set up in file 1", run.Output, StringComparison.Ordinal);
        Assert.Contains("Tests Passed: 12, Failed: 0,", run.Output, StringComparison.Ordinal);
        Assert.Equal(0, run.ExitCode);
    }

    [Fact]
    public async Task Skipped_tests_do_not_run()
    {
        ProcessRun run = await RunAsync("""
            Describe 'd' {
                It 'one' -Skip { throw }
                It 'two' { Set-ItResult -Skipped -Because 'of the weather'; throw }
                It 'three' { Set-ItResult -Inconclusive }
                Context 'all' -Skip { BeforeAll { throw }; It 'four' { throw } }
                Context 'every one' { BeforeAll { throw }; It 'five' -Skip { throw } }
            }
            """);

        Assert.Contains("[!] two, is skipped because of the weather", run.Output, StringComparison.Ordinal);
        Assert.Contains("Tests Passed: 0, Failed: 0, Skipped: 4, Inconclusive: 1,", run.Output, StringComparison.Ordinal);
        Assert.Equal(0, run.ExitCode);
    }

    [Fact]
    public async Task Tags_choose_what_runs()
    {
        const string Text = """
            Describe 'd' { It 'fast' -Tag fast { }; It 'slow' -Tag slow { throw } }
            Describe 'e' -Tag fast { It 'f' { } }
            """;

        Assert.Contains("Tests Passed: 2, Failed: 0,", (await RunAsync(Text, "-Tag", "fast")).Output, StringComparison.Ordinal);
        Assert.Contains("Tests Passed: 2, Failed: 0,", (await RunAsync(Text, "-ExcludeTag", "slow")).Output, StringComparison.Ordinal);
    }

    private async Task<ProcessRun> RunAsync(string text, params string[] options)
    {
        string path = Path.Combine(_folder, "sample.Tests.ps1");
        await File.WriteAllTextAsync(path, text);
        return await PesterRunner.RunStandInAsync(path, options);
    }
}
