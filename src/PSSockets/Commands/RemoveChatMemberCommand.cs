using System;
using System.Management.Automation;
using PSSockets.Engine.Chat;
using PSSockets.Errors;

namespace PSSockets.Commands;

[Cmdlet(VerbsCommon.Remove, "ChatMember", DefaultParameterSetName = MemberSet, SupportsShouldProcess = true)]
public sealed class RemoveChatMemberCommand : SocketCommand
{
    private const string MemberSet = "Member";
    private const string NickSet = "Nick";

    [Parameter(Position = 0, Mandatory = true, ParameterSetName = MemberSet, ValueFromPipeline = true)]
    [AllowEmptyCollection]
    [ValidateNotNull]
    public ChatMember[] Member { get; set; } = [];

    [Parameter(Position = 0, Mandatory = true, ParameterSetName = NickSet)]
    [Alias("Server", "Session")]
    [ValidateNotNull]
    public IChatTarget? Chat { get; set; }

    [Parameter(Position = 1, Mandatory = true, ParameterSetName = NickSet)]
    [ValidateNotNullOrEmpty]
    public string[] Nick { get; set; } = [];

    [Parameter]
    public string? Reason { get; set; }

    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public double BanSeconds { get; set; }

    [Parameter]
    [ValidateRange(0, 2147483)]
    public double TimeoutSeconds { get; set; } = 30;

    protected override void ProcessRecord()
    {
        if (ParameterSetName == NickSet)
        {
            foreach (string nick in Nick)
            {
                Remove(Chat!, nick, nick);
            }

            return;
        }

        foreach (ChatMember member in Member)
        {
            if (member.Chat is { } chat)
            {
                Remove(chat, member.Nick, member);
            }
            else
            {
                WriteError(ErrorRecords.InvalidArgument(
                    ErrorRecords.InvalidParameterValue, $"It is not known which chat {member} is in. Get it with Get-ChatMember.", member));
            }
        }
    }

    private void Remove(IChatTarget chat, string nick, object target)
    {
        TimeSpan banTime = TimeSpan.FromSeconds(BanSeconds);
        if (ShouldProcess($"{nick} in {chat.DisplayName}", BanSeconds > 0 ? $"Remove and ban for {BanSeconds} s" : "Remove"))
        {
            TryRun(
                () => Await(token => chat.RemoveMemberAsync(nick, Reason, banTime, token).AsTask(), ToLimit(TimeoutSeconds)),
                target,
                () => ErrorRecords.ChatTimedOut(chat, TimeoutSeconds));
        }
    }
}
