using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.Errors;
using PSSockets.Engine.Servers;

namespace PSSockets.Engine.Chat;

/// <content>What the server itself says and does, and its end.</content>
public sealed partial class ChatServer
{
    /// <inheritdoc/>
    /// <remarks>A text of several lines becomes a message for each of them.</remarks>
    public ValueTask SendAsync(string text, string? room, string? recipient, ChatMessageKind kind, CancellationToken cancellationToken = default)
    {
        Say(Name, text, room, recipient, kind);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<ChatMember>> GetMembersAsync(string? room, CancellationToken cancellationToken = default)
    {
        ThrowIfStopped();
        if (room is null)
        {
            return ValueTask.FromResult(Members);
        }

        lock (_gate)
        {
            RoomState found = Chat.FindRoom(room)
                ?? throw new SocketFailureException(SocketErrorId.NoSuchRoom, $"{Name} has no room '{ChatText.Clean(room)}'.", room);
            return ValueTask.FromResult<IReadOnlyList<ChatMember>>(found.Members.Select(Describe).ToArray());
        }
    }

    /// <inheritdoc/>
    public ValueTask RemoveMemberAsync(string nick, string? reason, TimeSpan banTime, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(nick);
        Remove(nick, reason, banTime);
        return ValueTask.CompletedTask;
    }

    /// <summary>Ends the bans of a nick, on all nodes.</summary>
    /// <returns>False where there was none.</returns>
    public bool Unban(string nick)
    {
        ArgumentNullException.ThrowIfNull(nick);
        bool wasBanned = false;
        Change(null, () => wasBanned = Chat.Unban(nick));
        return wasBanned;
    }

    /// <summary>Removes a member, in the server's name.</summary>
    internal void Remove(string nick, string? reason, TimeSpan banTime)
    {
        ThrowIfStopped();
        ChatFault? fault = null;
        Change(null, () =>
        {
            string why = ChatText.Clean(reason ?? string.Empty);
            fault = Chat.Kick(null, nick, why, banTime, out Participant? victim);
            if (fault is null)
            {
                DisconnectLater(victim!, "Kicked", DescribeKick(Name, why));
            }
        });
        if (fault is { } refusal)
        {
            throw refusal.ToException(nick);
        }
    }

    /// <summary>Says something under a name that is not a member's.</summary>
    internal void Say(string from, string text, string? room, string? recipient, ChatMessageKind kind)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (kind is not (ChatMessageKind.Message or ChatMessageKind.Action or ChatMessageKind.Notice))
        {
            throw new ArgumentOutOfRangeException(nameof(kind), kind, "A server says messages, actions and notices.");
        }

        ThrowIfStopped();
        ChatFault? fault = null;
        Change(null, () =>
        {
            foreach (string line in ChatText.GetLines(text))
            {
                fault ??= Chat.SayAsServer(from, room, recipient, line, kind);
            }
        });
        if (fault is { } refusal)
        {
            throw refusal.ToException(recipient ?? room ?? Name);
        }
    }

    /// <summary>How long a ban of so many seconds lasts.</summary>
    internal static TimeSpan ToBanTime(double seconds)
        => double.IsNaN(seconds) || seconds <= 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(Math.Min(seconds, TimeSpan.FromDays(36_500).TotalSeconds));

    /// <summary>What somebody is told who is removed.</summary>
    internal static string DescribeKick(string by, string? reason)
        => $"You were removed by {by}{(string.IsNullOrEmpty(reason) ? "." : $": {reason}")}";

    /// <inheritdoc/>
    protected override async Task StopOnceAsync()
    {
        lock (_gate)
        {
            Chat.IsEnding = true;
        }

        await Stopping.CancelAsync().ConfigureAwait(false);
        if (_idleSweep is not null)
        {
            await _idleSweep.DisposeAsync().ConfigureAwait(false);
        }

        // The other nodes hear of the end once, not of each member's leaving.
        if (_node is not null)
        {
            await _node.DisposeAsync().ConfigureAwait(false);
        }

        // Each connection says goodbye when it is told to stop.
        using (Aborting.Token.Register(static tcp => ((TcpServer)tcp!).Dispose(), _tcp))
        {
            await _tcp.StopAsync(Timeout.InfiniteTimeSpan).ConfigureAwait(false);
        }

        if (_bot is not null)
        {
            _bot.Interrupt();
            await _bot.StopAsync().WaitAsync(InterruptLimit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (_transcript is not null)
        {
            await _transcript.CompleteAsync(s_transcriptLimit).ConfigureAwait(false);
        }

        _feed.Complete();
    }

    private void ThrowIfStopped()
    {
        if (Status != ServerStatus.Running)
        {
            throw Stopped();
        }
    }
}
