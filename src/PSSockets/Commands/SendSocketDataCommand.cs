using System;
using System.IO;
using System.Management.Automation;
using PSSockets.Engine.Errors;
using PSSockets.Engine.Framing;
using PSSockets.Engine.Servers;
using PSSockets.Engine.Transport;
using PSSockets.Errors;

namespace PSSockets.Commands;

[Cmdlet(VerbsCommunications.Send, "SocketData", DefaultParameterSetName = InputObjectSet)]
[OutputType(typeof(IMessageSink))]
public sealed class SendSocketDataCommand : SocketCommand
{
    private const string InputObjectSet = "InputObject";
    private const string PathSet = "Path";
    private const int FileChunk = 256 * 1024;

    private OutgoingMessages? _messages;
    private Action? _addInput;
    private Func<Exception>? _timedOut;
    private bool _takesInput;
    private bool _failed;

    [Parameter(Position = 0, Mandatory = true)]
    [Alias("Server", "Socket")]
    [ValidateNotNull]
    public IMessageSink Connection { get; set; } = null!;

    [Parameter(Position = 1, ValueFromPipeline = true, ParameterSetName = InputObjectSet)]
    [AllowEmptyString]
    [AllowEmptyCollection]
    public object? InputObject { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = PathSet)]
    [Alias("LiteralPath")]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = string.Empty;

    [Parameter(ParameterSetName = InputObjectSet)]
    public SwitchParameter NoNewline { get; set; }

    [Parameter]
    public SwitchParameter CompleteWrites { get; set; }

    [Parameter]
    [ValidateRange(0, 2147483)]
    public double TimeoutSeconds { get; set; } = 30;

    [Parameter]
    public SwitchParameter PassThru { get; set; }

    protected override void BeginProcessing()
    {
        FramingScheme? framing = (Connection as SocketConnection)?.Framing ?? (Connection as TcpServer)?.Framing;
        if (framing is { IsCounted: true } && NoNewline)
        {
            ThrowInvalid(
                ErrorRecords.InvalidParameterCombination,
                $"-NoNewline leaves out the mark that ends a message; under {framing} framing there is none.");
        }

        if (CompleteWrites && Connection is not SocketConnection)
        {
            ThrowInvalid(ErrorRecords.InvalidParameterCombination, "-CompleteWrites ends the stream of one connection: a server has many, and UDP has none.");
        }

        if (ParameterSetName == PathSet && Connection is not SocketConnection)
        {
            ThrowInvalid(ErrorRecords.InvalidParameterCombination, "-Path sends a file over one connection: a server has many, and UDP has none.");
        }

        _messages = new OutgoingMessages(SendText, SendBytes);
        _takesInput = ParameterSetName == InputObjectSet;

        // Made once: a pipeline of a million lines must not make a million of them.
        _addInput = () => _messages.Add(InputObject);
        _timedOut = TimedOut;
    }

    protected override void ProcessRecord()
    {
        // A message that does not fit the framing, or a datagram, is an error of its own; what follows it is still sent. That nobody receives
        // datagrams is about an earlier one.
        if (!_failed && _takesInput && !TryRun(_addInput!, Connection, _timedOut))
        {
            _failed = LastError is not (SocketErrorId.InvalidFrame or SocketErrorId.FrameTooLarge
                or SocketErrorId.DatagramTooLarge or SocketErrorId.ConnectionRefused);
        }
    }

    protected override void EndProcessing()
    {
        if (ParameterSetName == PathSet)
        {
            SendFile((SocketConnection)Connection);
        }

        if (!_failed)
        {
            Guard(() =>
            {
                _messages!.Complete();
                Await(Connection.FlushAsync, ToLimit(TimeoutSeconds));
                if (CompleteWrites)
                {
                    Await(token => ((SocketConnection)Connection).CompleteWritesAsync(token).AsTask(), ToLimit(TimeoutSeconds));
                }
            });
        }

        if (PassThru && !_failed)
        {
            WriteObject(Connection);
        }
    }

    /// <summary>Most messages are taken at once; only a full queue is waited for.</summary>
    private void SendText(string text)
    {
        if (!Connection.TryPost(text, NoNewline))
        {
            WaitAndSend(text);
        }
    }

    // Apart, so that a line which is taken at once costs no closure.
    private void WaitAndSend(string text)
        => Await(token => Connection.PostAsync(text, NoNewline, token).AsTask(), ToLimit(TimeoutSeconds));

    /// <inheritdoc cref="SendText(string)"/>
    private void SendBytes(ReadOnlyMemory<byte> bytes)
    {
        if (!Connection.TryPost(bytes.Span, NoNewline))
        {
            WaitAndSend(bytes);
        }
    }

    private void WaitAndSend(ReadOnlyMemory<byte> bytes)
        => Await(token => Connection.PostAsync(bytes, NoNewline, token).AsTask(), ToLimit(TimeoutSeconds));

    /// <summary>
    /// The file's bytes as they are: under a counted framing as one message, under the others without any mark behind them.
    /// </summary>
    private void SendFile(SocketConnection connection)
    {
        string path = GetUnresolvedProviderPathFromPSPath(Path);
        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            Guard(() =>
            {
                if (connection.Framing.IsCounted)
                {
                    SendBytes(ReadWhole(file, path));
                }
                else
                {
                    SendChunks(connection, file);
                }
            });
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            WriteError(ErrorRecords.File(exception, path));
            _failed = true;
        }
    }

    /// <summary>
    /// Reads the file before its count goes out: what the system says of its length holds neither for a log that grows nor for a pipe
    /// or a file of /proc, and no other sender's message may come between the count and the last byte.
    /// </summary>
    private ReadOnlyMemory<byte> ReadWhole(FileStream file, string path)
    {
        using MemoryStream whole = new();
        byte[] chunk = new byte[FileChunk];
        int count;
        while ((count = file.Read(chunk, 0, chunk.Length)) > 0)
        {
            if (whole.Length + count > FramingScheme.HighestMaxFrameLength)
            {
                throw new SocketFailureException(
                    SocketErrorId.FrameTooLarge,
                    $"'{path}' is too large for one message (more than {FramingScheme.HighestMaxFrameLength} bytes); send it under Raw framing.",
                    Connection.DisplayName);
            }

            whole.Write(chunk, 0, count);
            if (StopToken.IsCancellationRequested)
            {
                throw new PipelineStoppedException();
            }
        }

        return whole.GetBuffer().AsMemory(0, (int)whole.Length);
    }

    private void SendChunks(SocketConnection connection, FileStream file)
    {
        byte[] chunk = new byte[FileChunk];
        int count;
        while ((count = file.Read(chunk, 0, chunk.Length)) > 0)
        {
            if (connection.IsSendQueueFull)
            {
                Await(token => connection.WaitForRoomAsync(token).AsTask(), ToLimit(TimeoutSeconds));
            }

            connection.Append(chunk.AsSpan(0, count), framed: false);
            connection.StartSending();
        }
    }

    /// <summary>After an error nothing more is sent over a stream, which would have a hole; of datagrams each is on its own.</summary>
    private void Guard(Action call) => _failed |= !TryRun(call, Connection, _timedOut) && Connection is SocketConnection or TcpServer;

    private SocketTimeoutException TimedOut() => new(
        SocketErrorId.SendTimedOut,
        $"{Connection.DisplayName} did not take all data within {TimeoutSeconds} s{DescribeRest()}.",
        Connection.DisplayName);

    private string DescribeRest() => Connection is SocketConnection { QueuedBytes: > 0 } connection
        ? $"; {connection.QueuedBytes} bytes stay queued and go out when it reads on"
        : string.Empty;
}
