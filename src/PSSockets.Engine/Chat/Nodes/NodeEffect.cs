using System;
using System.Collections.Generic;

namespace PSSockets.Engine.Chat.Nodes;

/// <summary>What the chat of this node must do because of what others have told.</summary>
internal abstract record NodeEffect
{
    /// <summary>A member of another node is new (nothing before), has left (nothing after), or has changed.</summary>
    public sealed record MemberChanged(NodeMember? Before, NodeMember? After, string Reason) : NodeEffect;

    /// <summary>A member of this node loses its nick to an older claim. It has the new one already, as far as nodes are concerned.</summary>
    public sealed record LocalRenamed(long Number, string Nick) : NodeEffect;

    /// <summary>A room has another topic.</summary>
    public sealed record TopicChanged(NodeTopic Topic) : NodeEffect;

    /// <summary>Something was said on another node.</summary>
    public sealed record Said(ChatMessage Message) : NodeEffect;

    /// <summary>A member of this node is to be removed.</summary>
    public sealed record KickAsked(long Number, string Reason, TimeSpan BanTime) : NodeEffect;

    /// <summary>A ban that another node knows, perhaps one that was lifted.</summary>
    public sealed record BanTold(ChatBan Ban) : NodeEffect;

    /// <summary>What was said before, as another node has it.</summary>
    public sealed record PastTold(IReadOnlyList<ChatMessage> Messages) : NodeEffect;
}
