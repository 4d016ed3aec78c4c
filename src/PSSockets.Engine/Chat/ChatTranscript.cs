using System;
using System.Globalization;
using System.IO;
using System.Text;
using System.Threading.Channels;
using System.Threading.Tasks;

namespace PSSockets.Engine.Chat;

/// <summary>
/// Appends what is said in rooms to a file, a line each, in UTF-8. Others may read the file meanwhile. A disk that fails is reported and
/// does not stop the chat. Safe for use by many threads.
/// </summary>
internal sealed class ChatTranscript
{
    /// <summary>How many lines wait for a slow disk before further ones are lost.</summary>
    private const int MaxWaiting = 65_536;

    private readonly Channel<ChatMessage> _messages = Channel.CreateBounded<ChatMessage>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true });
    private readonly Stream _file;
    private readonly Action<Exception> _onError;
    private readonly Task _writing;
    private bool _isFailing;

    /// <summary>Begins to write.</summary>
    /// <param name="file">Where to; disposed with this.</param>
    /// <param name="onError">Told of what could not be written, once for a row of failures.</param>
    public ChatTranscript(Stream file, Action<Exception> onError)
    {
        _file = file;
        _onError = onError;
        _writing = Task.Run(WriteAllAsync);
    }

    /// <summary>Opens the file, or makes it.</summary>
    public static FileStream Open(string path)
        => new(path, new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write, Share = FileShare.Read | FileShare.Delete });

    /// <summary>A message as a line: the time in UTC, then as people see it.</summary>
    public static string Format(ChatMessage message) => string.Create(
        CultureInfo.InvariantCulture,
        $"{message.Time.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffZ} {(message.Kind == ChatMessageKind.Notice ? $"[{message.Room}] {message.From}" : string.Empty)}{ChatText.Format(message)}\n");

    /// <summary>Adds a message; never waits.</summary>
    public void Add(ChatMessage message)
    {
        if (!_messages.Writer.TryWrite(message))
        {
            Fail(new IOException($"The transcript's disk is too slow: more than {MaxWaiting} lines wait, and what is said meanwhile is not written."));
        }
    }

    /// <summary>Writes what waits and closes the file. A disk that hangs is reported and left behind.</summary>
    /// <param name="limit">How long that may take.</param>
    public async Task CompleteAsync(TimeSpan limit)
    {
        _messages.Writer.TryComplete();
        await _writing.WaitAsync(limit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_writing.IsCompleted)
        {
            _onError(new IOException($"The transcript's disk has taken nothing for {limit.TotalSeconds:0.#} s: the end of the transcript may be missing."));
        }
    }

    private async Task WriteAllAsync()
    {
        while (await _messages.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            StringBuilder lines = new();
            while (lines.Length < 64 * 1024 && _messages.Reader.TryRead(out ChatMessage? message))
            {
                lines.Append(Format(message));
            }

            try
            {
                await _file.WriteAsync(Encoding.UTF8.GetBytes(lines.ToString())).ConfigureAwait(false);
                await _file.FlushAsync().ConfigureAwait(false);
                _isFailing = false;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                Fail(exception);
            }
        }

        try
        {
            await _file.DisposeAsync().ConfigureAwait(false);
        }
        catch (IOException exception)
        {
            Fail(exception);
        }
    }

    private void Fail(Exception exception)
    {
        if (!_isFailing)
        {
            _isFailing = true;
            _onError(exception);
        }
    }
}
