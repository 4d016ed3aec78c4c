using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace Microsoft.PowerShell.Commands;

/// <summary>Import-PowerShellDataFile.</summary>
[Cmdlet(VerbsData.Import, "PowerShellDataFile")]
[OutputType(typeof(Hashtable))]
public sealed class ImportPowerShellDataFileCommand : PSCmdlet
{
    [Parameter(Position = 0, Mandatory = true)]
    public string[] Path { get; set; } = [];

    protected override void ProcessRecord()
    {
        foreach (string path in Path.SelectMany(path => GetResolvedProviderPathFromPSPath(path, out _)))
        {
            Ast file = Parser.ParseFile(path, out _, out ParseError[] errors);
            if (errors.Length > 0 || file.Find(ast => ast is HashtableAst, searchNestedScriptBlocks: false) is not HashtableAst data)
            {
                WriteError(new ErrorRecord(
                    new InvalidOperationException($"The file '{path}' could not be parsed as a PowerShell Data File."),
                    "CouldNotParseAsPowerShellDataFile",
                    ErrorCategory.InvalidData,
                    path));
                continue;
            }

            WriteObject(data.SafeGetValue());
        }
    }
}

/// <summary>Invoke-Expression.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "Expression")]
public sealed class InvokeExpressionCommand : PSCmdlet
{
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true)]
    public string Command { get; set; } = string.Empty;

    protected override void ProcessRecord() =>
        WriteObject(InvokeCommand.InvokeScript(useLocalScope: false, InvokeCommand.NewScriptBlock(Command), input: null), true);
}

/// <summary>Read-Host.</summary>
[Cmdlet(VerbsCommunications.Read, "Host", DefaultParameterSetName = "AsString")]
public sealed class ReadHostCommand : PSCmdlet
{
    [Parameter(Position = 0, ValueFromRemainingArguments = true)]
    public object[] Prompt { get; set; } = [];

    [Parameter(ParameterSetName = "AsSecureString")]
    public SwitchParameter AsSecureString { get; set; }

    [Parameter(ParameterSetName = "AsString")]
    public SwitchParameter MaskInput { get; set; }

    protected override void ProcessRecord()
    {
        if (Prompt.Length > 0)
        {
            Host.UI.Write(string.Join(' ', Prompt) + ": ");
        }

        object answer = AsSecureString || MaskInput ? Host.UI.ReadLineAsSecureString() : Host.UI.ReadLine();
        WriteObject(MaskInput ? new System.Net.NetworkCredential(string.Empty, (System.Security.SecureString)answer).Password : answer);
    }
}

/// <summary>Get-Random for numbers and for picking from the input.</summary>
[Cmdlet(VerbsCommon.Get, "Random", DefaultParameterSetName = "RandomNumberParameterSet")]
public sealed class GetRandomCommand : PSCmdlet
{
    private readonly List<object?> _items = [];

    [Parameter]
    public int? SetSeed { get; set; }

    [Parameter(Position = 0, ParameterSetName = "RandomNumberParameterSet")]
    public object? Maximum { get; set; }

    [Parameter(ParameterSetName = "RandomNumberParameterSet")]
    public object? Minimum { get; set; }

    [Parameter(Position = 0, Mandatory = true, ParameterSetName = "RandomListItemParameterSet", ValueFromPipeline = true)]
    [AllowNull]
    public object?[] InputObject { get; set; } = [];

    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int Count { get; set; } = 1;

    protected override void ProcessRecord() => _items.AddRange(InputObject);

    protected override void EndProcessing()
    {
        Random random = SetSeed is int seed ? new Random(seed) : Random.Shared;
        if (ParameterSetName == "RandomListItemParameterSet")
        {
            object?[] shuffled = [.. _items];
            random.Shuffle(shuffled);
            WriteObject(shuffled.Take(Count), enumerateCollection: true);
            return;
        }

        bool isReal = Maximum is double || Minimum is double;
        for (int i = 0; i < Count; i++)
        {
            if (isReal)
            {
                WriteReal(random);
            }
            else
            {
                WriteInteger(random);
            }
        }
    }

    private void WriteReal(Random random)
    {
        double low = LanguagePrimitives.ConvertTo<double>(Minimum ?? 0.0);
        double high = LanguagePrimitives.ConvertTo<double>(Maximum ?? double.MaxValue);
        WriteObject(low + (random.NextDouble() * (high - low)));
    }

    private void WriteInteger(Random random)
    {
        long low = LanguagePrimitives.ConvertTo<long>(Minimum ?? 0);
        long high = LanguagePrimitives.ConvertTo<long>(Maximum ?? int.MaxValue);
        long number = random.NextInt64(low, high);
        if (number is >= int.MinValue and <= int.MaxValue)
        {
            WriteObject((int)number);
        }
        else
        {
            WriteObject(number);
        }
    }
}

/// <summary>New-Guid.</summary>
[Cmdlet(VerbsCommon.New, "Guid")]
[OutputType(typeof(Guid))]
public sealed class NewGuidCommand : PSCmdlet
{
    protected override void ProcessRecord() => WriteObject(Guid.NewGuid());
}

/// <summary>Tee-Object into a variable.</summary>
[Cmdlet("Tee", "Object")]
public sealed class TeeObjectCommand : PSCmdlet
{
    private readonly List<object?> _items = [];

    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    [Parameter(Mandatory = true)]
    public string Variable { get; set; } = string.Empty;

    protected override void ProcessRecord()
    {
        _items.Add(InputObject);
        WriteObject(InputObject);
    }

    protected override void EndProcessing() => SessionState.PSVariable.Set(Variable, _items.Count == 1 ? _items[0] : _items.ToArray());
}
