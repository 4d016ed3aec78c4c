using System;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Threading;
using PSSockets.Engine.Framing;

namespace PSSockets.Engine.Transport;

/// <summary>
/// Decodes the next messages on another thread while those before them are used, where many wait. Their bytes stay in the connection's
/// buffer until they are taken, so that whoever reads after an early end finds the others, and may read them in another way.
/// <para>
/// The buffer belongs to one thread at a time: to the other one while it is at work, else to the reader.
/// </para>
/// </summary>
internal sealed class ReadAhead : IThreadPoolWorkItem
{
    /// <summary>Below so many bytes the handover would cost more than it saves, and a slow source's lines would come later.</summary>
    private const int WorthwhileLength = 16 * 1024;

    private const int Idle = 0;
    private const int Queued = 1;
    private const int Running = 2;
    private const int Done = 3;

    private readonly SocketConnection _connection;
    private readonly FrameDecoder _decoder;
    private readonly Encoding? _encoding;
    private Batch _current = new();
    private Batch _next = new();
    private Exception? _fillFailure;
    private bool _isStarted;
    private int _taken;
    private int _takenLength;
    private int _state;

    /// <summary>Creates one for a reader.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="decoder">Finds the messages; one that never ends a message inside a character.</param>
    /// <param name="encoding">The encoding of text; null where messages are byte arrays.</param>
    public ReadAhead(SocketConnection connection, FrameDecoder decoder, Encoding? encoding)
    {
        _connection = connection;
        _decoder = decoder;
        _encoding = encoding;
    }

    /// <summary>Starts where enough waits; the reader has just taken a message.</summary>
    public void StartIfWorthwhile()
    {
        if (_connection.Buffer.Length >= WorthwhileLength && (_encoding is null || !_connection.HoldsPartialText))
        {
            Start();
        }
    }

    /// <summary>Takes the next message.</summary>
    /// <returns>False where none was decoded ahead; then the buffer is the reader's.</returns>
    public bool TryTake([NotNullWhen(true)] out object? message)
    {
        if (_taken == _current.Count && !TryFinish())
        {
            message = null;
            return false;
        }

        message = _current.Take(_taken++, out int length);
        _takenLength += length;
        _connection.CountMessage();
        return true;
    }

    /// <summary>Stops, and reports what the other thread has met when it looked for more.</summary>
    /// <exception cref="Errors.SocketFailureException">The connection broke meanwhile.</exception>
    public void Settle()
    {
        Stop();
        if (_fillFailure is { } failure)
        {
            _fillFailure = null;
            throw failure;
        }
    }

    /// <summary>Forgets what was decoded and not taken; the buffer is the reader's then, and has what was not taken.</summary>
    public void Stop()
    {
        if (!_isStarted)
        {
            return;
        }

        if (Interlocked.CompareExchange(ref _state, Idle, Queued) != Queued)
        {
            WaitUntilDone();
        }

        _next.Clear();
        Advance();
        _isStarted = false;
    }

    /// <summary>The other thread.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        if (Interlocked.CompareExchange(ref _state, Running, Queued) == Queued)
        {
            Decode();
            Volatile.Write(ref _state, Done);
        }
    }

    private void Start()
    {
        _isStarted = true;
        Volatile.Write(ref _state, Queued);
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    private bool TryFinish()
    {
        if (!_isStarted)
        {
            return false;
        }

        if (Interlocked.CompareExchange(ref _state, Running, Queued) == Queued)
        {
            // A busy pool has not come to it yet, and need not.
            Decode();
            _state = Idle;
        }
        else
        {
            WaitUntilDone();
        }

        Advance();
        _isStarted = _current.Count > 0;
        if (_isStarted)
        {
            Start();
        }

        return _isStarted;
    }

    /// <summary>Uses up what was taken and goes on to the next batch.</summary>
    private void Advance()
    {
        _connection.Buffer.Consume(_takenLength);
        _taken = _takenLength = 0;
        _current.Clear();
        (_current, _next) = (_next, _current);
    }

    /// <summary>Short: the other thread is in the middle of a batch, which waits for nothing.</summary>
    private void WaitUntilDone()
    {
        SpinWait wait = default;
        while (Volatile.Read(ref _state) != Done)
        {
            wait.SpinOnce(sleep1Threshold: -1);
        }

        _state = Idle;
    }

    private void Decode()
    {
        try
        {
            if (_fillFailure is null && _connection.Buffer.Length - _current.Length < Batch.MaxLength)
            {
                _connection.TryFill();
            }
        }
        catch (Exception exception)
        {
            _fillFailure = exception;
        }

        try
        {
            ReadOnlySpan<byte> rest = _connection.Buffer.Span[_current.Length..];
            int examined = 0;
            while (!_next.IsFull && _decoder.TryDecode(rest, ref examined, out Frame frame))
            {
                ReadOnlySpan<byte> bytes = rest.Slice(frame.Start, frame.Length);
                _next.Add(_encoding is null ? bytes.ToArray() : _encoding.GetString(bytes), frame.Consumed);
                rest = rest[frame.Consumed..];
            }
        }
        catch (Exception)
        {
            // The reader meets it again, in its place, when it has taken the messages before it.
        }
    }

    /// <summary>Messages, each with the bytes that it uses up.</summary>
    private sealed class Batch
    {
        public const int MaxLength = 64 * 1024;
        private const int MaxCount = 1024;

        private readonly object?[] _messages = new object?[MaxCount];
        private readonly int[] _lengths = new int[MaxCount];

        public int Count { get; private set; }

        public int Length { get; private set; }

        public bool IsFull => Count == MaxCount || Length >= MaxLength;

        public void Add(object message, int length)
        {
            _messages[Count] = message;
            _lengths[Count++] = length;
            Length += length;
        }

        public object Take(int index, out int length)
        {
            object message = _messages[index]!;
            _messages[index] = null;
            length = _lengths[index];
            return message;
        }

        public void Clear()
        {
            Array.Clear(_messages, 0, Count);
            Count = Length = 0;
        }
    }
}
