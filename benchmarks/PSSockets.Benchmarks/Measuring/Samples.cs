using System;
using System.Collections.Generic;
using System.Linq;

namespace PSSockets.Benchmarks.Measuring;

/// <summary>One measured run.</summary>
/// <param name="Rate">Messages, lines or connections a second.</param>
/// <param name="Cores">Who used the processors.</param>
/// <param name="Note">What else there is to say, for the table.</param>
internal readonly record struct Sample(double Rate, MachineLoad.Cores Cores, string Note = "")
{
    /// <summary>The memory of the process under test at the end, in bytes; 0 where nobody asked.</summary>
    public long Memory { get; init; }
}

/// <summary>A median and what it lies between.</summary>
internal readonly record struct Spread(double Median, double Min, double Max)
{
    public static Spread Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        if (sorted.Length == 0)
        {
            return new Spread(double.NaN, double.NaN, double.NaN);
        }

        double median = (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
        return new Spread(median, sorted[0], sorted[^1]);
    }
}

/// <summary>The samples of several cases, by round, so that ratios are taken within a round: both sides then saw the same machine.</summary>
internal sealed class Samples
{
    /// <summary>Above this many cores of others' use, a run is repeated.</summary>
    private const double NoiseLimit = 0.25;

    private readonly Dictionary<string, List<Sample>> _byName = [];

    public IReadOnlyList<Sample> this[string name] => _byName[name];

    public bool Has(string name) => _byName.ContainsKey(name);

    /// <summary>How many runs were disturbed by others, of how many.</summary>
    public (int Disturbed, int All) Noise
        => (_byName.Values.Sum(list => list.Count(sample => sample.Cores.Foreign > NoiseLimit)), _byName.Values.Sum(list => list.Count));

    /// <summary>
    /// Runs the cases in paired rounds, A B C and C B A in turn. A disturbed run is repeated after a quieter moment, as long as there is
    /// time, and the least disturbed one counts.
    /// </summary>
    public static Samples Measure(IReadOnlyList<string> names, int rounds, PatienceBudget patience, Func<string, Sample> run)
    {
        Samples samples = new();
        for (int round = 0; round < rounds; round++)
        {
            foreach (string name in round % 2 == 0 ? names : names.Reverse())
            {
                Sample best = run(name);
                while (best.Cores.Foreign > NoiseLimit && patience.TrySpend())
                {
                    Sample again = run(name);
                    best = again.Cores.Foreign < best.Cores.Foreign ? again : best;
                }

                if (!samples._byName.TryGetValue(name, out List<Sample>? list))
                {
                    samples._byName[name] = list = [];
                }

                list.Add(best);
            }
        }

        return samples;
    }

    public Spread Rate(string name) => Spread.Of(_byName[name].Select(sample => sample.Rate));

    /// <summary>The rate of one case over that of another, within each round.</summary>
    public Spread Ratio(string name, string baseline)
        => Spread.Of(_byName[name].Zip(_byName[baseline], (sample, other) => sample.Rate / other.Rate));

    public double Median(string name, Func<Sample, double> value) => Spread.Of(_byName[name].Select(value)).Median;
}
