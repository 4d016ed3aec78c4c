using System;
using System.Collections.Generic;
using System.Dynamic;
using System.Linq.Expressions;
using System.Net;
using PSSockets.Engine.Transport;

namespace PSSockets.Engine.Chat;

/// <summary>Somebody in a chat, as it was when asked. Immutable.</summary>
public sealed record ChatMember : IDynamicMetaObjectProvider
{
    /// <summary>The name that it goes by; unique in the whole chat, whatever the case.</summary>
    public required string Nick { get; init; }

    /// <summary>The rooms that it is in, in the order in which it joined them.</summary>
    public IReadOnlyList<string> Rooms { get; init; } = Array.Empty<string>();

    /// <summary>Where it comes from; null where that is not known here: it is on another node, or was asked for by a client.</summary>
    [Linked]
    internal EndPoint? RemoteEndPoint { get; init; }

    /// <summary>The node that it is connected to.</summary>
    public string Node { get; init; } = string.Empty;

    /// <summary>True where it is connected to the server that was asked.</summary>
    public bool IsLocal { get; init; }

    /// <summary>True where it may remove others.</summary>
    public bool IsOperator { get; init; }

    /// <summary>When it connected.</summary>
    public DateTimeOffset ConnectedAt { get; init; }

    /// <summary>How long ago it last said or asked something.</summary>
    [Linked]
    internal TimeSpan IdleTime { get; init; }

    /// <summary>The same in seconds.</summary>
    public double IdleSeconds => IdleTime.TotalSeconds;

    /// <summary>How many messages it has said; 0 where that is not known here.</summary>
    public long MessagesSent { get; init; }

    /// <summary>How many messages for it were dropped because it did not read fast enough; 0 where that is not known here.</summary>
    public long MessagesDropped { get; init; }

    /// <summary>How it speaks with its server.</summary>
    public ChatMode Mode { get; init; }

    /// <summary>The chat that was asked: a server, or a client's session.</summary>
    [Linked]
    internal IChatTarget? Chat { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Nick;

    /// <inheritdoc/>
    DynamicMetaObject IDynamicMetaObjectProvider.GetMetaObject(Expression parameter) => new LinkedMembers(parameter, this);
}
