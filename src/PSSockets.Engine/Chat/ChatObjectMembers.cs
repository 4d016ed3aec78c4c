using System;
using System.Collections.Generic;
using System.Net;
using PSSockets.Engine.Transport;

namespace PSSockets.Engine.Chat;

/// <summary>What leads from a chat's objects to others, for the reason that <see cref="ConnectionMembers"/> gives.</summary>
public static class ChatObjectMembers
{
    extension(ChatServer server)
    {
        /// <summary>The members, over all nodes.</summary>
        public IReadOnlyList<ChatMember> Members => server.Members;

        /// <summary>The rooms.</summary>
        public IReadOnlyList<ChatRoom> Rooms => server.Rooms;

        /// <summary>The nodes that take part in the chat, this one first.</summary>
        public IReadOnlyList<string> Nodes => server.Nodes;

        /// <summary>Who does not get in for a time.</summary>
        public IReadOnlyList<ChatBan> Bans => server.Bans;

        /// <summary>The connections as they are now, oldest first.</summary>
        public IReadOnlyList<SocketConnection> Connections => server.Connections;
    }

    extension(ChatSession session)
    {
        /// <summary>Where the server is; null while there is no connection.</summary>
        public EndPoint? RemoteEndPoint => session.RemoteEndPoint;

        /// <summary>The latest errors of the handler, oldest first, as <see cref="ChatSessionOptions.DescribeError"/> gave them.</summary>
        public object[] Errors => session.Errors;

        /// <summary>A table for what the handler keeps; safe for use by many threads.</summary>
        public SharedState State => session.State;
    }

    extension(ChatMember member)
    {
        /// <summary>Where it comes from; null where that is not known here: it is on another node, or was asked for by a client.</summary>
        public EndPoint? RemoteEndPoint => member.RemoteEndPoint;

        /// <summary>How long ago it last said or asked something.</summary>
        public TimeSpan IdleTime => member.IdleTime;

        /// <summary>The chat that was asked: a server, or a client's session.</summary>
        public IChatTarget? Chat => member.Chat;
    }
}
