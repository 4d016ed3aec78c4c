namespace PSSockets.Engine.Chat.Nodes;

/// <summary>How often nodes speak with each other, in milliseconds.</summary>
internal static class NodeTiming
{
    /// <summary>How often <see cref="NodeTable.Tick"/> is to be called.</summary>
    public const int Tick = 250;

    /// <summary>How often a node says that it is there.</summary>
    public const int Beat = 2000;

    /// <summary>A node that is not heard of for this long, three beats and a bit, is away.</summary>
    public const int Away = (3 * Beat) + 1000;

    /// <summary>How long a node that needs another's state waits before it asks again.</summary>
    public const int Ask = 1000;

    /// <summary>The least time between two answers, which go to all: many who ask at once get one.</summary>
    public const int Answer = 250;

    /// <summary>How long to wait before a node that knows other topics is asked once more.</summary>
    public const int Compare = 10_000;

    /// <summary>How long a node that is away is remembered, so that late payloads of it do no harm.</summary>
    public const int Forget = 10 * 60 * 1000;
}
