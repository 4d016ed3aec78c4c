using System.Collections.Generic;
using System.Management.Automation;
using PSSockets.Engine.Servers;
using PSSockets.Engine.Transport;
using PSSockets.Errors;

namespace PSSockets.Commands;

/// <content>Which parameters go together.</content>
public sealed partial class ReceiveSocketDataCommand
{
    private void CheckCombination()
    {
        List<string> ways = [];
        AddIfBound(ways, nameof(ByteCount), nameof(Delimiter), nameof(Until), nameof(Raw));
        if (ways.Count > 1)
        {
            ThrowInvalid(ErrorRecords.InvalidParameterCombination, $"-{string.Join(" and -", ways)} say different things about what to read: give one of them.");
        }

        if (AsByteStream && (Until is not null || Encoding is not null))
        {
            ThrowInvalid(ErrorRecords.InvalidParameterCombination, $"-AsByteStream gives bytes; {(Until is null ? "-Encoding" : "-Until")} is for text.");
        }

        if (Raw && (Wait || TotalCount > 0 || ReadCount > 0))
        {
            ThrowInvalid(ErrorRecords.InvalidParameterCombination, "-Raw is one value, all up to the end of the stream: -Wait, -TotalCount and -ReadCount do not go with it.");
        }

        List<string> loose = [];
        AddIfBound(loose, nameof(Delimiter), nameof(Until), nameof(Wait), nameof(TotalCount), nameof(ReadCount), nameof(Encoding));
        if (OutFile is not null && loose.Count > 0)
        {
            ThrowInvalid(ErrorRecords.InvalidParameterCombination, $"-OutFile takes the bytes as they are, to the end of the stream or -ByteCount of them: -{loose[0]} does not go with it.");
        }
    }

    /// <summary>False, with an error written, where a parameter asks of many connections what only one can give.</summary>
    private bool CanReadAsAsked()
    {
        List<string> ways = [];
        AddIfBound(ways, nameof(ByteCount), nameof(Delimiter), nameof(Until), nameof(Raw), nameof(OutFile), nameof(Encoding));
        if (Connection is SocketServer)
        {
            AddIfBound(ways, nameof(AsByteStream));
        }

        if (Connection is SocketConnection || ways.Count == 0)
        {
            return true;
        }

        WriteError(ErrorRecords.InvalidArgument(
            ErrorRecords.InvalidParameterCombination, $"-{ways[0]} reads the stream of one connection; {Connection.DisplayName} gives whole messages.", Connection));
        return false;
    }

    private void AddIfBound(List<string> names, params string[] candidates)
    {
        foreach (string candidate in candidates)
        {
            if (MyInvocation.BoundParameters.TryGetValue(candidate, out object? value) && value is not SwitchParameter { IsPresent: false })
            {
                names.Add(candidate);
            }
        }
    }
}
