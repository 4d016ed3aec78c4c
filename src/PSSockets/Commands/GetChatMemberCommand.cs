using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using PSSockets.Engine.Chat;
using PSSockets.Errors;

namespace PSSockets.Commands;

[Cmdlet(VerbsCommon.Get, "ChatMember")]
[OutputType(typeof(ChatMember))]
public sealed class GetChatMemberCommand : SocketCommand
{
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true)]
    [Alias("Server", "Session")]
    [AllowEmptyCollection]
    [ValidateNotNull]
    public IChatTarget[] Chat { get; set; } = [];

    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[] Nick { get; set; } = ["*"];

    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Room { get; set; }

    [Parameter]
    [ValidateRange(0, 2147483)]
    public double TimeoutSeconds { get; set; } = 30;

    protected override void ProcessRecord()
    {
        foreach (IChatTarget chat in Chat)
        {
            IReadOnlyList<ChatMember> members = [];
            if (TryRun(
                () => members = Await(token => chat.GetMembersAsync(Room, token).AsTask(), ToLimit(TimeoutSeconds)),
                chat,
                () => ErrorRecords.ChatTimedOut(chat, TimeoutSeconds)))
            {
                WriteMatches(members);
            }
        }
    }

    private void WriteMatches(IReadOnlyList<ChatMember> members)
    {
        List<ChatMember> found = Selection.ByName(
            this, members, Nick, member => member.Nick, ErrorRecords.ChatMemberNotFound, "Nobody in the chat has the nick");
        WriteObject(found.OrderBy(member => member.Nick, StringComparer.OrdinalIgnoreCase), enumerateCollection: true);
    }
}
