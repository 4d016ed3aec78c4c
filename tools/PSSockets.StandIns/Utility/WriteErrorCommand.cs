using System;
using System.Management.Automation;

namespace Microsoft.PowerShell.Commands;

/// <summary>Write-Error.</summary>
[Cmdlet(VerbsCommunications.Write, "Error", DefaultParameterSetName = "NoException")]
public sealed class WriteErrorCommand : PSCmdlet
{
    [Parameter(Position = 0, Mandatory = true, ParameterSetName = "WithException")]
    public Exception? Exception { get; set; }

    [Parameter(Position = 0, Mandatory = true, ParameterSetName = "NoException", ValueFromPipeline = true)]
    [Parameter(ParameterSetName = "WithException")]
    [AllowNull]
    [AllowEmptyString]
    [Alias("Msg")]
    public string? Message { get; set; }

    [Parameter(Position = 0, Mandatory = true, ParameterSetName = "ErrorRecord")]
    public ErrorRecord? ErrorRecord { get; set; }

    [Parameter(ParameterSetName = "NoException")]
    [Parameter(ParameterSetName = "WithException")]
    public ErrorCategory Category { get; set; }

    [Parameter(ParameterSetName = "NoException")]
    [Parameter(ParameterSetName = "WithException")]
    public string ErrorId { get; set; } = string.Empty;

    [Parameter(ParameterSetName = "NoException")]
    [Parameter(ParameterSetName = "WithException")]
    public object? TargetObject { get; set; }

    [Parameter]
    public string? RecommendedAction { get; set; }

    protected override void ProcessRecord()
    {
        ErrorRecord record = ErrorRecord is null ? NewRecord() : new ErrorRecord(ErrorRecord, null);
        if (!string.IsNullOrEmpty(RecommendedAction))
        {
            record.ErrorDetails ??= new ErrorDetails(record.ToString());
            record.ErrorDetails.RecommendedAction = RecommendedAction;
        }

        if (GetVariableValue("MyInvocation") is InvocationInfo caller)
        {
            EngineInternals.SetCaller(record, caller);
            record.CategoryInfo.Activity = "Write-Error";
        }

        WriteError(record);
    }

    private ErrorRecord NewRecord()
    {
        Exception exception = Exception ?? new WriteErrorException(Message ?? string.Empty);
        ErrorRecord record = new(exception, ErrorId.Length > 0 ? ErrorId : exception.GetType().FullName, Category, TargetObject);
        if (Exception is not null && !string.IsNullOrEmpty(Message))
        {
            record.ErrorDetails = new ErrorDetails(Message);
        }

        return record;
    }
}

/// <summary>The exception behind an error that has a message only.</summary>
public sealed class WriteErrorException : SystemException
{
    public WriteErrorException()
    {
    }

    public WriteErrorException(string message)
        : base(message)
    {
    }

    public WriteErrorException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
