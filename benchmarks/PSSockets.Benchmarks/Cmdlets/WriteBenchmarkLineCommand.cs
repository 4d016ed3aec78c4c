using System.Globalization;
using System.Management.Automation;
using System.Text;

namespace PSSockets.Benchmarks.Cmdlets;

/// <summary>Writes strings to the pipeline and does nothing else: what any compiled cmdlet can reach at most.</summary>
[Cmdlet(VerbsCommunications.Write, "BenchmarkLine")]
public sealed class WriteBenchmarkLineCommand : PSCmdlet
{
    /// <summary>How many lines.</summary>
    [Parameter(Position = 0, Mandatory = true)]
    public int Count { get; set; }

    /// <summary>How many characters each has.</summary>
    [Parameter]
    public int Length { get; set; } = 64;

    /// <summary>Arrays of so many lines instead of single ones.</summary>
    [Parameter]
    public int ReadCount { get; set; } = 1;

    /// <summary>Decodes every line anew from bytes, as whoever receives lines must, instead of writing prepared ones.</summary>
    [Parameter]
    public SwitchParameter Decode { get; set; }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        byte[][] bytes = new byte[1000][];
        string[] prepared = new string[bytes.Length];
        for (int i = 0; i < prepared.Length; i++)
        {
            prepared[i] = string.Create(CultureInfo.InvariantCulture, $"{i:D4}").PadRight(Length, 'x');
            bytes[i] = Encoding.UTF8.GetBytes(prepared[i]);
        }

        if (ReadCount > 1)
        {
            for (int written = 0; written < Count; written += ReadCount)
            {
                object[] array = new object[ReadCount];
                for (int i = 0; i < array.Length; i++)
                {
                    array[i] = Next(written + i);
                }

                WriteObject(array, enumerateCollection: false);
            }

            return;
        }

        for (int i = 0; i < Count; i++)
        {
            WriteObject(Next(i));
        }

        string Next(int index) => Decode ? Encoding.UTF8.GetString(bytes[index % bytes.Length]) : prepared[index % prepared.Length];
    }
}
