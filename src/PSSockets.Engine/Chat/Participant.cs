using System;
using System.Collections.Generic;
using System.Net;

namespace PSSockets.Engine.Chat;

/// <summary>A member as the state knows it; guarded by whatever guards the state.</summary>
internal sealed class Participant
{
    private Participant[]? _self;

    /// <summary>Its nick; changed by <see cref="ChatState"/> only.</summary>
    public required string Nick { get; set; }

    /// <summary>Its number on its node, whatever its nick.</summary>
    public required long Number { get; init; }

    /// <summary>When it took its nick.</summary>
    public required DateTimeOffset NickSince { get; set; }

    /// <summary>The node that it is connected to.</summary>
    public required string Node { get; init; }

    /// <summary>True where it is connected to this node, and gets messages from it.</summary>
    public required bool IsLocal { get; init; }

    /// <summary>Where it comes from; null where not known here.</summary>
    public EndPoint? RemoteEndPoint { get; init; }

    /// <summary>How it speaks.</summary>
    public ChatMode Mode { get; init; }

    /// <summary>What the server keeps for it; the state never looks at it.</summary>
    public object? Session { get; init; }

    /// <summary>When it connected.</summary>
    public required DateTimeOffset ConnectedAt { get; init; }

    /// <summary>When it last said or asked something.</summary>
    public DateTimeOffset LastActive { get; set; }

    /// <summary>True once others have been told of it: who connects is silent until it is clear what it is.</summary>
    public bool IsAnnounced { get; set; }

    /// <summary>True where it may remove others.</summary>
    public bool IsOperator { get; set; }

    /// <summary>True once it has left the chat.</summary>
    public bool IsGone { get; set; }

    /// <summary>How many messages it has said.</summary>
    public long MessagesSent { get; set; }

    /// <summary>The rooms that it is in, in the order of joining.</summary>
    public List<RoomState> Rooms { get; } = [];

    /// <summary>The room where it speaks when it names none.</summary>
    public RoomState? CurrentRoom { get; set; }

    /// <summary>Itself as the one recipient; always the same array.</summary>
    public Participant[] Self => _self ??= [this];

    /// <inheritdoc/>
    public override string ToString() => Nick;
}
