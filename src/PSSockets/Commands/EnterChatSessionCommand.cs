using System;
using System.Management.Automation;
using PSSockets.Chat;
using PSSockets.Engine.Chat;
using PSSockets.Engine.Errors;
using PSSockets.Engine.Transport;

namespace PSSockets.Commands;

[Cmdlet(VerbsCommon.Enter, "ChatSession", DefaultParameterSetName = HostSet)]
[OutputType(typeof(string))]
public sealed class EnterChatSessionCommand : ChatConnectCommand
{
    private const string SessionSet = "Session";

    private static readonly TimeSpan s_closeLimit = TimeSpan.FromSeconds(2);

    public EnterChatSessionCommand()
    {
        HistoryCount = 20;
    }

    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true, ParameterSetName = SessionSet)]
    [ValidateNotNull]
    public ChatSession? Session { get; set; }

    [Parameter]
    public SwitchParameter NoBell { get; set; }

    protected override void ProcessRecord()
    {
        ChatSession? session = Session ?? Connect(GetOptions());
        if (session is null)
        {
            return;
        }

        try
        {
            TryRun(() => Run(session), session);
        }
        finally
        {
            // What this command has opened it closes; a session that was given goes on.
            if (Session is null)
            {
                Leave(session);
            }
        }
    }

    private void Run(ChatSession session)
    {
        using IMessageReader reader = session.OpenReader(new ReadOptions());
        if (Terminal.IsInteractive)
        {
            ChatScreen screen = new(session, reader, Terminal.HasColors(this), !NoBell);
            screen.Run(StopToken);
        }
        else
        {
            ChatLines lines = new(session, reader, text => Post(() => WriteObject(text)));
            Await(lines.RunAsync, System.Threading.Timeout.InfiniteTimeSpan);
        }
    }

    private void Leave(ChatSession session)
    {
        if (StopToken.IsCancellationRequested)
        {
            session.Dispose();
            return;
        }

        try
        {
            Await(token => session.CloseAsync(s_closeLimit, token), s_closeLimit);
        }
        catch (Exception exception) when (exception is ISocketFailure or SocketLimitException or TimeoutException)
        {
            session.Abort();
        }
    }
}
