using System.Collections.Generic;
using System.Threading.Tasks;
using PSSockets.Engine.Transport;

namespace PSSockets.Engine.Tests.Support;

/// <summary>Reading as a cmdlet does: take what is there, then wait for more.</summary>
internal static class ReaderExtensions
{
    /// <summary>The next message; null where no more will come.</summary>
    public static async Task<object?> NextAsync(this IMessageReader reader)
    {
        while (true)
        {
            if (reader.TryRead(out object? message))
            {
                return message;
            }

            if (!await reader.WaitAsync(Limit.Token()))
            {
                return null;
            }
        }
    }

    /// <summary>All messages up to the end of the stream.</summary>
    public static async Task<List<object>> AllAsync(this IMessageReader reader)
    {
        // A reader that says "there is more" for ever and gives nothing would go round here without end.
        List<object> messages = [];
        int vain = 0;
        do
        {
            while (reader.TryRead(out object? message))
            {
                messages.Add(message);
                vain = 0;
            }
        }
        while (await reader.WaitAsync(Limit.Token()) && ++vain < 10_000);

        Xunit.Assert.True(vain < 10_000, "The reader announces more and gives nothing.");
        return messages;
    }

    /// <summary>The next message of a connection under its framing or as the options say.</summary>
    public static async Task<object?> ReceiveAsync(this SocketConnection connection, ReadOptions? options = null)
    {
        using ConnectionReader reader = connection.OpenReader(options);
        return await reader.NextAsync();
    }

    /// <summary>All messages of a connection up to the end of the stream.</summary>
    public static async Task<List<object>> ReceiveAllAsync(this SocketConnection connection, ReadOptions? options = null)
    {
        using ConnectionReader reader = connection.OpenReader(options);
        return await reader.AllAsync();
    }
}
