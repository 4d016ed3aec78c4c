using System;
using System.Management.Automation;
using System.Text;
using PSSockets.Engine.Chat;
using PSSockets.Engine.Errors;
using PSSockets.Errors;

namespace PSSockets.Commands;

[Cmdlet(VerbsCommunications.Send, "ChatMessage", DefaultParameterSetName = RoomSet)]
[OutputType(typeof(void))]
public sealed class SendChatMessageCommand : SocketCommand
{
    private const string RoomSet = "Room";
    private const string MemberSet = "Member";

    private OutgoingMessages? _messages;
    private bool _failed;

    [Parameter(Position = 0, Mandatory = true)]
    [Alias("Server", "Session")]
    [ValidateNotNull]
    public IChatTarget Chat { get; set; } = null!;

    [Parameter(Position = 1, ValueFromPipeline = true)]
    [AllowNull]
    [AllowEmptyString]
    [AllowEmptyCollection]
    public object? InputObject { get; set; }

    [Parameter(ParameterSetName = RoomSet)]
    [ValidateNotNullOrEmpty]
    public string? Room { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = MemberSet)]
    [Alias("Nick")]
    [ValidateNotNullOrEmpty]
    public string? To { get; set; }

    [Parameter(ParameterSetName = RoomSet)]
    public SwitchParameter Action { get; set; }

    [Parameter(ParameterSetName = RoomSet)]
    public SwitchParameter Notice { get; set; }

    [Parameter]
    [ValidateRange(0, 2147483)]
    public double TimeoutSeconds { get; set; } = 30;

    protected override void BeginProcessing()
    {
        if (!MyInvocation.ExpectingInput && !MyInvocation.BoundParameters.ContainsKey(nameof(InputObject)))
        {
            ThrowInvalid(ErrorRecords.InvalidParameterCombination, "There is nothing to say: give the text behind the chat, or through the pipeline.");
        }

        if (Notice && (Action || Chat is ChatSession))
        {
            ThrowInvalid(
                ErrorRecords.InvalidParameterCombination, $"-Notice is a server's own word: {(Action ? "-Action" : "a session")} does not go with it.");
        }

        _messages = new OutgoingMessages(SendText, bytes => SendText(Encoding.UTF8.GetString(bytes.Span)));
    }

    protected override void ProcessRecord() => Guard(() => _messages!.Add(InputObject));

    protected override void EndProcessing() => Guard(_messages!.Complete);

    /// <summary>Says each line of a text by itself: a message of a chat is one line.</summary>
    private void SendText(string text)
    {
        foreach (string line in text.Split('\n'))
        {
            if (!string.IsNullOrWhiteSpace(line))
            {
                ChatMessageKind kind = Action ? ChatMessageKind.Action : Notice ? ChatMessageKind.Notice : ChatMessageKind.Message;
                Await(token => Chat.SendAsync(line, Room, To, kind, token).AsTask(), ToLimit(TimeoutSeconds));
            }
        }
    }

    /// <summary>What one message meets is written; the next one may fare better, unless the chat is closed.</summary>
    private void Guard(Action call)
    {
        if (!_failed && !TryRun(call, Chat, TimedOut))
        {
            _messages!.Clear();
            _failed = LastError is null or SocketErrorId.ObjectClosed;
        }
    }

    private SocketTimeoutException TimedOut() => new(
        SocketErrorId.SendTimedOut,
        Chat is ChatSession { Status: ChatSessionStatus.Reconnecting } session
            ? $"The message to {Chat.DisplayName} was not confirmed within {TimeoutSeconds} s: the connection is lost. {session.StatusText}"
            : $"{Chat.DisplayName} has not confirmed the message within {TimeoutSeconds} s.",
        Chat.DisplayName);
}
