using System;
using System.Globalization;
using System.IO;
using System.Management.Automation;
using System.Text;
using Microsoft.PowerShell.Commands.Internal.Format;

namespace Microsoft.PowerShell.Commands;

/// <summary>Format-Table, by the engine's formatter.</summary>
[Cmdlet(VerbsCommon.Format, "Table")]
public sealed class FormatTableCommand : OuterFormatTableBase
{
    public FormatTableCommand() => EngineInternals.UseFormatter(this, "Table");
}

/// <summary>Format-List, by the engine's formatter.</summary>
[Cmdlet(VerbsCommon.Format, "List")]
public sealed class FormatListCommand : OuterFormatTableAndListBase
{
    public FormatListCommand() => EngineInternals.UseFormatter(this, "List");
}

/// <summary>Out-String.</summary>
[Cmdlet(VerbsData.Out, "String", DefaultParameterSetName = "NoNewLineFormatting")]
[OutputType(typeof(string))]
public sealed class OutStringCommand : FrontEndCommandBase
{
    private readonly StringBuilder _text = new();
    private LineWriter? _writer;

    public OutStringCommand() => EngineInternals.UseOutputManager(this);

    [Parameter(ParameterSetName = "StreamFormatting")]
    public SwitchParameter Stream { get; set; }

    [Parameter]
    [ValidateRange(2, int.MaxValue)]
    public int Width { get; set; } = int.MaxValue;

    [Parameter(ParameterSetName = "NoNewLineFormatting")]
    public SwitchParameter NoNewline { get; set; }

    protected override void BeginProcessing()
    {
        _writer = new LineWriter(OnLine);
        EngineInternals.SetOutput(this, _writer, Width, noNewline: false);
        base.BeginProcessing();
    }

    protected override void EndProcessing()
    {
        base.EndProcessing();
        _writer!.Flush();
        if (!Stream)
        {
            WriteObject(_text.ToString());
        }
    }

    protected override void InternalDispose()
    {
        base.InternalDispose();
        _writer?.Dispose();
    }

    private void OnLine(string line)
    {
        if (Stream)
        {
            WriteObject(line);
        }
        else
        {
            _text.Append(line).Append(NoNewline ? string.Empty : Environment.NewLine);
        }
    }

    /// <summary>Hands each complete line to a callback.</summary>
    private sealed class LineWriter(Action<string> onLine) : TextWriter(CultureInfo.CurrentCulture)
    {
        private readonly StringBuilder _line = new();

        public override Encoding Encoding => Encoding.Unicode;

        public override void Write(char value) => _line.Append(value);

        public override void WriteLine(string? value)
        {
            onLine(_line.Append(value).ToString());
            _line.Clear();
        }

        public override void Flush()
        {
            if (_line.Length > 0)
            {
                WriteLine(string.Empty);
            }
        }
    }
}

/// <summary>Out-File, which the engine also uses for the redirection operators.</summary>
[Cmdlet(VerbsData.Out, "File", DefaultParameterSetName = "ByPath", SupportsShouldProcess = true)]
public sealed class OutFileCommand : FrontEndCommandBase
{
    private StreamWriter? _writer;

    public OutFileCommand() => EngineInternals.UseOutputManager(this);

    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "ByPath")]
    [Alias("Path")]
    public string? FilePath { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = "ByLiteralPath")]
    [Alias("PSPath", "LP")]
    public string? LiteralPath { get; set; }

    [Parameter(Position = 1)]
    [EncodingArgument]
    public Encoding Encoding { get; set; } = EncodingArgumentAttribute.Utf8;

    [Parameter]
    public SwitchParameter Append { get; set; }

    [Parameter]
    public SwitchParameter Force { get; set; }

    [Parameter]
    [Alias("NoOverwrite")]
    public SwitchParameter NoClobber { get; set; }

    [Parameter]
    [ValidateRange(2, int.MaxValue)]
    public int Width { get; set; } = int.MaxValue;

    [Parameter]
    public SwitchParameter NoNewline { get; set; }

    protected override void BeginProcessing()
    {
        string path = SessionState.Path.GetUnresolvedProviderPathFromPSPath(LiteralPath ?? FilePath);
        if (!ShouldProcess(path, "Output to File"))
        {
            return;
        }

        try
        {
            FileMode mode = Append ? FileMode.Append : NoClobber ? FileMode.CreateNew : FileMode.Create;
            _writer = new StreamWriter(new FileStream(path, mode, FileAccess.Write, FileShare.ReadWrite), Encoding);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            string id = NoClobber && File.Exists(path) ? "NoClobber" : "FileOpenFailure";
            ThrowTerminatingError(new ErrorRecord(error, id, ErrorCategory.OpenError, path));
        }

        EngineInternals.SetOutput(this, _writer!, Width, NoNewline);
        base.BeginProcessing();
    }

    protected override void ProcessRecord()
    {
        if (_writer is not null)
        {
            base.ProcessRecord();
            _writer.Flush();
        }
    }

    protected override void EndProcessing()
    {
        if (_writer is not null)
        {
            base.EndProcessing();
            _writer.Flush();
        }
    }

    protected override void InternalDispose()
    {
        base.InternalDispose();
        _writer?.Dispose();
    }
}
