using System;
using System.Collections.Generic;
using System.Management.Automation;
using System.Net;
using System.Net.Sockets;
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
public sealed partial class SendUdpDatagramCommand : SocketCommand
{
    private const string HostSet = "Host";
    private const string SocketSet = "Socket";

    private static readonly TimeSpan s_resolveLimit = TimeSpan.FromSeconds(10);

    /// <summary>How long a line of -Batch waits for others at the most: a counter that is shown a second late is no worse for it.</summary>
    private static readonly TimeSpan s_batchLimit = TimeSpan.FromSeconds(1);

    private readonly Queue<byte[]> _questions = new();
    private OutgoingMessages? _messages;
    private Action? _addInput;
    private Action? _throwFailure;
    private UdpSocket? _socket;
    private IPEndPoint? _destination;
    private IMessageReader? _reader;
    private DatagramBatch? _batch;
    private bool _isOwn;

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
            _socket = _isOwn ? OpenSocket(_destination!, Interface is null ? null : InterfaceSelector.Find(Interface)) : Socket;
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

        if (IsBatching)
        {
            // A reply is written before the next datagram is sent, which only the pipeline's thread can do: there no time sends.
            _batch = new DatagramBatch(BatchSize, WaitReply ? Timeout.InfiniteTimeSpan : s_batchLimit, Send);
            _throwFailure = _batch.ThrowFailure;
        }

        // Made once: a pipeline of a million lines must not make a million of them.
        _addInput = () => _messages.Add(InputObject);
    }

    protected override void ProcessRecord()
    {
        TellOfFailure();
        TryRun(_addInput!, GetTarget());
        AskAll();
    }

    protected override void EndProcessing()
    {
        TryRun(_messages!.Complete, GetTarget());
        TellOfFailure();
        if (_batch is not null)
        {
            TryRun(_batch.Flush, GetTarget());
        }

        AskAll();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            // What was taken in before Ctrl+C still leaves; nobody is there to be told that it does not.
            _batch?.Dispose();
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
    private UdpSocket OpenSocket(IPEndPoint destination, InterfaceSelector? card) => UdpSocket.Open(new UdpSocketOptions
    {
        LocalEndPoint = new IPEndPoint(GetSource(destination.Address, card), 0),
        RemoteEndPoint = WaitReply && !Broadcast && !UdpSocket.IsMulticast(destination.Address) ? destination : null,
        Encoding = Encoding,
        Interface = card,
        SocketOptions = UdpArguments.GetOptions(null, Broadcast, Ttl, noLoopback: false, receiveBufferSize: 0),
    });

    /// <summary>
    /// The interface's address: by it the systems also choose the way of a broadcast to 255.255.255.255, which no route tells. Multicast has
    /// an option of its own.
    /// </summary>
    private static IPAddress GetSource(IPAddress destination, InterfaceSelector? card)
        => card is not null && !UdpSocket.IsMulticast(destination) ? card.GetSourceFor(destination)
            : destination.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any
            : IPAddress.Any;

    private void TellOfFailure()
    {
        if (_throwFailure is not null)
        {
            TryRun(_throwFailure, GetTarget());
        }
    }

    private object GetTarget() => _destination is null ? Socket : _destination;

    private void Add(ReadOnlyMemory<byte> message)
    {
        if (_batch is null)
        {
            Send(message.Span);
        }
        else
        {
            _batch.Add(message.Span);
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
}
