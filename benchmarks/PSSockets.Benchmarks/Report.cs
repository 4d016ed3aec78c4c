using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using PSSockets.Benchmarks.Measuring;

namespace PSSockets.Benchmarks;

/// <summary>Writes markdown as results come in, and the targets with what became of them at the end.</summary>
internal sealed class Report(TextWriter output)
{
    private readonly TextWriter _output = output;
    private readonly List<string[]> _targets = [];

    public void Heading(string text) => _output.WriteLine($"\n## {text}\n");

    public void Remark(string text) => _output.WriteLine($"\n{text}");

    public void Table(string[] header, IEnumerable<string[]> rows)
    {
        _output.WriteLine($"| {string.Join(" | ", header)} |");
        _output.WriteLine($"|{string.Concat(Enumerable.Repeat("---|", header.Length))}");
        foreach (string[] row in rows)
        {
            _output.WriteLine($"| {string.Join(" | ", row)} |");
        }
    }

    /// <summary>Says how disturbed the runs of a table were.</summary>
    public void Noise(Samples samples)
    {
        (int disturbed, int all) = samples.Noise;
        Remark($"{disturbed} of {all} runs had more than 0.25 cores of other programs' use beside them, after repeats.");
    }

    /// <summary>Takes note of a target: at least so much.</summary>
    public void Target(string what, Spread measured, double atLeast, string unit = "")
        => AddTarget(what, measured, $"≥ {Number(atLeast)}{unit}", unit, measured.Median >= atLeast);

    public void WriteTargets()
    {
        if (_targets.Count > 0)
        {
            Heading("Targets");
            Table(["target", "wanted", "measured, median (min..max)", ""], _targets);
        }
    }

    public static string Rate(Spread rate) => $"{Thousands(rate.Median)} ({Thousands(rate.Min)}..{Thousands(rate.Max)})";

    public static string Ratio(Spread ratio) => $"{Number(ratio.Median)} ({Number(ratio.Min)}..{Number(ratio.Max)})";

    public static string Number(double value)
        => value.ToString(value >= 100_000 ? "#,0" : value >= 10 ? "0.0" : "0.00", CultureInfo.InvariantCulture);

    private static string Thousands(double rate) => rate >= 1_000_000
        ? (rate / 1_000_000).ToString("0.00", CultureInfo.InvariantCulture) + "M"
        : rate >= 10_000
            ? (rate / 1000).ToString("0.0", CultureInfo.InvariantCulture) + "k"
            : rate.ToString("#,0", CultureInfo.InvariantCulture);

    private void AddTarget(string what, Spread measured, string wanted, string unit, bool met)
        => _targets.Add([what, wanted, $"{(measured.Median >= 100_000 ? Rate(measured) : Ratio(measured))}{unit}", met ? "met" : "**missed**"]);
}
