using System;
using System.Collections;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Text;

namespace Microsoft.PowerShell.Commands;

/// <summary>What Set-Content and Add-Content share.</summary>
public abstract class WriteContentCommandBase : PSCmdlet, IDisposable
{
    private readonly List<FileStream> _files = [];

    [Parameter(Position = 0, Mandatory = true, ParameterSetName = "Path", ValueFromPipelineByPropertyName = true)]
    public string[]? Path { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = "LiteralPath", ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "LP")]
    public string[]? LiteralPath { get; set; }

    [Parameter(Position = 1, Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [AllowNull]
    [AllowEmptyCollection]
    public object?[]? Value { get; set; }

    [Parameter]
    public SwitchParameter NoNewline { get; set; }

    [Parameter]
    [EncodingArgument]
    public Encoding Encoding { get; set; } = EncodingArgumentAttribute.Utf8;

    [Parameter]
    public SwitchParameter AsByteStream { get; set; }

    [Parameter]
    public SwitchParameter Force { get; set; }

    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected abstract FileMode Mode { get; }

    private protected abstract string Action { get; }

    public void Dispose()
    {
        _files.ForEach(file => file.Dispose());
        GC.SuppressFinalize(this);
    }

    protected override void ProcessRecord()
    {
        if (_files.Count == 0)
        {
            Open();
        }

        foreach (FileStream file in _files)
        {
            foreach (object? item in Value ?? [])
            {
                file.Write(ToBytes(item));
            }

            file.Flush();
        }

        if (PassThru)
        {
            WriteObject(Value, enumerateCollection: true);
        }
    }

    private void Open()
    {
        foreach (string path in FileTarget.ResolveForWriting(this, Path, LiteralPath).Where(path => ShouldProcess($"Path: {path}", Action)))
        {
            FileTarget.Attempt(this, path, "GetContentWriter", ErrorCategory.WriteError, () =>
            {
                FileStream file = new(path, Mode, FileAccess.Write, FileShare.ReadWrite);
                _files.Add(file);
                if (file.Length == 0 && !AsByteStream)
                {
                    file.Write(Encoding.Preamble);
                }
            });
        }
    }

    private byte[] ToBytes(object? item)
    {
        object? value = item is PSObject wrapped ? wrapped.BaseObject : item;
        if (AsByteStream)
        {
            return value is IEnumerable and not string
                ? LanguagePrimitives.ConvertTo<byte[]>(value)
                : [LanguagePrimitives.ConvertTo<byte>(value)];
        }

        IEnumerable<object?> lines = value is IEnumerable items and not string ? items.Cast<object?>() : [item];
        string end = NoNewline ? string.Empty : Environment.NewLine;
        return Encoding.GetBytes(string.Concat(lines.Select(line => LanguagePrimitives.ConvertTo<string>(line) + end)));
    }
}

/// <summary>Set-Content for files.</summary>
[Cmdlet(VerbsCommon.Set, "Content", DefaultParameterSetName = "Path", SupportsShouldProcess = true)]
public sealed class SetContentCommand : WriteContentCommandBase
{
    private protected override FileMode Mode => FileMode.Create;

    private protected override string Action => "Set Content";
}

/// <summary>Add-Content for files.</summary>
[Cmdlet(VerbsCommon.Add, "Content", DefaultParameterSetName = "Path", SupportsShouldProcess = true)]
public sealed class AddContentCommand : WriteContentCommandBase
{
    private protected override FileMode Mode => FileMode.Append;

    private protected override string Action => "Add Content";
}
