using System;
using PSSockets.Engine.Errors;

namespace PSSockets.Engine.Chat;

/// <content>What a member asks for, done under the server's lock.</content>
internal sealed partial class ChatConnection
{
    /// <summary>All but saying something, which is most of what is asked for, and does not pay for the delegates here.</summary>
    private ChatFault? Do(ChatRequest request, Participant member)
    {
        ChatState state = _server.Chat;
        switch (request.Verb)
        {
            case ChatVerb.Invalid:
                return request.Fault;
            case ChatVerb.Hello:
                return new ChatFault(SocketErrorId.BadRequest, "You have said hello already.");
            case ChatVerb.Nick:
                return Rename(request, member);
            case ChatVerb.Join:
                return state.Join(member, request.Room!, out RoomState? joined, out bool isNew)
                    ?? Answered(() => Replies.Joined(request, joined!, isNew));
            case ChatVerb.Leave:
                return state.Leave(member, request.Room, out RoomState? left)
                    ?? Answered(() => Replies.Done(request, Left(left!, member)));
            case ChatVerb.Who:
                return Who(request, member);
            case ChatVerb.Rooms:
                return Answered(() => Replies.Rooms(request, state.Rooms));
            case ChatVerb.Topic:
                return state.SetTopic(member, request.Room, request.Text, out RoomState? room) ?? Answered(() => Replies.Topic(request, room!));
            case ChatVerb.History:
                return state.FindOwnRoom(member, request.Room, out RoomState? past)
                    ?? Answered(() => _past = (request, ChatState.GetHistory(past!, request.Count ?? int.MaxValue, request.Since)));
            case ChatVerb.Kick:
                return Kick(request, member);
            case ChatVerb.Oper:
                return BecomeOperator(request, member);
            case ChatVerb.Help:
                return Answered(() => Replies.Help(request));
            case ChatVerb.Ping:
                return Answered(() => Replies.Done(request, string.Empty));
            default:
                Replies.Done(request, "You leave the chat.");
                Leave(request.Text ?? string.Empty);
                _closeWith = ("Quit", "Goodbye.");
                return null;
        }
    }

    private static ChatFault? Answered(Action answer)
    {
        answer();
        return null;
    }

    private static string Left(RoomState room, Participant member)
        => $"You have left {room.Name}{(member.CurrentRoom is { } current ? $" and are in {current.Name}" : ", and are in no room")}.";

    private ChatFault? Say(ChatRequest request, Participant member)
    {
        if (request.Text!.Length == 0)
        {
            return request.Ref is null ? null : new ChatFault(SocketErrorId.BadRequest, "Nothing is left of the text.");
        }

        ChatFault? fault = request.Verb == ChatVerb.Private
            ? _server.Chat.Whisper(member, request.Nick!, request.Text, out ChatMessage? message)
            : _server.Chat.Say(member, request.Room, request.Text, request.Verb == ChatVerb.Action, out message);
        if (fault is null)
        {
            Replies.Said(request, message!);
        }

        return fault;
    }

    private ChatFault? Rename(ChatRequest request, Participant member)
    {
        ChatFault? fault = _server.Chat.Rename(member, request.Nick!);
        if (fault is null)
        {
            Replies.Renamed(request, member.Nick);
        }

        return fault;
    }

    private ChatFault? Who(ChatRequest request, Participant member)
    {
        DateTimeOffset now = _options.Clock.GetUtcNow();
        if (request.Room == "*")
        {
            return Answered(() => Replies.Members(request, null, [.. _server.Chat.Members], now));
        }

        // Who is in a room is no secret to those who are not.
        RoomState? room = request.Room is null ? member.CurrentRoom : _server.Chat.FindRoom(request.Room);
        return room is null
            ? _server.Chat.FindOwnRoom(member, request.Room, out _)
            : Answered(() => Replies.Members(request, room.Name, [.. room.Members], now));
    }

    private ChatFault? Kick(ChatRequest request, Participant member)
    {
        TimeSpan banTime = ChatServer.ToBanTime(request.BanSeconds);
        if (_server.Chat.Kick(member, request.Nick!, request.Text ?? string.Empty, banTime, out Participant? victim) is { } fault)
        {
            return fault;
        }

        Replies.Done(request, $"{victim!.Nick} was removed.");
        _server.DisconnectLater(victim, "Kicked", ChatServer.DescribeKick(member.Nick, request.Text));
        return null;
    }

    private ChatFault? BecomeOperator(ChatRequest request, Participant member)
    {
        if (_options.OperatorPassword is null)
        {
            return new ChatFault(SocketErrorId.NotPermitted, "This chat has no operators.");
        }

        if (_server.OperatorGuard.MustWait(Connection.RemoteEndPoint))
        {
            return new ChatFault(SocketErrorId.RateLimited, "Too many wrong passwords came from your address; wait a little.");
        }

        if (!PasswordGuard.AreEqual(_options.OperatorPassword, request.Password!))
        {
            _server.OperatorGuard.Fail(Connection.RemoteEndPoint);
            return new ChatFault(SocketErrorId.PasswordWrong, "The password is wrong.");
        }

        _server.OperatorGuard.Succeed(Connection.RemoteEndPoint);
        member.IsOperator = true;
        _server.Chat.Share(member);
        Replies.Done(request, "You are an operator now.");
        return null;
    }
}
