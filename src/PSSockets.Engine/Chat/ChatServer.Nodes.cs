using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.Chat.Nodes;
using PSSockets.Engine.Transport;

namespace PSSockets.Engine.Chat;

/// <content>One chat over many servers.</content>
public sealed partial class ChatServer
{
    private readonly ChatNode? _node;

    /// <summary>Whether the other servers of the chat can be reached.</summary>
    public ChatBackplaneStatus BackplaneStatus => _node?.Status ?? ChatBackplaneStatus.None;

    /// <summary>What joins the server with others, without credentials; null where it is on its own.</summary>
    public string? Backplane => _node?.DisplayName;

    /// <summary>The nodes that take part in the chat, this one first. A true array.</summary>
    [Linked]
    internal IReadOnlyList<string> Nodes
    {
        get
        {
            lock (_gate)
            {
                return Chat.Nodes is { } nodes ? nodes.Others.Prepend(Node).ToArray() : [Node];
            }
        }
    }

    /// <summary>
    /// As <see cref="Start"/>, and joins the other servers of the chat, where there is a backplane. One that cannot be reached does not
    /// keep the server from starting: it joins later.
    /// </summary>
    /// <param name="options">What it is made with.</param>
    /// <param name="cancellationToken">Ends the wait for the first handler and for the backplane.</param>
    /// <exception cref="Errors.SocketFailureException">As <see cref="Start"/>; the backplane refuses the credentials.</exception>
    public static async Task<ChatServer> StartAsync(ChatServerOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ChatServer server = Create(options, cancellationToken);
        if (server._node is { } node)
        {
            try
            {
                await node.StartAsync(options.ClusterName, cancellationToken).ConfigureAwait(false);
            }
            catch
            {
                await server.StopAsync(TimeSpan.Zero, CancellationToken.None).ConfigureAwait(false);
                throw;
            }
        }

        return server;
    }

    private ChatNode? CreateNode()
    {
        if (_options.Backplane is null)
        {
            return null;
        }

        Chat.RemovedFromAfar = (member, reason) => DisconnectLater(member, "Kicked", DescribeKick("an operator", reason));
        return new ChatNode(Chat, _options.Backplane, Name, change => Change(null, change), exception => ReportError(exception, null));
    }
}
