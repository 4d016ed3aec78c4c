using System;
using System.Collections.Generic;
using System.Linq;

namespace PSSockets.Engine.Chat;

/// <summary>Answers as lines of plain text.</summary>
internal sealed class TextReplies : ChatReplies
{
    private readonly bool _isRaw;

    /// <summary>Creates an empty one.</summary>
    /// <param name="isRaw">True where no line end is added behind what is sent.</param>
    public TextReplies(bool isRaw)
    {
        _isRaw = isRaw;
    }

    /// <summary>Adds a line as it stands.</summary>
    public void Line(string line) => ChatEncoding.WriteLine(Buffer, line, _isRaw);

    /// <summary>Adds a notice.</summary>
    public void Notice(string text) => Line($"-- {text}");

    /// <summary>Greets a new member.</summary>
    public void Welcome(string server, string nick, RoomState room)
    {
        Notice($"Welcome to {server}. You are {nick}; /nick NAME changes that, /help says what else there is.");
        Joined(null, room);
    }

    public override void Fail(string? requestRef, ChatFault fault) => Line(ChatText.FormatError(fault.Text));

    public override void Done(ChatRequest request, string text) => Notice(text);

    public override void Said(ChatRequest request, ChatMessage message)
    {
        // Who types has seen it.
    }

    public override void Joined(ChatRequest request, RoomState room, bool isNew)
    {
        if (isNew)
        {
            Joined(request, room);
        }
        else
        {
            Notice($"You are in {room.Name}.");
        }
    }

    public override void Renamed(ChatRequest request, string nick) => Notice($"You are now {nick}.");

    public override void Topic(ChatRequest request, RoomState room)
        => Notice(room.Topic.Length > 0 ? $"The topic of {room.Name} is: {room.Topic}" : $"{room.Name} has no topic.");

    public override void Members(ChatRequest request, string? room, IReadOnlyCollection<Participant> members, DateTimeOffset now)
        => Notice($"{members.Count} in {room ?? "the chat"}: {string.Join(", ", members.Select(Describe))}");

    public override void Rooms(ChatRequest request, IReadOnlyCollection<RoomState> rooms)
    {
        foreach (RoomState room in rooms)
        {
            Notice($"{room.Name}, {room.Members.Count} in it{(room.Topic.Length > 0 ? $": {room.Topic}" : "")}");
        }
    }

    public override void History(ChatRequest request, List<ChatMessage> messages)
    {
        if (messages.Count == 0)
        {
            Notice("Nothing was said here so far.");
        }

        Replay(messages);
    }

    public override void Help(ChatRequest request)
    {
        foreach (string line in ChatCommand.Help)
        {
            Notice(line);
        }
    }

    public override void Goodbye(string reason, string text) => Notice(text);

    public override void Lost(long count)
        => Line(ChatText.FormatError($"{count} messages were dropped because you did not read fast enough."));

    public override void Ping()
    {
        // Nothing that a person should have to answer.
    }

    private static string Describe(Participant member) => member.IsOperator ? $"@{member.Nick}" : member.Nick;

    private void Joined(ChatRequest? request, RoomState room)
    {
        int others = room.Members.Count - 1;
        Notice($"You are in {room.Name}, with {others} {(others == 1 ? "other" : "others")}{(room.Topic.Length > 0 ? $": {room.Topic}" : ".")}");
        Replay(ChatState.GetHistory(room, ChatState.MaxShown));
    }

    private void Replay(List<ChatMessage> messages)
    {
        foreach (ChatMessage message in messages)
        {
            Line(ChatText.Format(message with { IsReplayed = true }));
        }
    }
}
