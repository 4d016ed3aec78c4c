using System;
using System.Diagnostics.CodeAnalysis;
using System.Linq;
using System.Management.Automation;
using PSSockets.Engine.Chat;
using PSSockets.Engine.Errors;
using PSSockets.Engine.Transport;
using PSSockets.Errors;

namespace PSSockets.Commands;

[Cmdlet(VerbsCommunications.Receive, "ChatMessage")]
[OutputType(typeof(ChatMessage))]
public sealed class ReceiveChatMessageCommand : SocketCommand
{
    private long _received;
    private ChatSessionStatus _lastStatus;

    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true)]
    [Alias("Server", "Session")]
    [ValidateNotNull]
    public IChatTarget Chat { get; set; } = null!;

    [Parameter]
    public SwitchParameter Wait { get; set; }

    [Parameter]
    [Alias("First")]
    [ValidateRange(1, long.MaxValue)]
    public long TotalCount { get; set; }

    [Parameter]
    [ValidateRange(0, 2147483)]
    public double TimeoutSeconds { get; set; } = 30;

    [Parameter]
    public ChatMessageKind[] Kind { get; set; } = [];

    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[] Room { get; set; } = [];

    protected override void ProcessRecord()
    {
        if (Chat is not IMessageSource source)
        {
            WriteError(ErrorRecords.InvalidArgument(ErrorRecords.InvalidParameterValue, $"{Chat.DisplayName} gives no messages to receive.", Chat));
            return;
        }

        IMessageReader? reader = null;
        if (!TryRun(() => reader = source.OpenReader(new ReadOptions()), Chat))
        {
            return;
        }

        using (reader)
        using ((Chat as ChatSession)?.WatchStatus(TellStatus))
        {
            long remaining = TotalCount > 0 ? TotalCount : Wait ? long.MaxValue : 1;
            while (remaining-- > 0 && TryReceive(reader!, out ChatMessage? message))
            {
                _received++;
                WriteObject(message);
            }
        }
    }

    private bool TryReceive(IMessageReader reader, [NotNullWhen(true)] out ChatMessage? message)
    {
        ChatMessage? next = null;
        TimeSpan limit = !Wait || MyInvocation.BoundParameters.ContainsKey(nameof(TimeoutSeconds))
            ? ToLimit(TimeoutSeconds)
            : System.Threading.Timeout.InfiniteTimeSpan;
        TryRun(
            () =>
            {
                if (!TryTake(reader, out next))
                {
                    Await(
                        async token =>
                        {
                            while (await reader.WaitAsync(token).ConfigureAwait(false) && !TryTake(reader, out next))
                            {
                            }
                        },
                        limit);
                }
            },
            Chat,
            TimedOut);
        message = next;
        return next is not null;
    }

    /// <summary>Takes the next message that is asked for; the others are passed over.</summary>
    private bool TryTake(IMessageReader reader, [NotNullWhen(true)] out ChatMessage? message)
    {
        while (reader.TryRead(out object? next))
        {
            message = (ChatMessage)next;
            if (IsAskedFor(message))
            {
                return true;
            }
        }

        message = null;
        return false;
    }

    private bool IsAskedFor(ChatMessage message)
        => (Kind.Length == 0 || Kind.Contains(message.Kind))
            && (Room.Length == 0 || (message.Room is { } name && Room.Any(room => new WildcardPattern(room.TrimStart('#'), WildcardOptions.IgnoreCase).IsMatch(name))));

    /// <summary>Warns of a connection that is lost, once, and of the session's end.</summary>
    private void TellStatus(ChatStatusEventArgs change) => Post(() =>
    {
        string text = $"{Chat.DisplayName}: {(change.Status == ChatSessionStatus.Open ? "The session is back in the chat." : Display.Plain(change.Text))}";
        if (change.Status == _lastStatus || change.Status == ChatSessionStatus.Open)
        {
            WriteVerbose(text);
        }
        else if (change.Text.Length > 0)
        {
            WriteWarning(text);
        }

        _lastStatus = change.Status;
    });

    private SocketTimeoutException TimedOut() => new(
        SocketErrorId.ReceiveTimedOut,
        $"{Chat.DisplayName} sent no {(Kind.Length + Room.Length > 0 ? "such " : string.Empty)}message within {TimeoutSeconds} s{(_received > 0 ? $" after {_received}" : string.Empty)}.",
        Chat.DisplayName);
}
