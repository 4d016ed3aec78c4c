using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using System.Text;
using System.Text.RegularExpressions;
using PSSockets.Binding;
using PSSockets.Engine.Chat;
using PSSockets.Engine.Datagrams;
using PSSockets.Engine.Errors;
using PSSockets.Engine.Framing;
using PSSockets.Engine.Transport;
using PSSockets.Errors;

namespace PSSockets.Commands;

[Cmdlet(VerbsCommunications.Receive, "SocketData")]
[OutputType(typeof(string), typeof(byte[]), typeof(SocketMessage), typeof(ChatMessage))]
public sealed partial class ReceiveSocketDataCommand : SocketCommand
{
    private bool _isRefused;

    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true)]
    [Alias("Server", "Socket")]
    [ValidateNotNull]
    public IMessageSource Connection { get; set; } = null!;

    [Parameter]
    [ValidateRange(1, FramingScheme.HighestMaxFrameLength)]
    public int ByteCount { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Delimiter { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Until { get; set; }

    [Parameter]
    public SwitchParameter Raw { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? OutFile { get; set; }

    [Parameter]
    public SwitchParameter Wait { get; set; }

    [Parameter]
    [Alias("First")]
    [ValidateRange(1, long.MaxValue)]
    public long TotalCount { get; set; }

    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int ReadCount { get; set; }

    [Parameter]
    public SwitchParameter AsByteStream { get; set; }

    [Parameter]
    [EncodingArgument]
    [ArgumentCompleter(typeof(EncodingCompleter))]
    public Encoding? Encoding { get; set; }

    [Parameter]
    [ValidateRange(0, 2147483)]
    public double TimeoutSeconds { get; set; } = 30;

    private bool HasLimit => !Wait || MyInvocation.BoundParameters.ContainsKey(nameof(TimeoutSeconds));

    protected override void BeginProcessing() => CheckCombination();

    protected override void ProcessRecord()
    {
        if (!CanReadAsAsked())
        {
            return;
        }

        IMessageReader? reader = null;
        if (!TryRun(() => reader = Connection.OpenReader(GetOptions()), Connection, TimedOut))
        {
            return;
        }

        using (reader)
        {
            if (OutFile is not null)
            {
                SaveToFile((ConnectionReader)reader!, OutFile);
            }
            else if (ReadCount > 0)
            {
                ReceiveArrays(reader!);
            }
            else
            {
                long remaining = MessageLimit;
                while (remaining-- > 0 && TryReceive(reader!, out object? message))
                {
                    WriteObject(message);
                }
            }
        }

        if (Connection is SocketConnection { Status: ConnectionStatus.EndedByPeer or ConnectionStatus.Closed } ended)
        {
            WriteVerbose($"{ended} has ended ({(ended.CloseReason == CloseReason.None ? $"{ended.Status}" : $"{ended.CloseReason}")}): "
                + $"{ended.MessagesReceived} messages and {ended.BytesReceived} bytes received.");
        }
    }

    private long MessageLimit => TotalCount > 0 ? TotalCount : Wait ? long.MaxValue : 1;

    private ReadOptions GetOptions() => new()
    {
        AsByteStream = AsByteStream || OutFile is not null ? true : Encoding is null && Until is null ? null : false,
        Encoding = Encoding,
        ByteCount = ByteCount > 0 ? ByteCount : null,
        Delimiter = Delimiter,

        // A pattern that backtracks without end must not hold the pipeline.
        Until = Until is null ? null : ParsePattern(Until),
        ToEnd = Raw,
        ReadAhead = Wait || TotalCount > 1,
    };

    private Regex ParsePattern(string pattern)
    {
        try
        {
            return new Regex(pattern, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(5));
        }
        catch (ArgumentException exception)
        {
            ThrowInvalid(ErrorRecords.InvalidParameterValue, $"-Until: {exception.Message}", pattern);
            throw;
        }
    }

    /// <summary>Arrays of what has arrived, up to the count: what is there goes out before more is waited for.</summary>
    private void ReceiveArrays(IMessageReader reader)
    {
        long remaining = TotalCount > 0 ? TotalCount : Wait ? long.MaxValue : ReadCount;
        List<object> batch = [];
        bool more = true;
        while (more && remaining > 0 && TryReceive(reader, out object? first))
        {
            batch.Add(first);
            remaining--;
            while (batch.Count < ReadCount && remaining > 0 && TryTakeArrived(reader, out object? next))
            {
                batch.Add(next);
                remaining--;
            }

            object[] array = [.. batch];
            batch.Clear();
            WriteObject(array, enumerateCollection: false);
            more = Wait || TotalCount > 0;
        }
    }

    /// <summary>Takes a message that has arrived. An error is left to the next read, so that it comes behind the messages before it.</summary>
    private static bool TryTakeArrived(IMessageReader reader, [NotNullWhen(true)] out object? message)
    {
        try
        {
            return reader.TryRead(out message);
        }
        catch (Exception exception) when (exception is ISocketFailure or RegexMatchTimeoutException)
        {
            message = null;
            return false;
        }
    }

    /// <summary>
    /// Takes the next message; errors are written. What -Raw reads may take long as a whole, its limit is one of silence. Apart from the
    /// waiting, so that a message which is there already costs no closure.
    /// </summary>
    private bool TryReceive(IMessageReader reader, [NotNullWhen(true)] out object? message)
    {
        while (!TryTakeArrived(reader, out message) && !TryWaitForMessage(reader, out message))
        {
            // That nobody received an earlier datagram (port unreachable) is news, but the socket lives on, and whoever is to receive it may
            // come back: who waits for many messages waits on.
            if (!_isRefused || !(Wait || TotalCount > 0))
            {
                return false;
            }
        }

        return true;
    }

    private bool TryWaitForMessage(IMessageReader reader, [NotNullWhen(true)] out object? message)
    {
        object? next = null;
        bool done = false;
        _isRefused = false;
        TimeSpan limit = HasLimit ? ToLimit(TimeoutSeconds) : System.Threading.Timeout.InfiniteTimeSpan;
        try
        {
            _isRefused = !TryRun(
                () => done = reader.TryRead(out next) || (Raw ? WaitSilently(reader, limit, out next) : WaitForMessage(reader, limit, out next)),
                Connection,
                TimedOut) && LastError == SocketErrorId.ConnectionRefused && Connection is UdpSocket;
        }
        catch (RegexMatchTimeoutException exception)
        {
            WriteError(ErrorRecords.InvalidArgument(
                ErrorRecords.InvalidParameterValue,
                $"The pattern '{Until}' takes too long on what {Connection.DisplayName} has sent: it backtracks. What has arrived stays readable; use a simpler pattern.",
                Until,
                exception));
        }

        message = next;
        return done;
    }

    private bool WaitForMessage(IMessageReader reader, TimeSpan limit, out object? message)
    {
        object? next = null;
        bool done = Await(
            async token =>
            {
                while (await reader.WaitAsync(token).ConfigureAwait(false))
                {
                    if (reader.TryRead(out next))
                    {
                        return true;
                    }
                }

                return false;
            },
            limit);
        message = next;
        return done;
    }

    private bool WaitSilently(IMessageReader reader, TimeSpan limit, out object? message)
    {
        message = null;
        while (Await(token => reader.WaitAsync(token).AsTask(), limit))
        {
            if (reader.TryRead(out message))
            {
                return true;
            }
        }

        return false;
    }

    private SocketTimeoutException TimedOut()
    {
        string what = Raw || OutFile is not null ? "sent nothing" : ByteCount > 0 ? $"did not send {ByteCount} bytes" : Delimiter is not null
            ? $"did not send '{Delimiter}'" : Until is not null ? $"sent nothing that matches '{Until}'" : "did not send a message";
        return new SocketTimeoutException(
            SocketErrorId.ReceiveTimedOut, $"{Connection.DisplayName} {what} within {TimeoutSeconds} s.", Connection.DisplayName);
    }
}
