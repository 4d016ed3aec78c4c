using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.Chat;
using PSSockets.Engine.Errors;

namespace PSSockets.Chat;

/// <summary>Something to be shown: a message, a notice or an error.</summary>
internal readonly record struct ChatOutput(ChatMessage? Message, string Text, bool IsError, bool IsOwn = false);

/// <summary>
/// What a user types, done one after the other while he types on: text is said, commands are carried out. What there is to show of it
/// waits in <see cref="Output"/>.
/// </summary>
internal sealed class ChatConversation
{
    /// <summary>How long one line may take, as where the connection is away, before the user is told that it was not sent.</summary>
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(15);

    private static readonly (string Name, string Usage, string Meaning)[] s_commands =
    [
        ("/clear", "/clear", "clears the screen"),
        ("/help", "/help", "shows this"),
        ("/history", "/history [COUNT]", "the last messages of the room"),
        ("/join", "/join ROOM", "enters a room, or goes to it"),
        ("/kick", "/kick NICK [REASON]", "removes a member; operators only"),
        ("/leave", "/leave [ROOM]", "leaves this room, or another"),
        ("/me", "/me TEXT", "says what you do"),
        ("/msg", "/msg NICK TEXT", "says it to one member only"),
        ("/nick", "/nick NAME", "takes another nick"),
        ("/oper", "/oper PASSWORD", "becomes an operator"),
        ("/quit", "/quit", "leaves the chat"),
        ("/rooms", "/rooms", "the rooms"),
        ("/topic", "/topic [TEXT]", "shows or sets the room's topic"),
        ("/who", "/who [ROOM]", "who is in this room, or another; /who * everybody"),
    ];

    private readonly ChatSession _session;
    private readonly CancellationToken _end;

    public ChatConversation(ChatSession session, CancellationToken end)
    {
        _session = session;
        _end = end;
    }

    /// <summary>The commands' names.</summary>
    public static IEnumerable<string> Commands => s_commands.Select(command => command.Name);

    /// <summary>What there is to show.</summary>
    public ConcurrentQueue<ChatOutput> Output { get; } = new();

    /// <summary>Completes when all that was typed has been done.</summary>
    public Task Work { get; private set; } = Task.CompletedTask;

    /// <summary>True where the user wants to leave.</summary>
    public bool IsQuit { get; private set; }

    /// <summary>
    /// Takes what was typed; called by one thread. Of several lines, which were pasted, each is said by itself and none is a command, unless
    /// they stand behind one: then they belong to it as one line.
    /// </summary>
    public void Submit(string text)
    {
        string[] lines = IsCommand(text) ? [text.Replace('\n', ' ')] : text.Split('\n');
        if (lines is [var line] && (line.Trim() is "/quit" || line.StartsWith("/quit ", StringComparison.Ordinal)))
        {
            IsQuit = true;
            return;
        }

        for (int i = 0; i < lines.Length; i++)
        {
            if (!string.IsNullOrWhiteSpace(lines[i]))
            {
                Work = RunBehindAsync(Work, i > 0 && !_session.IsPlain && lines[i].StartsWith('/') ? "/" + lines[i] : lines[i]);
            }
        }
    }

    private bool IsCommand(string line) => !_session.IsPlain && line.StartsWith('/') && !line.StartsWith("//", StringComparison.Ordinal);

    private async Task RunBehindAsync(Task before, string line)
    {
        await before.ConfigureAwait(false);
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(_end);
        limit.CancelAfter(s_limit);
        try
        {
            await RunAsync(line, limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            if (!_end.IsCancellationRequested)
            {
                Fail($"Not done within {s_limit.TotalSeconds} s: {line}");
            }
        }
        catch (Exception exception) when (exception is ISocketFailure)
        {
            Fail(exception.Message);
        }
    }

    private async Task RunAsync(string line, CancellationToken cancellationToken)
    {
        if (!IsCommand(line))
        {
            string text = !_session.IsPlain && line.StartsWith('/') ? line[1..] : line;
            await SayAsync(text, null, ChatMessageKind.Message, cancellationToken).ConfigureAwait(false);
            return;
        }

        string[] parts = line.Split(' ', 2, StringSplitOptions.TrimEntries);
        string rest = parts.Length > 1 ? parts[1] : string.Empty;
        string[] words = rest.Split(' ', 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        switch (parts[0].ToLowerInvariant())
        {
            case "/help":
                ShowHelp();
                break;
            case "/join" when words.Length == 1:
                await JoinAsync(words[0], cancellationToken).ConfigureAwait(false);
                break;
            case "/leave" when words.Length < 2:
                string left = words.Length == 1 ? words[0] : GetRoom();
                await _session.LeaveAsync(left, cancellationToken).ConfigureAwait(false);
                Note($"You have left {left}.");
                break;
            case "/nick" when words.Length == 1:
                await _session.SetNickAsync(words[0], cancellationToken).ConfigureAwait(false);
                Note($"You are now {_session.Nick}.");
                break;
            case "/me" when words.Length > 0:
                await SayAsync(rest, null, ChatMessageKind.Action, cancellationToken).ConfigureAwait(false);
                break;
            case "/msg" when words.Length == 2:
                await SayAsync(words[1], words[0], ChatMessageKind.Private, cancellationToken).ConfigureAwait(false);
                break;
            case "/who" when words.Length < 2:
                await ShowMembersAsync(words, cancellationToken).ConfigureAwait(false);
                break;
            case "/rooms":
                foreach (ChatRoom room in await _session.GetRoomsAsync(cancellationToken).ConfigureAwait(false))
                {
                    Note($"{room.Name}: {room.MemberCount} {(room.MemberCount == 1 ? "member" : "members")}{(room.Topic.Length > 0 ? $", {room.Topic}" : string.Empty)}");
                }

                break;
            case "/topic":
                string topic = await _session.SetTopicAsync(GetRoom(), rest.Length > 0 ? rest : null, cancellationToken).ConfigureAwait(false);
                Note(topic.Length > 0 ? $"The topic of {GetRoom()}: {topic}" : $"{GetRoom()} has no topic.");
                break;
            case "/history" when rest.Length == 0 || int.TryParse(rest, NumberStyles.None, CultureInfo.InvariantCulture, out _):
                await ShowHistoryAsync(rest.Length == 0 ? 20 : int.Parse(rest, CultureInfo.InvariantCulture), cancellationToken).ConfigureAwait(false);
                break;
            case "/kick" when words.Length > 0:
                await _session.RemoveMemberAsync(words[0], words.Length > 1 ? words[1] : null, TimeSpan.Zero, cancellationToken).ConfigureAwait(false);
                break;
            case "/oper" when rest.Length > 0:
                await _session.BecomeOperatorAsync(rest, cancellationToken).ConfigureAwait(false);
                Note("You are an operator now.");
                break;
            default:
                (string Name, string Usage, string Meaning) known = s_commands.FirstOrDefault(command => command.Name == parts[0]);
                Fail(known.Usage is null ? $"There is no command {parts[0]}; /help shows those that there are." : $"Use it so: {known.Usage}");
                break;
        }
    }

    private async Task SayAsync(string text, string? recipient, ChatMessageKind kind, CancellationToken cancellationToken)
    {
        // Shown at once: nobody gets his own message back.
        string? room = recipient is null ? _session.CurrentRoom : null;
        Output.Enqueue(new ChatOutput(
            new ChatMessage { Id = string.Empty, Time = DateTimeOffset.Now, Kind = kind, Room = room, From = _session.Nick, To = recipient, Text = text },
            string.Empty,
            IsError: false,
            IsOwn: true));
        await _session.SendAsync(text, room, recipient, kind, cancellationToken).ConfigureAwait(false);
    }

    private async Task JoinAsync(string name, CancellationToken cancellationToken)
    {
        ChatRoom room = await _session.JoinAsync(name, cancellationToken).ConfigureAwait(false);
        Note($"You are in {room.Name}{(room.Topic.Length > 0 ? $": {room.Topic}" : string.Empty)}");
        await ShowMembersAsync([room.Name], cancellationToken).ConfigureAwait(false);
    }

    private async Task ShowMembersAsync(string[] words, CancellationToken cancellationToken)
    {
        string? room = words.Length == 0 ? GetRoom() : words[0] == "*" ? null : words[0];
        IReadOnlyList<ChatMember> members = await _session.GetMembersAsync(room, cancellationToken).ConfigureAwait(false);
        Note($"{(room is null ? "In the chat" : $"In {room}")}: {string.Join(", ", members.Select(member => member.Nick))}");
    }

    private async Task ShowHistoryAsync(int count, CancellationToken cancellationToken)
    {
        foreach (ChatMessage message in await _session.GetHistoryAsync(GetRoom(), count, cancellationToken).ConfigureAwait(false))
        {
            Output.Enqueue(new ChatOutput(message, string.Empty, IsError: false));
        }
    }

    private void ShowHelp()
    {
        foreach ((string _, string usage, string meaning) in s_commands)
        {
            Note($"{usage,-22} {meaning}");
        }
    }

    private string GetRoom() => _session.CurrentRoom
        ?? throw new SocketFailureException(SocketErrorId.NotInRoom, "You are in no room: /join one first.", _session.DisplayName);

    private void Note(string text) => Output.Enqueue(new ChatOutput(null, text, IsError: false));

    private void Fail(string text) => Output.Enqueue(new ChatOutput(null, text, IsError: true));
}
