using System.Collections.Generic;

namespace PSSockets.Engine.Chat;

/// <summary>What a client can ask for.</summary>
internal enum ChatVerb
{
    /// <summary>Nothing: an empty line.</summary>
    None,

    /// <summary>The request cannot be understood; <see cref="ChatRequest.Fault"/> says why.</summary>
    Invalid,

    /// <summary>Say something in a room.</summary>
    Say,

    /// <summary>Tell what one does.</summary>
    Action,

    /// <summary>Say something to one member.</summary>
    Private,

    /// <summary>Take another nick.</summary>
    Nick,

    /// <summary>Enter a room.</summary>
    Join,

    /// <summary>Leave a room.</summary>
    Leave,

    /// <summary>Who is there.</summary>
    Who,

    /// <summary>Which rooms there are.</summary>
    Rooms,

    /// <summary>Show or set a topic.</summary>
    Topic,

    /// <summary>What was said before.</summary>
    History,

    /// <summary>Remove a member.</summary>
    Kick,

    /// <summary>Become an operator.</summary>
    Oper,

    /// <summary>Show what there is to ask for.</summary>
    Help,

    /// <summary>Is the server there.</summary>
    Ping,

    /// <summary>The client is there.</summary>
    Pong,

    /// <summary>Leave the chat.</summary>
    Quit,

    /// <summary>Begin, in JSON.</summary>
    Hello,
}

/// <summary>A request, whichever protocol it came by. Immutable.</summary>
internal sealed record ChatRequest(ChatVerb Verb)
{
    /// <summary>True for what is said to others, of which the answer is short.</summary>
    public bool IsSaid => Verb is ChatVerb.Say or ChatVerb.Action or ChatVerb.Private;

    /// <summary>The room; null is the current one, <c>*</c> all of them.</summary>
    public string? Room { get; init; }

    /// <summary>The nick wanted, or that of somebody else.</summary>
    public string? Nick { get; init; }

    /// <summary>The text, clean; null where there is none.</summary>
    public string? Text { get; init; }

    /// <summary>A password, as it came.</summary>
    public string? Password { get; init; }

    /// <summary>The number that comes back with the answer, as JSON.</summary>
    public string? Ref { get; init; }

    /// <summary>How many messages of the past.</summary>
    public int? Count { get; init; }

    /// <summary>The id of the last message that is known.</summary>
    public string? Since { get; init; }

    /// <summary>How long a removed member does not get in again.</summary>
    public double BanSeconds { get; init; }

    /// <summary>What is wrong with it.</summary>
    public ChatFault Fault { get; init; }

    /// <summary>Of a hello: the rooms to begin in; null for the server's first.</summary>
    public IReadOnlyList<string>? Rooms { get; init; }

    /// <summary>Of a hello: the id of the last message that is known of each room.</summary>
    public IReadOnlyDictionary<string, string>? SinceByRoom { get; init; }
}
