using System;
using System.Collections.Generic;
using System.Management.Automation;
using System.Net;
using System.Text;
using System.Threading;
using PSSockets.Binding;
using PSSockets.Engine.Datagrams;
using PSSockets.Engine.EndPoints;
using PSSockets.Engine.Errors;
using PSSockets.Engine.Transport;
using PSSockets.Errors;

namespace PSSockets.Commands;

[Cmdlet(VerbsCommunications.Send, "UdpDatagram", DefaultParameterSetName = HostSet)]
[OutputType(typeof(SocketMessage))]
public sealed class SendUdpDatagramCommand : SocketCommand
{
    private const string HostSet = "Host";
    private const string SocketSet = "Socket";

    private static readonly TimeSpan s_resolveLimit = TimeSpan.FromSeconds(10);

    private readonly List<byte> _batch = [];
    private readonly Queue<byte[]> _questions = new();
    private OutgoingMessages? _messages;
    private Action? _addInput;
    private UdpSocket? _socket;
    private IPEndPoint? _destination;
    private IMessageReader? _reader;
    private bool _isOwn;
    private bool _hasBatch;

    [Parameter(Position = 0, Mandatory = true, ParameterSetName = HostSet)]
    [Parameter(ParameterSetName = SocketSet)]
    [Alias("HostName", "Host", "CN")]
    [ValidateNotNullOrEmpty]
    public string? ComputerName { get; set; }

    [Parameter(Position = 1, Mandatory = true, ParameterSetName = HostSet)]
    [Parameter(ParameterSetName = SocketSet)]
    [ValidateRange(1, 65535)]
    [ArgumentCompleter(typeof(PortCompleter))]
    public int Port { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = SocketSet)]
    [ValidateNotNull]
    public UdpSocket Socket { get; set; } = null!;

    [Parameter(Position = 2, ValueFromPipeline = true, ParameterSetName = HostSet)]
    [Parameter(Position = 0, ValueFromPipeline = true, ParameterSetName = SocketSet)]
    [AllowEmptyString]
    [AllowEmptyCollection]
    public object? InputObject { get; set; }

    [Parameter(ParameterSetName = HostSet)]
    public SwitchParameter Broadcast { get; set; }

    [Parameter(ParameterSetName = HostSet)]
    [ValidateRange(1, 255)]
    public int Ttl { get; set; }

    [Parameter(ParameterSetName = HostSet)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(InterfaceCompleter))]
    public string? Interface { get; set; }

    [Parameter(ParameterSetName = HostSet)]
    [EncodingArgument]
    [ArgumentCompleter(typeof(EncodingCompleter))]
    public Encoding Encoding { get; set; } = ConnectionOptions.DefaultEncoding;

    [Parameter]
    public SwitchParameter Batch { get; set; }

    [Parameter]
    [ValidateRange(1, UdpSocket.MaxIPv6DatagramSize)]
    public int BatchSize { get; set; } = 1432;

    [Parameter]
    public SwitchParameter WaitReply { get; set; }

    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int ReplyCount { get; set; } = 1;

    [Parameter]
    [ValidateRange(0, 2147483)]
    public double TimeoutSeconds { get; set; } = 5;

    private bool IsBatching => Batch || MyInvocation.BoundParameters.ContainsKey(nameof(BatchSize));

    protected override void BeginProcessing()
    {
        foreach (string name in new[] { nameof(ReplyCount), nameof(TimeoutSeconds) })
        {
            if (!WaitReply && MyInvocation.BoundParameters.ContainsKey(name))
            {
                ThrowInvalid(ErrorRecords.InvalidParameterCombination, $"-{name} is about replies: give -WaitReply too.");
            }
        }

        if (ParameterSetName == SocketSet && ComputerName is null != (Port == 0))
        {
            ThrowInvalid(ErrorRecords.InvalidParameterCombination, "-ComputerName and -Port go together; a connected socket needs neither.");
        }

        try
        {
            if (ComputerName is not null)
            {
                _destination = Await(token => UdpArguments.ResolveAsync(ComputerName, Port, null, token), s_resolveLimit);
            }

            _isOwn = ParameterSetName == HostSet;
            _socket = _isOwn ? OpenSocket(_destination!) : Socket;
            _reader = WaitReply ? _socket.OpenReader(new ReadOptions { AsByteStream = false }) : null;
        }
        catch (SocketLimitException)
        {
            ThrowTerminatingError(ErrorRecords.FromEngine(
                new SocketTimeoutException(
                    SocketErrorId.NameNotResolved,
                    $"'{ComputerName}' could not be resolved to an address within {s_resolveLimit.TotalSeconds} s.",
                    ComputerName),
                null));
        }
        catch (Exception exception) when (exception is ISocketFailure)
        {
            ThrowTerminatingError(ErrorRecords.FromEngine(exception, null));
        }

        _messages = new OutgoingMessages(text => Add(_socket!.Encoding.GetBytes(text)), Add);

        // Made once: a pipeline of a million lines must not make a million of them.
        _addInput = () => _messages.Add(InputObject);
    }

    protected override void ProcessRecord()
    {
        TryRun(_addInput!, GetTarget());
        AskAll();
    }

    protected override void EndProcessing()
    {
        TryRun(_messages!.Complete, GetTarget());
        TryRun(SendBatch, GetTarget());
        AskAll();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _reader?.Dispose();
            if (_isOwn)
            {
                _socket?.Dispose();
            }
        }

        base.Dispose(disposing);
    }

    /// <summary>
    /// A socket for this pipeline. Where one peer is asked it is connected to it: replies of others are not taken for its own, and a
    /// refusal comes through. Answers to a broadcast or a group come from anywhere.
    /// </summary>
    private UdpSocket OpenSocket(IPEndPoint destination) => UdpSocket.Open(new UdpSocketOptions
    {
        LocalEndPoint = new IPEndPoint(destination.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, 0),
        RemoteEndPoint = WaitReply && !Broadcast && !UdpSocket.IsMulticast(destination.Address) ? destination : null,
        Encoding = Encoding,
        Interface = Interface is null ? null : InterfaceSelector.Find(Interface),
        SocketOptions = UdpArguments.GetOptions(null, Broadcast, Ttl, noLoopback: false, receiveBufferSize: 0),
    });

    private object GetTarget() => _destination is null ? Socket : _destination;

    private void Add(ReadOnlyMemory<byte> message)
    {
        if (!IsBatching)
        {
            Send(message.Span);
            return;
        }

        if (_hasBatch && _batch.Count + 1 + message.Length > BatchSize)
        {
            SendBatch();
        }

        if (_hasBatch)
        {
            _batch.Add((byte)'\n');
        }

        _batch.AddRange(message.Span);
        _hasBatch = true;
    }

    private void SendBatch()
    {
        if (_hasBatch)
        {
            byte[] batch = [.. _batch];
            _batch.Clear();
            _hasBatch = false;
            Send(batch);
        }
    }

    private void Send(ReadOnlySpan<byte> datagram)
    {
        if (_reader is not null)
        {
            // Replies are written to the pipeline, which must not happen in here.
            _questions.Enqueue(datagram.ToArray());
            return;
        }

        SendNow(datagram);
    }

    // A connected socket of our own has the destination for its peer.
    private void SendNow(ReadOnlySpan<byte> datagram) => _socket!.Send(datagram, _isOwn && _socket.RemoteEndPoint is not null ? null : _destination);

    /// <summary>Sends each datagram and writes its replies before the next.</summary>
    private void AskAll()
    {
        while (_questions.TryDequeue(out byte[]? question))
        {
            if (_isOwn)
            {
                // What still comes for an earlier datagram of this pipeline is no reply to the next.
                _socket!.DiscardReceived();
            }

            if (TryRun(() => SendNow(question), GetTarget()))
            {
                WriteReplies(_reader!);
            }
        }
    }

    /// <summary>As many as were asked for; where fewer come in time that is no error, only none is.</summary>
    private void WriteReplies(IMessageReader reader)
    {
        long start = Environment.TickCount64;
        for (int count = 0; count < ReplyCount; count++)
        {
            object? reply = null;
            bool isLate = false;
            if (!TryRun(() => isLate = !TryWaitForReply(reader, start, out reply), GetTarget()) || (isLate && count > 0))
            {
                return;
            }

            if (isLate)
            {
                WriteError(ErrorRecords.FromEngine(
                    new SocketTimeoutException(
                        SocketErrorId.ReceiveTimedOut, $"{Describe()} did not reply within {TimeoutSeconds} s.", Describe()),
                    GetTarget(),
                    "Datagrams can be lost: ask again, or set -TimeoutSeconds."));
                return;
            }

            WriteObject(reply);
        }
    }

    private bool TryWaitForReply(IMessageReader reader, long start, out object? reply)
    {
        object? next = null;
        TimeSpan limit = ToLimit(TimeoutSeconds);
        if (limit != Timeout.InfiniteTimeSpan)
        {
            // The limit is one for all replies.
            limit -= TimeSpan.FromMilliseconds(Environment.TickCount64 - start);
            limit = limit < TimeSpan.Zero ? TimeSpan.Zero : limit;
        }

        try
        {
            return reader.TryRead(out next) || Await(
                async token =>
                {
                    while (!reader.TryRead(out next))
                    {
                        await reader.WaitAsync(token).ConfigureAwait(false);
                    }

                    return true;
                },
                limit);
        }
        catch (SocketLimitException)
        {
            return false;
        }
        finally
        {
            reply = next;
        }
    }

    private string Describe() => _destination is null ? Socket.DisplayName : EndPointText.Format(_destination);
}
