using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;

namespace PSSockets.Engine.Chat;

/// <summary>
/// Puts messages into the outboxes of those who get them. Each message is encoded once per protocol, and messages one behind the other
/// for the same members become one segment. Guarded by the lock of its server; it makes no system call.
/// </summary>
internal sealed class ChatFanOut
{
    /// <summary>How many characters of text one segment holds, more or less: what a slow member loses, it loses by segments.</summary>
    private const int MaxRun = 32 * 1024;

    private readonly ChatEncoding _encoding;

    public ChatFanOut(bool isRaw)
    {
        _encoding = new ChatEncoding(isRaw);
    }

    /// <summary>Adds the messages to outboxes, and the outboxes that the caller must flush to <paramref name="touched"/>.</summary>
    public void Deliver(List<ChatEffect> effects, List<ChatOutbox> touched)
    {
        ReadOnlySpan<ChatEffect> rest = CollectionsMarshal.AsSpan(effects);
        while (!rest.IsEmpty)
        {
            int count = CountRun(rest);
            Deliver(rest[..count], touched);
            rest = rest[count..];
        }
    }

    private static int CountRun(ReadOnlySpan<ChatEffect> effects)
    {
        int count = 1;
        int length = effects[0].Message.Text.Length;
        while (count < effects.Length && length < MaxRun
            && ReferenceEquals(effects[count].Recipients, effects[0].Recipients) && effects[count].Except == effects[0].Except)
        {
            length += effects[count++].Message.Text.Length;
        }

        return count;
    }

    private void Deliver(ReadOnlySpan<ChatEffect> run, List<ChatOutbox> touched)
    {
        ChatSegment? text = null;
        ChatSegment? json = null;
        foreach (Participant recipient in run[0].Recipients)
        {
            if (recipient == run[0].Except || recipient.Session is not ChatConnection connection)
            {
                continue;
            }

            ChatSegment segment = recipient.Mode == ChatMode.Text
                ? text ??= _encoding.Encode(run, ChatMode.Text)
                : json ??= _encoding.Encode(run, ChatMode.Json);
            if (connection.Outbox.Add(segment))
            {
                touched.Add(connection.Outbox);
            }
        }
    }
}
