using System;
using System.Globalization;
using PSSockets.Engine.Transport;

namespace PSSockets.Engine.Chat;

/// <summary>A connection to a server of which nothing is known but that it passes text on.</summary>
internal sealed class PlainChatLink : ChatLink
{
    private readonly Action<ChatMessage> _received;
    private long _count;

    public PlainChatLink(SocketConnection connection, TimeSpan pingInterval, Action<ChatMessage> received)
        : base(connection, pingInterval)
    {
        _received = received;
    }

    /// <inheritdoc/>
    protected override ChatLinkEnd? Take(object message)
    {
        foreach (string line in ((string)message).Split('\n'))
        {
            string text = ChatText.Clean(line);
            if (text.Length > 0)
            {
                _received(new ChatMessage
                {
                    Id = string.Create(CultureInfo.InvariantCulture, $"{Connection.Id}-{++_count}"),
                    Time = DateTimeOffset.Now,
                    Kind = ChatMessageKind.Message,
                    From = string.Empty,
                    Text = text,
                });
            }
        }

        return null;
    }
}
