using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Text;

namespace Microsoft.PowerShell.Commands;

/// <summary>Export-Csv: the properties of the first object are the columns, every value is quoted.</summary>
[Cmdlet(VerbsData.Export, "Csv")]
public sealed class ExportCsvCommand : PSCmdlet, IDisposable
{
    private StreamWriter? _writer;
    private string[] _columns = [];

    [Parameter(Position = 0, Mandatory = true)]
    public string? Path { get; set; }

    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    [Parameter]
    [EncodingArgument]
    public Encoding Encoding { get; set; } = EncodingArgumentAttribute.Utf8;

    public void Dispose() => _writer?.Dispose();

    protected override void BeginProcessing()
    {
        string path = SessionState.Path.GetUnresolvedProviderPathFromPSPath(Path);
        try
        {
            _writer = new StreamWriter(new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read), Encoding) { AutoFlush = true };
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            ThrowTerminatingError(new ErrorRecord(error, "FileOpenFailure", ErrorCategory.OpenError, path));
        }
    }

    protected override void ProcessRecord()
    {
        if (_columns.Length == 0)
        {
            _columns = InputObject!.Properties.Select(property => property.Name).ToArray();
            WriteRow(_columns);
        }

        WriteRow(_columns.Select(column => InputObject!.Properties[column]?.Value));
    }

    // A value that is null stays empty, without quotes.
    private void WriteRow(IEnumerable<object?> values) => _writer!.WriteLine(string.Join(
        ',',
        values.Select(value => value is null ? string.Empty : $"\"{LanguagePrimitives.ConvertTo<string>(value).Replace("\"", "\"\"")}\"")));
}
