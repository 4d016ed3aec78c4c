using System;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.Errors;
using PSSockets.Engine.Transport;

namespace PSSockets.Engine.Chat;

/// <summary>
/// One client of a chat server, from its connecting to its end: reads its lines, has the server do what they ask for, and closes in good
/// order. What it changes it changes under the server's lock.
/// </summary>
internal sealed partial class ChatConnection
{
    /// <summary>How often a wrong password may be given.</summary>
    private const int PasswordAttempts = 3;

    /// <summary>
    /// Who connects may want JSON and a nick of its own, and says so at once; who has said nothing for this long is a person, and is
    /// announced to the others, or told that it is not let in.
    /// </summary>
    private static readonly TimeSpan s_announceAfter = TimeSpan.FromMilliseconds(500);

    /// <summary>How long the last words may take.</summary>
    private static readonly TimeSpan s_closeLimit = TimeSpan.FromSeconds(5);

    private readonly ChatServer _server;
    private readonly ChatServerOptions _options;
    private readonly long _connectedAt = Environment.TickCount64;
    private ChatFault? _refusal;
    private Phase _phase;
    private int _wrongPasswords;
    private long _lastHeard = Environment.TickCount64;
    private Task? _closing;

    /// <summary>Creates one that has not begun.</summary>
    /// <param name="server">Its server.</param>
    /// <param name="options">What that was made with.</param>
    /// <param name="connection">The connection.</param>
    /// <param name="refusal">Why the client is not let in; null where it is.</param>
    public ChatConnection(ChatServer server, ChatServerOptions options, SocketConnection connection, ChatFault? refusal)
    {
        _refusal = refusal;
        _server = server;
        _options = options;
        _phase = options.Password is null ? Phase.First : Phase.Password;
        _bucket = new TokenBucket(options.Limits.RateLimit, options.Limits.RateBurst, _lastHeard);
        Replies = new TextReplies(options.IsRaw);
        Connection = connection;
        Outbox = new ChatOutbox(connection, options.MaxQueuedBytes, options.SlowConsumer, DescribeLoss, Overflow);
    }

    /// <summary>How far a client has come.</summary>
    private enum Phase
    {
        /// <summary>It must say the password.</summary>
        Password,

        /// <summary>It has not said anything; its first line tells how it speaks.</summary>
        First,

        /// <summary>It takes part.</summary>
        Member,
    }

    /// <summary>The connection.</summary>
    public SocketConnection Connection { get; }

    /// <summary>What waits for it.</summary>
    public ChatOutbox Outbox { get; }

    /// <summary>What it is answered.</summary>
    public ChatReplies Replies { get; private set; }

    /// <summary>The member that it is; null before and after.</summary>
    public Participant? Member { get; private set; }

    /// <summary>How long ago it sent anything.</summary>
    public TimeSpan Silence => TimeSpan.FromMilliseconds(Environment.TickCount64 - Volatile.Read(ref _lastHeard));

    /// <summary>True where it was asked whether it is there, and has not answered.</summary>
    public bool IsPinged { get; set; }

    /// <summary>True once it is being closed.</summary>
    public bool IsEnding => Volatile.Read(ref _closing) is not null;

    private TimeSpan Age => TimeSpan.FromMilliseconds(Environment.TickCount64 - _connectedAt);

    /// <summary>Serves the client to its end; never throws.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            using ConnectionReader reader = Connection.OpenReader();
            _server.Change(this, Greet);
            CloseWhereAsked();
            while (!IsEnding && await WaitAsync(reader, stopping).ConfigureAwait(false))
            {
                await HandleAsync(reader, stopping).ConfigureAwait(false);
            }

            await EndAsync("Quit", "Goodbye.", CloseReason.ClosedByPeer).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await EndAsync("ServerStopped", "The server stops.", CloseReason.ServerStopped).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            SocketErrorId? errorId = (exception as ISocketFailure)?.ErrorId;
            bool isTooLong = errorId == SocketErrorId.FrameTooLarge;
            if (isTooLong)
            {
                _server.ReportError(
                    new SocketFailureException(
                        SocketErrorId.MessageTooLong,
                        $"{Connection.DisplayName} has sent more than {ChatServer.MaxLineLength / 1024} KiB without a line end, and was disconnected.",
                        Connection.DisplayName,
                        exception),
                    Connection);
            }
            else if (errorId is not (SocketErrorId.ConnectionReset or SocketErrorId.ObjectClosed))
            {
                // That members vanish is a chat's everyday life, and no error of the server. Whatever it is, the member must not stay behind.
                _server.ReportError(exception, Connection);
            }

            await EndAsync(isTooLong ? "TooLong" : "Quit", "Goodbye.", CloseReason.Closed).ConfigureAwait(false);
        }
    }

    /// <summary>Says goodbye and closes, once; does not wait for it. Not under the server's lock.</summary>
    /// <param name="reason">One word for programs.</param>
    /// <param name="text">A sentence for people.</param>
    public void Disconnect(string reason, string text)
        => _ = EndAsync(reason, text, CloseReason.Closed);

    private Task EndAsync(string reason, string text, CloseReason closeReason)
    {
        TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        if (Interlocked.CompareExchange(ref _closing, ended.Task, null) is { } already)
        {
            return already;
        }

        _ = CloseAsync(reason, text, closeReason, ended);
        return ended.Task;
    }

    private async Task CloseAsync(string reason, string text, CloseReason closeReason, TaskCompletionSource ended)
    {
        try
        {
            ChatSegment? last = null;
            _server.Change(this, () =>
            {
                Leave(DescribeLeave(reason));
                if (closeReason != CloseReason.ClosedByPeer)
                {
                    Replies.Goodbye(reason, text);
                }

                last = Replies.Take();
            });
            Outbox.Complete(last, discard: false);
            await Outbox.WhenEmptyAsync().WaitAsync(s_closeLimit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (Outbox.WhenEmptyAsync().IsCompleted)
            {
                await Connection.CloseAsync(s_closeLimit, closeReason).ConfigureAwait(false);
            }
            else
            {
                Connection.Shutdown(CloseReason.SlowConsumer, null);
            }
        }
        catch (SocketTimeoutException)
        {
            // Aborted; the connection keeps the reason.
        }
        finally
        {
            ended.TrySetResult();
        }
    }

    /// <summary>What the others are told of why somebody goes.</summary>
    private static string DescribeLeave(string reason) => reason switch
    {
        "SlowConsumer" => "did not read fast enough",
        "IdleTimeout" => "was silent for too long",
        "RateLimited" => "sent too much",
        "TooLong" => "sent too long a line",
        _ => string.Empty,
    };

    private async Task<bool> WaitAsync(ConnectionReader reader, CancellationToken stopping)
    {
        TimeSpan limit = _phase switch
        {
            Phase.Password => TimeSpan.FromSeconds(_options.Limits.LoginSeconds) - Age,
            Phase.First when _refusal is not null => s_announceAfter - Age,
            Phase.First when Member is null => TimeSpan.FromSeconds(_options.Limits.LoginSeconds) - Silence,
            Phase.First when Member is { IsAnnounced: false } => s_announceAfter,
            _ => Timeout.InfiniteTimeSpan,
        };
        if (limit == Timeout.InfiniteTimeSpan)
        {
            return await reader.WaitAsync(stopping).ConfigureAwait(false);
        }

        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        patience.CancelAfter(limit > TimeSpan.Zero ? limit : TimeSpan.Zero);
        try
        {
            return await reader.WaitAsync(patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            if (_refusal is { } refusal)
            {
                _server.Change(this, () => Refuse(refusal));
                CloseWhereAsked();
            }
            else if (_phase == Phase.Password || Member is null)
            {
                Disconnect("IdleTimeout", $"You did not say {(_phase == Phase.Password ? "the password" : "hello")} in time.");
            }
            else
            {
                _server.Change(this, Announce);
            }

            return true;
        }
    }

    /// <summary>Replies in the client's protocol, apart from those that are being gathered under the lock.</summary>
    private ChatReplies CreateReplies() => Replies is JsonReplies ? new JsonReplies() : new TextReplies(_options.IsRaw);

    private ChatSegment DescribeLoss(long count)
    {
        ChatReplies replies = CreateReplies();
        replies.Lost(count);
        return replies.Take()!;
    }

    private ChatSegment Overflow()
    {
        ThreadPool.UnsafeQueueUserWorkItem(static self => self.Disconnect("SlowConsumer", string.Empty), this, preferLocal: false);
        ChatReplies replies = CreateReplies();
        replies.Goodbye("SlowConsumer", "You did not read fast enough, and too much waited for you.");
        return replies.Take()!;
    }
}
