using System;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.Errors;
using PSSockets.Engine.Servers;
using PSSockets.Engine.Transport;

namespace PSSockets.Engine.Chat;

/// <content>
/// The handler: called for what others say, one message after the other, in order; what it answers goes to the room of the message, or to
/// the sender of a private one.
/// </content>
public sealed partial class ChatSession
{
    /// <summary>How many errors are kept.</summary>
    private const int MaxErrors = 256;

    /// <summary>How long a handler may go on when the session has ended, before it is interrupted; and after that, before it is left behind.</summary>
    private static readonly TimeSpan s_handlerLimit = TimeSpan.FromSeconds(2);

    private readonly ErrorLog _errors = new(MaxErrors);
    private readonly SharedState _state = new();
    private WorkerPool? _worker;
    private Task _handling = Task.CompletedTask;

    /// <summary>The latest errors of the handler, oldest first, at most 256.</summary>
    [Linked]
    internal object[] Errors => _errors.ToArray();

    /// <summary>How many errors there were in all.</summary>
    public long ErrorCount => _errors.Total;

    /// <summary>A table for what a handler keeps; safe for use by many threads.</summary>
    [Linked]
    internal SharedState State => _state;

    /// <summary>Cancelled when the session ends.</summary>
    public CancellationToken GetStopToken() => _closing.Token;

    /// <summary>Keeps an error for <see cref="Errors"/>.</summary>
    public void ReportError(Exception exception) => RecordError(_options.DescribeError?.Invoke(exception) ?? exception);

    /// <summary>Keeps a description of an error for <see cref="Errors"/>.</summary>
    public void RecordError(object error) => _errors.Add(error);

    private void StartHandler(CancellationToken cancellationToken)
    {
        if (_options.CreateHandler is { } create)
        {
            _worker = new WorkerPool(Name, 1, () => create(this), ReportError);
            _worker.Start(cancellationToken);
            _handling = Task.Run(() => HandleAllAsync(_worker), CancellationToken.None);
        }
    }

    private async Task HandleAllAsync(WorkerPool worker)
    {
        ChatReply reply = new(this);
        do
        {
            while (!_closing.IsCancellationRequested && _inbox.TryRead(out object? next))
            {
                ChatMessage message = (ChatMessage)next;
                if (IsForHandler(message))
                {
                    await worker.SwitchToWorker();
                    HandlerVerdict verdict = Handle(reply, message);
                    await SayAsync(message, reply.Take()).ConfigureAwait(false);
                    if (verdict != HandlerVerdict.Continue)
                    {
                        Finish("The handler has failed.");
                    }
                }
            }
        }
        while (await _inbox.WaitAsync(CancellationToken.None).ConfigureAwait(false) && !_closing.IsCancellationRequested);
    }

    /// <summary>Calls the handler, on its worker. A message on which it fails is the only one that is lost.</summary>
    private HandlerVerdict Handle(ChatReply reply, ChatMessage message)
    {
        try
        {
            return WorkerPool.Current.OnMessage(reply, message);
        }
        catch (Exception exception)
        {
            ReportError(exception);
            _ = reply.Take();
            return HandlerVerdict.Continue;
        }
    }

    // Whoever enters or leaves says nothing that wants an answer, and a session that answered itself would never end.
    private bool IsForHandler(ChatMessage message)
        => message.Kind is ChatMessageKind.Message or ChatMessageKind.Action or ChatMessageKind.Private && !IsMe(message.From);

    private async Task SayAsync(ChatMessage message, string[] lines)
    {
        foreach (string line in lines)
        {
            try
            {
                string? recipient = message.Kind == ChatMessageKind.Private ? message.From : null;
                await SendAsync(line, recipient is null ? message.Room : null, recipient, ChatMessageKind.Message, _closing.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception exception) when (exception is ISocketFailure)
            {
                ReportError(exception);
            }
        }
    }

    private async Task StopHandlerAsync()
    {
        if (_worker is not { } worker)
        {
            return;
        }

        Task stopped = StopWorkerAsync(worker);
        if (await Task.WhenAny(stopped, Task.Delay(s_handlerLimit)).ConfigureAwait(false) != stopped)
        {
            worker.Interrupt();
            await Task.WhenAny(stopped, Task.Delay(s_handlerLimit)).ConfigureAwait(false);
        }
    }

    private async Task StopWorkerAsync(WorkerPool worker)
    {
        await _handling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await worker.StopAsync().ConfigureAwait(false);
    }
}
