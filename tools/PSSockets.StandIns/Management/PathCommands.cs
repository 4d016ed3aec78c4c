using System.Linq;
using System.Management.Automation;

namespace Microsoft.PowerShell.Commands;

/// <summary>Join-Path.</summary>
[Cmdlet(VerbsCommon.Join, "Path")]
[OutputType(typeof(string))]
public sealed class JoinPathCommand : PSCmdlet
{
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath")]
    public string[] Path { get; set; } = [];

    [Parameter(Position = 1, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [AllowNull]
    [AllowEmptyString]
    public string[]? ChildPath { get; set; }

    [Parameter(Position = 2, ValueFromRemainingArguments = true)]
    [AllowNull]
    [AllowEmptyString]
    [AllowEmptyCollection]
    public string[]? AdditionalChildPath { get; set; }

    protected override void ProcessRecord()
    {
        foreach (string parent in Path)
        {
            WriteObject((ChildPath ?? []).Concat(AdditionalChildPath ?? []).Aggregate(parent, SessionState.Path.Combine));
        }
    }
}

/// <summary>Split-Path.</summary>
[Cmdlet(VerbsCommon.Split, "Path", DefaultParameterSetName = "ParentSet")]
[OutputType(typeof(string), typeof(bool))]
public sealed class SplitPathCommand : PSCmdlet
{
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    public string[] Path { get; set; } = [];

    [Parameter]
    [Alias("PSPath", "LP")]
    public string[]? LiteralPath { get; set; }

    [Parameter(ParameterSetName = "ParentSet")]
    public SwitchParameter Parent { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = "LeafSet")]
    public SwitchParameter Leaf { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = "LeafBaseSet")]
    public SwitchParameter LeafBase { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = "ExtensionSet")]
    public SwitchParameter Extension { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = "IsAbsoluteSet")]
    public SwitchParameter IsAbsolute { get; set; }

    protected override void ProcessRecord()
    {
        foreach (string path in LiteralPath ?? Path)
        {
            WriteObject(Part(path));
        }
    }

    private object Part(string path) => ParameterSetName switch
    {
        "LeafSet" => SessionState.Path.ParseChildName(path),
        "LeafBaseSet" => System.IO.Path.GetFileNameWithoutExtension(SessionState.Path.ParseChildName(path)),
        "ExtensionSet" => System.IO.Path.GetExtension(SessionState.Path.ParseChildName(path)),
        "IsAbsoluteSet" => SessionState.Path.IsPSAbsolute(path, out _) || System.IO.Path.IsPathRooted(path),
        _ => SessionState.Path.ParseParent(path, string.Empty),
    };
}

/// <summary>Resolve-Path.</summary>
[Cmdlet(VerbsDiagnostic.Resolve, "Path", DefaultParameterSetName = "Path")]
[OutputType(typeof(PathInfo), typeof(string))]
public sealed class ResolvePathCommand : ItemCommandBase
{
    [Parameter]
    public SwitchParameter Relative { get; set; }

    private protected override void Process(string path)
    {
        foreach (PathInfo resolved in SessionState.Path.GetResolvedPSPathFromPSPath(IsLiteral ? WildcardPattern.Escape(path) : path))
        {
            WriteObject(Relative ? ToRelative(resolved.Path) : resolved);
        }
    }

    private string ToRelative(string path)
    {
        string relative = SessionState.Path.NormalizeRelativePath(path, SessionState.Path.CurrentLocation.Path);
        return relative.StartsWith('.') ? relative : SessionState.Path.Combine(".", relative);
    }
}

/// <summary>Convert-Path.</summary>
[Cmdlet(VerbsData.Convert, "Path", DefaultParameterSetName = "Path")]
[OutputType(typeof(string))]
public sealed class ConvertPathCommand : ItemCommandBase
{
    private protected override void Process(string path) =>
        WriteObject(SessionState.Path.GetResolvedProviderPathFromPSPath(IsLiteral ? WildcardPattern.Escape(path) : path, out _), true);
}

/// <summary>Get-Location.</summary>
[Cmdlet(VerbsCommon.Get, "Location")]
[OutputType(typeof(PathInfo))]
public sealed class GetLocationCommand : PSCmdlet
{
    protected override void ProcessRecord() => WriteObject(SessionState.Path.CurrentLocation);
}

/// <summary>Set-Location.</summary>
[Cmdlet(VerbsCommon.Set, "Location", DefaultParameterSetName = "Path")]
public sealed class SetLocationCommand : PSCmdlet
{
    [Parameter(Position = 0, ParameterSetName = "Path", ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    public string Path { get; set; } = "~";

    [Parameter(Mandatory = true, ParameterSetName = "LiteralPath", ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "LP")]
    public string? LiteralPath { get; set; }

    [Parameter]
    public SwitchParameter PassThru { get; set; }

    protected override void ProcessRecord()
    {
        FileTarget.AttemptProvider(this, () =>
        {
            PathInfo location = SessionState.Path.SetLocation(LiteralPath is null ? Path : WildcardPattern.Escape(LiteralPath));
            if (PassThru)
            {
                WriteObject(location);
            }
        });
    }
}

/// <summary>Push-Location.</summary>
[Cmdlet(VerbsCommon.Push, "Location")]
public sealed class PushLocationCommand : PSCmdlet
{
    [Parameter(Position = 0, ValueFromPipeline = true)]
    public string? Path { get; set; }

    [Parameter]
    public string StackName { get; set; } = string.Empty;

    protected override void ProcessRecord()
    {
        SessionState.Path.PushCurrentLocation(StackName);
        if (Path is not null)
        {
            SessionState.Path.SetLocation(Path);
        }
    }
}

/// <summary>Pop-Location.</summary>
[Cmdlet(VerbsCommon.Pop, "Location")]
public sealed class PopLocationCommand : PSCmdlet
{
    [Parameter]
    public string StackName { get; set; } = string.Empty;

    protected override void ProcessRecord() => SessionState.Path.PopLocation(StackName);
}
