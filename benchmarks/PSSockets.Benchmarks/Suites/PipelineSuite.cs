using System;
using System.Globalization;
using System.IO;
using PSSockets.Benchmarks.Load;
using PSSockets.Benchmarks.Measuring;
using PSSockets.Benchmarks.Processes;

namespace PSSockets.Benchmarks.Suites;

/// <summary>Lines a second through a PowerShell pipeline, beside what a pipeline can do at all and what a plain script does.</summary>
internal static class PipelineSuite
{
    private const int LineLength = 64;
    private static readonly TimeSpan s_caseLimit = TimeSpan.FromSeconds(30);

    private static readonly string[] s_receive =
    [
        "receive null", "receive null ceiling", "receive null decoding", "receive null naive",
        "receive each", "receive each ceiling", "receive each naive",
        "receive arrays", "receive arrays ceiling", "receive arrays decoding",
    ];

    private static readonly string[] s_send =
    [
        "send array", "send array ceiling", "send array parameters", "send cmdlet", "send cmdlet ceiling", "send cmdlet parameters",
        "send arrays", "send each naive", "send foreach naive",
    ];

    public static void RunReceive(BenchmarkOptions options, Report report, PatienceBudget patience)
    {
        Samples samples = Measure(s_receive, options, patience);
        report.Heading($"Receive, {options.Lines:#,0} lines of {LineLength} bytes");
        report.Table(
            ["pipeline", "lines/s", "to the ceiling", "to the plain script", "CPU ns/line"],
            [
                Row(samples, "receive null", "`Receive-SocketData $c -Wait \\| Out-Null`", "receive null ceiling", "receive null naive"),
                Row(samples, "receive null ceiling", "ceiling: a cmdlet that only writes prepared strings", "receive null ceiling", null),
                Row(samples, "receive null decoding", "the same, decoding each string from bytes first", "receive null ceiling", null),
                Row(samples, "receive null naive", "plain script: `while ($line = $reader.ReadLine()) { $line }`", "receive null ceiling", null),
                Row(samples, "receive each", "`Receive-SocketData $c -Wait \\| ForEach-Object { $n++ }`", "receive each ceiling", "receive each naive"),
                Row(samples, "receive each ceiling", "ceiling", "receive each ceiling", null),
                Row(samples, "receive each naive", "plain script", "receive each ceiling", null),
                Row(samples, "receive arrays", "`... -ReadCount 1000 \\| ForEach-Object { $n += $_.Count }`", "receive arrays ceiling", "receive each naive"),
                Row(samples, "receive arrays ceiling", "ceiling: arrays of prepared strings", "receive arrays ceiling", null),
                Row(samples, "receive arrays decoding", "the same, decoding", "receive arrays ceiling", null),
            ]);
        report.Noise(samples);
        report.Target("receive into Out-Null, over the ceiling", samples.Ratio("receive null", "receive null ceiling"), 0.9);
        report.Target("receive into ForEach-Object, over the ceiling", samples.Ratio("receive each", "receive each ceiling"), 0.9);
        report.Target("receive with -ReadCount 1000", samples.Rate("receive arrays"), 2_000_000, " lines/s");
    }

    public static void RunSend(BenchmarkOptions options, Report report, PatienceBudget patience)
    {
        Samples samples = Measure(s_send, options, patience);
        report.Heading($"Send, {options.Lines:#,0} lines of {LineLength} bytes");
        report.Table(
            ["pipeline", "lines/s", "to the ceiling", "to the plain script", "CPU ns/line"],
            [
                Row(samples, "send array", "`$lines \\| Send-SocketData $c`", "send array ceiling", "send each naive"),
                Row(samples, "send array ceiling", "ceiling: `$lines \\|` a cmdlet that only takes objects", "send array ceiling", null),
                Row(samples, "send array parameters", "the same with the parameters of `Send-SocketData`", "send array ceiling", null),
                Row(samples, "send cmdlet", "a compiled cmdlet `\\| Send-SocketData $c`", "send cmdlet ceiling", "send each naive"),
                Row(samples, "send cmdlet ceiling", "ceiling: two compiled cmdlets", "send cmdlet ceiling", null),
                Row(samples, "send cmdlet parameters", "the same with the parameters of `Send-SocketData`", "send cmdlet ceiling", null),
                Row(samples, "send arrays", "`$arraysOf1000 \\| Send-SocketData $c`", "send array ceiling", "send each naive"),
                Row(samples, "send each naive", "plain script: `$lines \\| ForEach-Object { $writer.WriteLine($_) }`", "send array ceiling", null),
                Row(samples, "send foreach naive", "plain script: `foreach ($l in $lines) { $writer.WriteLine($l) }`", "send array ceiling", null),
            ]);
        report.Noise(samples);
        report.Target("send from an array, over the ceiling", samples.Ratio("send array", "send array ceiling"), 0.9);
        report.Target("send from a compiled cmdlet, over the ceiling", samples.Ratio("send cmdlet", "send cmdlet ceiling"), 0.9);
        report.Target("send from an array, over a cmdlet with its parameters", samples.Ratio("send array", "send array parameters"), 0.9);
        report.Target("send from a compiled cmdlet, over a cmdlet with its parameters", samples.Ratio("send cmdlet", "send cmdlet parameters"), 0.9);
        report.Target("send from an array, over a StreamWriter loop", samples.Ratio("send array", "send each naive"), 2);
    }

    private static string[] Row(Samples samples, string name, string title, string ceiling, string? naive) =>
    [
        title,
        Report.Rate(samples.Rate(name)),
        name == ceiling ? "" : Report.Ratio(samples.Ratio(name, ceiling)),
        naive is null ? "" : Report.Ratio(samples.Ratio(name, naive)),

        // Moves less than the rate does when others use the machine.
        $"{samples.Median(name, sample => sample.Cores.Tested / sample.Rate * 1e9):0}",
    ];

    private static Samples Measure(string[] names, BenchmarkOptions options, PatienceBudget patience)
    {
        using LineEndPoints ends = new(LineLength);
        using ChildProcess shell = options.PowerShell.Start(
            "Measure-Pipeline.ps1", Checkout.Manifest, Checkout.Cmdlets, $"{ends.SourcePort}", $"{ends.DrainPort}");
        string ready = shell.ReadLine(s_caseLimit);
        if (!ready.StartsWith("ready", StringComparison.Ordinal))
        {
            throw new IOException(ready);
        }

        foreach (string name in names)
        {
            RunOnce(name, Math.Max(options.Lines / 5, 1000));
        }

        return Samples.Measure(names, options.Rounds, patience, name => RunOnce(name, options.Lines));

        Sample RunOnce(string name, int lines)
        {
            MachineLoad load = MachineLoad.Begin(shell.Process);
            shell.WriteLine($"{name}:{lines}");
            double milliseconds = double.Parse(shell.ReadLine(s_caseLimit), CultureInfo.InvariantCulture);
            Sample sample = new(lines / milliseconds * 1000, load.End());
            bool isSent = name.StartsWith("send", StringComparison.Ordinal) && !name.EndsWith("ceiling", StringComparison.Ordinal)
                && !name.EndsWith("parameters", StringComparison.Ordinal);
            if (isSent && ends.TakeDrained(lines) is long arrived && arrived != lines)
            {
                throw new IOException($"{name}: {arrived} of {lines} lines have arrived.");
            }

            return sample;
        }
    }
}
