using System;
using System.Linq;
using System.Threading.Tasks;
using PSSockets.Engine.Chat;
using PSSockets.Engine.Tests.Support;
using Xunit;

namespace PSSockets.Engine.Tests.Chat;

[Collection(Alone.Name)]
public sealed class ChatSoakTests
{
    [Fact]
    public async Task A_thousand_members_join_talk_leave_and_die_and_nothing_is_left()
    {
        const int members = 1000;
        int before = ProcessSockets.AreCountable ? ProcessSockets.Count() : 0;
        using (ChatServer server = ChatServer.Start(ChatPeer.Options with { Limits = new ChatLimits { HistoryCount = 5 } }))
        {
            using ChatPeer watcher = await ChatPeer.HelloAsync(server, "watcher", ",\"rooms\":[\"quiet\"]");
            for (int first = 0; first < members; first += 100)
            {
                await Task.WhenAll(Enumerable.Range(first, 100).Select(i => Task.Run(() => LiveAsync(server, i)))).Within(TimeSpan.FromSeconds(60));
            }

            await Limit.UntilAsync(() => server.MemberCount == 1 && server.Connections.Count == 1, "only the watcher is left");
            Assert.Equal(["lobby", "quiet"], server.Rooms.Select(room => room.Name).Order());
            Assert.Equal(0, server.Rooms.Single(room => room.Name == "lobby").MemberCount);
            Assert.Equal(0, server.ErrorCount);
            await watcher.SendAsync("{\"type\":\"ping\",\"ref\":1}");
            await watcher.ReadToAsync("\"ref\":1");
        }

        if (ProcessSockets.AreCountable)
        {
            await ProcessSockets.NoMoreThanAsync(before);
        }
    }

    /// <summary>A life: some speak JSON, some have rooms of their own, and they end in four ways.</summary>
    private static async Task LiveAsync(ChatServer server, int number)
    {
        string room = $"r{number % 20}";
        using ChatPeer peer = number % 2 == 0
            ? await ChatPeer.JoinAsync(server, $"m{number}")
            : await ChatPeer.HelloAsync(server, $"m{number}", $",\"rooms\":[\"{room}\"]");
        if (number % 2 == 0)
        {
            await peer.SendAsync($"/join {room}", "hello", "/me waves", "/who");
            await peer.ReadToAsync($"in {room}: ");
        }
        else
        {
            await peer.SendAsync($"{{\"type\":\"say\",\"ref\":1,\"room\":\"{room}\",\"text\":\"hello\"}}");
            await peer.ReadToAsync("\"ref\":1");
        }

        switch (number % 4)
        {
            case 0:
                await peer.SendAsync("/quit");
                await peer.ReadToEndAsync();
                break;
            case 1:
                await peer.Connection.CompleteWritesAsync(Limit.Token());
                await peer.ReadToEndAsync();
                break;
            case 2:
                peer.Connection.Abort();
                break;
        }
    }
}
