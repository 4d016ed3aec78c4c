using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Text;
using System.Threading;

namespace Microsoft.PowerShell.Commands;

/// <summary>Get-Content for files.</summary>
[Cmdlet(VerbsCommon.Get, "Content", DefaultParameterSetName = "Path")]
[OutputType(typeof(string), typeof(byte))]
public sealed class GetContentCommand : PSCmdlet
{
    [Parameter(Position = 0, Mandatory = true, ParameterSetName = "Path", ValueFromPipelineByPropertyName = true)]
    public string[]? Path { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = "LiteralPath", ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "LP")]
    public string[]? LiteralPath { get; set; }

    [Parameter]
    public SwitchParameter Raw { get; set; }

    [Parameter]
    [Alias("First", "Head")]
    [ValidateRange(0, long.MaxValue)]
    public long TotalCount { get; set; } = long.MaxValue;

    [Parameter]
    [Alias("Last")]
    [ValidateRange(0, int.MaxValue)]
    public int Tail { get; set; } = -1;

    /// <summary>Items to an output object: 1 writes them singly, 0 writes all as one array.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public long ReadCount { get; set; } = 1;

    /// <summary>Goes on with what is added to the file, until the pipeline is stopped.</summary>
    [Parameter]
    public SwitchParameter Wait { get; set; }

    [Parameter]
    [EncodingArgument]
    public Encoding Encoding { get; set; } = EncodingArgumentAttribute.Utf8;

    [Parameter]
    public SwitchParameter AsByteStream { get; set; }

    protected override void ProcessRecord()
    {
        foreach (string file in FileTarget.Resolve(this, Path, LiteralPath))
        {
            FileTarget.Attempt(this, file, "GetContentReader", ErrorCategory.ReadError, () => Read(file));
        }
    }

    private void Read(string file)
    {
        if (Directory.Exists(file))
        {
            WriteError(new ErrorRecord(
                new PSInvalidOperationException($"Unable to get content because '{file}' is a directory. Use Get-ChildItem instead."),
                "GetContainerContentException",
                ErrorCategory.InvalidOperation,
                file));
            return;
        }

        using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        if (AsByteStream)
        {
            using MemoryStream bytes = new();
            stream.CopyTo(bytes);
            WriteItems(bytes.ToArray(), writeAsOne: Raw);
            return;
        }

        using StreamReader reader = new(stream, Encoding);
        if (Raw)
        {
            WriteObject(reader.ReadToEnd());
        }
        else
        {
            WriteItems(Lines(reader), writeAsOne: false);
        }
    }

    private IEnumerable<string> Lines(StreamReader reader)
    {
        while (!Stopping)
        {
            if (reader.ReadLine() is string line)
            {
                yield return line;
            }
            else if (Wait)
            {
                Thread.Sleep(50);
            }
            else
            {
                yield break;
            }
        }
    }

    private void WriteItems<T>(IEnumerable<T> items, bool writeAsOne)
    {
        IEnumerable<T> wanted = Tail >= 0 ? items.TakeLast(Tail) : items.Take((int)long.Min(TotalCount, int.MaxValue));
        if (writeAsOne || ReadCount == 0)
        {
            WriteObject(wanted.ToArray());
        }
        else if (ReadCount == 1)
        {
            foreach (T item in wanted)
            {
                WriteObject(item);
            }
        }
        else
        {
            WriteObject(wanted.Chunk((int)ReadCount), enumerateCollection: true);
        }
    }
}
