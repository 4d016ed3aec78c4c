using System.Collections.Generic;
using System.Linq;

namespace PSSockets.Engine.Chat.Nodes;

/// <summary>Cuts what is large into payloads that any backplane can carry: NATS takes 1 MiB unless told otherwise. Pure.</summary>
internal static class NodePieces
{
    /// <summary>The most characters of a piece, roughly; one takes up to six bytes in JSON.</summary>
    private const int MaxLength = 64 * 1024;

    /// <summary>The state of a node; one piece at the least, for an empty state is one too.</summary>
    public static IEnumerable<NodePayload> OfState(
        string node, long epoch, long sequence, IEnumerable<NodeMember> members, IEnumerable<NodeTopic> topics, IEnumerable<ChatBan> bans)
    {
        List<(List<NodeMember> Members, List<NodeTopic> Topics, List<ChatBan> Bans)> pieces = [([], [], [])];
        int length = 0;
        foreach (NodeMember member in members)
        {
            Begin(150 + member.Nick.Length + member.Rooms.Sum(static room => room.Length + 3));
            pieces[^1].Members.Add(member);
        }

        foreach (NodeTopic topic in topics)
        {
            Begin(100 + topic.Room.Length + topic.By.Length + topic.Text.Length);
            pieces[^1].Topics.Add(topic);
        }

        foreach (ChatBan ban in bans)
        {
            Begin(200 + ban.Nick.Length);
            pieces[^1].Bans.Add(ban);
        }

        return pieces.Select((piece, index) => new NodePayload
        {
            Kind = NodePayloadKind.State,
            Node = node,
            Epoch = epoch,
            Sequence = sequence,
            Part = index,
            Parts = pieces.Count,
            Members = piece.Members,
            Topics = piece.Topics,
            Bans = piece.Bans,
        });

        void Begin(int more)
        {
            if (length > 0 && length + more > MaxLength)
            {
                pieces.Add(([], [], []));
                length = 0;
            }

            length += more;
        }
    }

    /// <summary>What was said before; no piece where there was nothing.</summary>
    public static IEnumerable<NodePayload> OfPast(string node, long epoch, long sequence, IEnumerable<ChatMessage> messages)
    {
        List<ChatMessage> piece = [];
        int length = 0;
        foreach (ChatMessage message in messages)
        {
            int more = 150 + message.From.Length + message.Text.Length;
            if (length > 0 && length + more > MaxLength)
            {
                yield return Make(piece);
                piece = [];
                length = 0;
            }

            piece.Add(message);
            length += more;
        }

        if (piece.Count > 0)
        {
            yield return Make(piece);
        }

        NodePayload Make(List<ChatMessage> some)
            => new() { Kind = NodePayloadKind.Past, Node = node, Epoch = epoch, Sequence = sequence, Messages = some };
    }
}
