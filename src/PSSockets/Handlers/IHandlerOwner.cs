using System;
using System.Collections.Generic;
using System.Management.Automation;
using System.Threading;
using PSSockets.Engine.Chat;
using PSSockets.Engine.Servers;
using PSSockets.Engine.Transport;

namespace PSSockets.Handlers;

/// <summary>Whose messages a handler is called for: a server's, or a chat session's.</summary>
internal interface IHandlerOwner
{
    /// <summary>What to call it in a message to a person.</summary>
    string Name { get; }

    /// <summary>The variables that a call of a handler finds; made for each call.</summary>
    List<PSVariable> GetVariables(object? message, IMessagePeer peer);

    /// <summary>Cancelled when the owner ends.</summary>
    CancellationToken GetStopToken();

    /// <summary>Keeps an error of the engine for the user.</summary>
    void ReportError(Exception exception, IMessagePeer peer);

    /// <summary>Keeps an error record for the user.</summary>
    void RecordError(ErrorRecord error, IMessagePeer peer);

    /// <summary>Ends the owner, as where the shell exits.</summary>
    void Dispose();
}

/// <summary>A server as the owner of handlers.</summary>
internal sealed class ServerHandlerOwner(SocketServer server) : IHandlerOwner
{
    /// <inheritdoc/>
    public string Name => server.Name;

    /// <inheritdoc/>
    public List<PSVariable> GetVariables(object? message, IMessagePeer peer) => [new("_", message), new("Connection", peer), new("Server", server)];

    /// <inheritdoc/>
    public CancellationToken GetStopToken() => server.GetStopToken();

    /// <inheritdoc/>
    public void ReportError(Exception exception, IMessagePeer peer) => server.ReportError(exception, peer);

    /// <inheritdoc/>
    public void RecordError(ErrorRecord error, IMessagePeer peer) => server.RecordError(error, peer);

    /// <inheritdoc/>
    public void Dispose() => server.Dispose();
}

/// <summary>A chat session as the owner of handlers.</summary>
internal sealed class SessionHandlerOwner(ChatSession session) : IHandlerOwner
{
    /// <inheritdoc/>
    public string Name => session.Name;

    /// <inheritdoc/>
    public List<PSVariable> GetVariables(object? message, IMessagePeer peer) => [new("_", message), new("Session", session)];

    /// <inheritdoc/>
    public CancellationToken GetStopToken() => session.GetStopToken();

    /// <inheritdoc/>
    public void ReportError(Exception exception, IMessagePeer peer) => session.ReportError(exception);

    /// <inheritdoc/>
    public void RecordError(ErrorRecord error, IMessagePeer peer) => session.RecordError(error);

    /// <inheritdoc/>
    public void Dispose() => session.Dispose();
}
