using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using PSSockets.Benchmarks.Processes;

namespace PSSockets.Benchmarks.Suites;

/// <summary>What a call of a script block costs, by the way in which a compiled host makes it.</summary>
internal static class CallSuite
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    private static readonly (string Way, string Title)[] s_ways =
    [
        ("context in pipeline", "`InvokeWithContext` inside one long-lived pipeline: what handlers use"),
        ("context", "`InvokeWithContext` outside a pipeline: no error stream, no `$using:`, cannot be stopped"),
        ("invoke", "`ScriptBlock.Invoke` outside a pipeline: no `$_` either"),
        ("pipeline reused", "`PowerShell.Invoke`, object reused"),
        ("pipeline anew", "`PowerShell.Invoke`, new object"),
    ];

    public static void Run(BenchmarkOptions options, Report report)
    {
        Dictionary<string, List<double>> rates = s_ways.ToDictionary(way => way.Way, _ => new List<double>());
        using ChildProcess shell = options.PowerShell.Start(
            "Measure-Calls.ps1", Checkout.Cmdlets, options.Rounds.ToString(CultureInfo.InvariantCulture));
        while (shell.ReadLine(s_limit).Split('|') is [string way, string rate] && rates.TryGetValue(way, out List<double>? list))
        {
            list.Add(double.Parse(rate, CultureInfo.InvariantCulture));
        }

        report.Heading("Calls of a script block from a thread with a runspace of its own");
        report.Table(
            ["way", "calls/s, median (min..max)"],
            [.. s_ways.Where(way => rates[way.Way].Count > 0).Select(way => new[] { way.Title, Describe(rates[way.Way]) })]);
    }

    private static string Describe(List<double> rates)
    {
        double[] sorted = [.. rates.Order()];
        return string.Create(CultureInfo.InvariantCulture, $"{sorted[sorted.Length / 2]:#,0} ({sorted[0]:#,0}..{sorted[^1]:#,0})");
    }
}
