using System;
using System.Collections;
using System.Linq;
using System.Management.Automation;

namespace Microsoft.PowerShell.Commands;

/// <summary>Write-Output.</summary>
[Cmdlet(VerbsCommunications.Write, "Output")]
public sealed class WriteOutputCommand : PSCmdlet
{
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true, ValueFromRemainingArguments = true)]
    [AllowNull]
    [AllowEmptyCollection]
    public PSObject? InputObject { get; set; }

    [Parameter]
    public SwitchParameter NoEnumerate { get; set; }

    protected override void ProcessRecord() => WriteObject(InputObject, enumerateCollection: !NoEnumerate);
}

/// <summary>Write-Host: an information record that the host shows.</summary>
[Cmdlet(VerbsCommunications.Write, "Host")]
public sealed class WriteHostCommand : PSCmdlet
{
    // "As it is", which the host's own colours may also say where there is no terminal.
    private const ConsoleColor Unchanged = (ConsoleColor)(-1);

    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromRemainingArguments = true)]
    [Alias("Msg", "Message")]
    public object? Object { get; set; }

    [Parameter]
    public SwitchParameter NoNewline { get; set; }

    [Parameter]
    public object Separator { get; set; } = " ";

    [Parameter]
    public ConsoleColor ForegroundColor { get; set; } = Unchanged;

    [Parameter]
    public ConsoleColor BackgroundColor { get; set; } = Unchanged;

    protected override void ProcessRecord()
    {
        HostInformationMessage message = new()
        {
            Message = ToText(Object),
            NoNewLine = NoNewline,
            ForegroundColor = ForegroundColor,
            BackgroundColor = BackgroundColor,
        };
        WriteInformation(message, ["PSHOST"]);
    }

    private string ToText(object? value)
    {
        object? inner = value is PSObject wrapped ? wrapped.BaseObject : value;
        return inner switch
        {
            string text => text,
            IEnumerable items => string.Join(LanguagePrimitives.ConvertTo<string>(Separator), items.Cast<object?>().Select(ToText)),
            _ => LanguagePrimitives.ConvertTo<string>(value) ?? string.Empty,
        };
    }
}

/// <summary>Write-Warning.</summary>
[Cmdlet(VerbsCommunications.Write, "Warning")]
public sealed class WriteWarningCommand : PSCmdlet
{
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true)]
    [AllowEmptyString]
    [Alias("Msg")]
    public string Message { get; set; } = string.Empty;

    protected override void ProcessRecord() => WriteWarning(Message);
}

/// <summary>Write-Verbose.</summary>
[Cmdlet(VerbsCommunications.Write, "Verbose")]
public sealed class WriteVerboseCommand : PSCmdlet
{
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true)]
    [AllowEmptyString]
    [Alias("Msg")]
    public string Message { get; set; } = string.Empty;

    protected override void ProcessRecord() => WriteVerbose(Message);
}

/// <summary>Write-Debug.</summary>
[Cmdlet(VerbsCommunications.Write, "Debug")]
public sealed class WriteDebugCommand : PSCmdlet
{
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true)]
    [AllowEmptyString]
    [Alias("Msg")]
    public string Message { get; set; } = string.Empty;

    protected override void ProcessRecord() => WriteDebug(Message);
}

/// <summary>Write-Information.</summary>
[Cmdlet(VerbsCommunications.Write, "Information")]
public sealed class WriteInformationCommand : PSCmdlet
{
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true)]
    [AllowNull]
    [Alias("Msg", "Message")]
    public object? MessageData { get; set; }

    [Parameter(Position = 1)]
    public string[] Tags { get; set; } = [];

    protected override void ProcessRecord() => WriteInformation(MessageData, Tags);
}

/// <summary>Write-Progress.</summary>
[Cmdlet(VerbsCommunications.Write, "Progress")]
public sealed class WriteProgressCommand : PSCmdlet
{
    [Parameter(Position = 0)]
    public string Activity { get; set; } = "Processing";

    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    public string Status { get; set; } = "Processing";

    [Parameter(Position = 2)]
    [ValidateRange(0, int.MaxValue)]
    public int Id { get; set; }

    [Parameter]
    [ValidateRange(-1, 100)]
    public int PercentComplete { get; set; } = -1;

    [Parameter]
    public int SecondsRemaining { get; set; } = -1;

    [Parameter]
    public string? CurrentOperation { get; set; }

    [Parameter]
    [ValidateRange(-1, int.MaxValue)]
    public int ParentId { get; set; } = -1;

    [Parameter]
    public SwitchParameter Completed { get; set; }

    protected override void ProcessRecord() => WriteProgress(new ProgressRecord(Id, Activity, Status)
    {
        PercentComplete = PercentComplete,
        SecondsRemaining = SecondsRemaining,
        CurrentOperation = CurrentOperation,
        ParentActivityId = ParentId,
        RecordType = Completed ? ProgressRecordType.Completed : ProgressRecordType.Processing,
    });
}
