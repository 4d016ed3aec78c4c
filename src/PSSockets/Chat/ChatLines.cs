using System;
using System.IO;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using PSSockets.Engine.Chat;
using PSSockets.Engine.Transport;

namespace PSSockets.Chat;

/// <summary>A chat where there is no terminal: lines are read from the standard input and said, messages are given as plain lines.</summary>
internal sealed class ChatLines
{
    private readonly ChatSession _session;
    private readonly IMessageReader _reader;
    private readonly Action<string> _write;

    public ChatLines(ChatSession session, IMessageReader reader, Action<string> write)
    {
        _session = session;
        _reader = reader;
        _write = write;
    }

    /// <summary>Runs until the input or the session ends.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        ChatConversation conversation = new(_session, end.Token);
        Task typing = SubmitAllAsync(conversation, end.Token);
        Task reading = WriteAllAsync(conversation, end.Token);
        await Task.WhenAny(typing, reading).ConfigureAwait(false);
        await Task.WhenAny(conversation.Work, _session.WhenEnded()).ConfigureAwait(false);
        await end.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(typing, reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        WriteArrived(conversation);
        cancellationToken.ThrowIfCancellationRequested();
    }

    private static async Task SubmitAllAsync(ChatConversation conversation, CancellationToken cancellationToken)
    {
        await foreach (string line in ReadInput().ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            conversation.Submit(line);
            if (conversation.IsQuit)
            {
                return;
            }
        }
    }

    private async Task WriteAllAsync(ChatConversation conversation, CancellationToken cancellationToken)
    {
        Task<bool> arriving = _reader.WaitAsync(cancellationToken).AsTask();
        while (true)
        {
            // What commands answer is looked for ten times a second; what others say wakes at once.
            await Task.WhenAny(arriving, Task.Delay(100, cancellationToken)).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            WriteArrived(conversation);
            if (arriving.IsCompleted)
            {
                if (!await arriving.ConfigureAwait(false))
                {
                    _write($"-- {(_session.StatusText.Length > 0 ? _session.StatusText : "The session was closed.")}");
                    return;
                }

                arriving = _reader.WaitAsync(cancellationToken).AsTask();
            }
        }
    }

    private void WriteArrived(ChatConversation conversation)
    {
        while (_reader.TryRead(out object? message))
        {
            _write(((ChatMessage)message).ToString());
        }

        while (conversation.Output.TryDequeue(out ChatOutput output))
        {
            if (output.Message is null)
            {
                _write($"{(output.IsError ? "!!" : "--")} {Display.Plain(output.Text)}");
            }
            else if (!output.IsOwn)
            {
                _write(output.Message.ToString());
            }
        }
    }

    /// <summary>The standard input's lines. A read of it cannot be cancelled: a thread of its own waits there, and ends with the process.</summary>
    private static ChannelReader<string> ReadInput()
    {
        Channel<string> lines = Channel.CreateBounded<string>(100);
        Thread thread = new(() =>
        {
            TextReader input = Console.In;
            while (input.ReadLine() is { } line)
            {
                if (!lines.Writer.TryWrite(line) && !lines.Writer.WaitToWriteAsync().AsTask().GetAwaiter().GetResult())
                {
                    return;
                }
            }

            lines.Writer.TryComplete();
        })
        {
            IsBackground = true,
            Name = "Chat input",
        };
        thread.Start();
        return lines.Reader;
    }
}
