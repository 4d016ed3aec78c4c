using System;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.Chat;
using PSSockets.Engine.Errors;
using PSSockets.Engine.Transport;

namespace PSSockets.Chat;

/// <summary>
/// A chat in a terminal: messages scroll by above the row in which the user types. The scroll-back stays the terminal's own. Runs on the
/// pipeline's thread until the user leaves or the session ends.
/// </summary>
internal sealed class ChatScreen
{
    /// <summary>How often keys and messages are looked for. A thread that waits for a key could not be ended, and would swallow the next one.</summary>
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(15);

    private readonly ChatSession _session;
    private readonly IMessageReader _reader;
    private readonly ChatLineFormatter _formatter;
    private readonly ChatRoster _roster = new();
    private readonly LineEditor _editor = new();
    private readonly PasteFilter _keys = new();
    private readonly TabCompleter _completer = new();
    private readonly InputRow _row = new();
    private readonly StringBuilder _lines = new();
    private readonly bool _hasBell;
    private ChatSessionStatus _lastStatus = ChatSessionStatus.Open;
    private (string Text, int Columns) _prompt;
    private int _width;

    public ChatScreen(ChatSession session, IMessageReader reader, bool hasColors, bool hasBell)
    {
        _session = session;
        _reader = reader;
        _formatter = new ChatLineFormatter(hasColors);
        _hasBell = hasBell;
    }

    /// <summary>Shows the chat.</summary>
    public void Run(CancellationToken cancellationToken)
    {
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        ChatConversation conversation = new(_session, end.Token);
        bool treatedControlCAsInput = Console.TreatControlCAsInput;
        Task<bool> roster = LearnMembersAsync(end.Token);
        try
        {
            // Ctrl+C leaves the chat; it must not end the script around it.
            Console.TreatControlCAsInput = true;
            Console.Write(PasteFilter.Begin);
            Greet();
            while (!conversation.IsQuit && !cancellationToken.IsCancellationRequested)
            {
                bool isChanged = ReadKeys(conversation) | TakeMessages(conversation) | NoticeStatus();
                if (isChanged || _width != Console.WindowWidth)
                {
                    Draw();
                }

                if (_session.Status == ChatSessionStatus.Closed)
                {
                    return;
                }

                cancellationToken.WaitHandle.WaitOne(s_interval);
            }
        }
        finally
        {
            end.Cancel();
            Console.Write(_row.Erase(Console.WindowWidth) + _lines + PasteFilter.End);
            Console.TreatControlCAsInput = treatedControlCAsInput;
        }
    }

    private void Greet()
    {
        string rooms = _session.IsPlain ? "plain text only" : string.Join(", ", _session.Rooms);
        AddLine(_formatter.FormatNotice($"{_session.DisplayName}: {rooms}. {(_session.IsPlain ? string.Empty : "/help shows the commands, ")}Ctrl+C leaves."));
        Draw();
    }

    private bool ReadKeys(ChatConversation conversation)
    {
        bool isChanged = false;
        while (!conversation.IsQuit && TryReadKey(out ConsoleKeyInfo key, out string? pasted))
        {
            isChanged = true;
            if (pasted is not null)
            {
                Paste(pasted);
                continue;
            }

            EditResult result = _editor.Handle(key);
            if (result == EditResult.Complete)
            {
                _completer.Complete(_editor, ChatConversation.Commands, _session.Rooms, _roster.Nicks);
                continue;
            }

            _completer.Reset();
            switch (result)
            {
                case EditResult.Submitted when _editor.Text.Trim() == "/clear":
                    _editor.TakeLine();
                    Clear();
                    break;
                case EditResult.Submitted:
                    conversation.Submit(_editor.TakeLine());
                    break;
                case EditResult.Quit:
                    conversation.Submit("/quit");
                    break;
                case EditResult.Clear:
                    Clear();
                    break;
            }
        }

        return isChanged;
    }

    private bool TryReadKey(out ConsoleKeyInfo key, out string? pasted)
    {
        while (_keys.Ready.Count == 0 && Console.KeyAvailable)
        {
            _keys.Add(Console.ReadKey(intercept: true));
        }

        if (_keys.Ready.Count == 0)
        {
            _keys.Pause();
        }

        bool isRead = _keys.Ready.TryDequeue(out (ConsoleKeyInfo Key, string? Pasted) next);
        (key, pasted) = next;
        return isRead;
    }

    /// <summary>Puts what was pasted into the line; nothing of it is said before Enter.</summary>
    private void Paste(string text)
    {
        _completer.Reset();
        if (text.Length > PasteFilter.MaxLength)
        {
            AddLine(_formatter.FormatError($"What you pasted was left out: it is longer than {PasteFilter.MaxLength} characters."));
            return;
        }

        _editor.Replace(_editor.Cursor, _editor.Cursor, text);
        int lines = text.Split('\n').Length;
        if (lines > 1)
        {
            AddLine(_formatter.FormatNotice($"{lines} lines were pasted: Enter says them one by one, Escape drops them."));
        }
    }

    private bool TakeMessages(ChatConversation conversation)
    {
        bool isChanged = false;
        while (_reader.TryRead(out object? next))
        {
            ChatMessage message = (ChatMessage)next;
            _roster.Learn(message);
            AddLine(_formatter.Format(message, _session.Nick, DateTimeOffset.Now));
            if (_hasBell && ChatLineFormatter.WantsAttention(message, _session.Nick))
            {
                _lines.Append('\a');
            }

            isChanged = true;
        }

        while (conversation.Output.TryDequeue(out ChatOutput output))
        {
            AddLine(output.Message is not null ? _formatter.Format(output.Message, _session.Nick, DateTimeOffset.Now)
                : output.IsError ? _formatter.FormatError(output.Text)
                : _formatter.FormatNotice(output.Text));
            isChanged = true;
        }

        return isChanged;
    }

    /// <summary>Tells of a connection that is lost, and found again; each try between is only to be seen in the prompt.</summary>
    private bool NoticeStatus()
    {
        ChatSessionStatus status = _session.Status;
        if (status != _lastStatus)
        {
            _lastStatus = status;
            string text = _session.StatusText;
            AddLine(status == ChatSessionStatus.Open ? _formatter.FormatNotice("You are back in the chat.")
                : _formatter.FormatError(text.Length > 0 ? text : "The session was closed."));
            return true;
        }

        return _formatter.FormatPrompt(_session.CurrentRoom, _session.Nick, status) != _prompt;
    }

    private void AddLine(string line) => _lines.Append(line).Append("\r\n");

    private void Clear() => _lines.Append("\u001b[2J\u001b[H");

    /// <summary>Writes the lines that have come and draws the row below them, in one write, so that nothing flickers.</summary>
    private void Draw()
    {
        _width = Console.WindowWidth;
        _prompt = _formatter.FormatPrompt(_session.CurrentRoom, _session.Nick, _session.Status);
        Console.Write($"\u001b[?25l{_row.Erase(_width)}{_lines}{_row.Draw(_prompt, _editor, _width)}\u001b[?25h");
        _lines.Clear();
    }

    private async Task<bool> LearnMembersAsync(CancellationToken cancellationToken)
    {
        if (_session.IsPlain)
        {
            return false;
        }

        try
        {
            foreach (ChatMember member in await _session.GetMembersAsync(null, cancellationToken).ConfigureAwait(false))
            {
                _roster.Add(member.Nick);
            }

            return true;
        }
        catch (Exception exception) when (exception is ISocketFailure or OperationCanceledException)
        {
            // Completion knows those who have said something.
            return false;
        }
    }
}
