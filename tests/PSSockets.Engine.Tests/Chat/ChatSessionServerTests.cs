using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.Chat;
using PSSockets.Engine.Errors;
using PSSockets.Engine.Tests.Support;
using PSSockets.Engine.Transport;
using Xunit;

namespace PSSockets.Engine.Tests.Chat;

/// <summary>Sessions with the real server.</summary>
public sealed class ChatSessionServerTests : IDisposable
{
    private readonly ChatServer _server = ChatServer.Start(
        ChatPeer.Options with { Limits = new ChatLimits { RateLimit = 0, HistoryCount = 1000 }, Rooms = ["lobby", "ops"] });

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task A_connection_that_breaks_again_and_again_loses_nothing_and_doubles_nothing()
    {
        using ChatSession ann = await JoinAsync("ann");
        using ChatSession bob = await JoinAsync("bob", "lobby", "ops");
        using CancellationTokenSource end = new();
        Task breaking = Task.Run(async () =>
        {
            while (!end.IsCancellationRequested)
            {
                Break("bob");
                await Task.Delay(15);
            }
        });
        List<string> expected = [];
        for (int i = 0; i < 300; i++)
        {
            string room = i % 3 == 0 ? "ops" : "lobby";
            await _server.SendAsync($"{i}", room, null, ChatMessageKind.Message, Limit.Token());
            expected.Add($"{i} {room}");
            await Task.Delay(1);
        }

        await end.CancelAsync();
        await breaking.Within();
        await Limit.UntilAsync(() => bob.Status == ChatSessionStatus.Open && bob.Nick == "bob", "bob is back with his nick");
        await _server.SendAsync("the end", "lobby", null, ChatMessageKind.Message, Limit.Token());
        List<string> received = [];
        using IMessageReader reader = bob.OpenReader(new ReadOptions());
        while (received.LastOrDefault() != "the end lobby")
        {
            if (!reader.TryRead(out object? next))
            {
                Assert.True(await reader.WaitAsync(Limit.Token()));
            }
            else if (((ChatMessage)next).Kind == ChatMessageKind.Message)
            {
                received.Add($"{((ChatMessage)next).Text} {((ChatMessage)next).Room}");
            }
        }

        received.RemoveAt(received.Count - 1);
        Assert.True(bob.ReconnectCount > 0);
        foreach (string room in new[] { "ops", "lobby" })
        {
            Assert.Equal(expected.Where(text => text.EndsWith(room, StringComparison.Ordinal)), received.Where(text => text.EndsWith(room, StringComparison.Ordinal)));
        }
    }

    [Fact]
    public async Task What_one_says_under_a_breaking_connection_is_never_said_twice()
    {
        using ChatSession ann = await JoinAsync("ann");
        using ChatSession bob = await JoinAsync("bob");
        List<string> confirmed = [];
        List<string> unknown = [];
        for (int i = 0; i < 60; i++)
        {
            if (i % 5 == 4)
            {
                Break("bob");
            }

            try
            {
                await bob.SendAsync($"{i}", null, null, ChatMessageKind.Message, Limit.Token());
                confirmed.Add($"{i}");
            }
            catch (SocketFailureException failure) when (failure.ErrorId == SocketErrorId.NotConfirmed)
            {
                unknown.Add($"{i}");
            }
        }

        List<string> heard = [.. (await ann.GetHistoryAsync("lobby", 1000, Limit.Token())).Select(message => message.Text)];
        Assert.Equal(heard.Distinct(), heard);
        Assert.Empty(confirmed.Except(heard));
        Assert.Empty(heard.Except(confirmed).Except(unknown));
        Assert.True(bob.ReconnectCount > 0);
    }

    [Fact]
    public async Task Rooms_members_topics_and_nicks_are_those_of_the_server()
    {
        using ChatSession ann = await JoinAsync("ann");
        using ChatSession bob = await JoinAsync("bob");
        await ann.JoinAsync("dev", Limit.Token());
        Assert.Equal("new", await ann.SetTopicAsync("dev", "new", Limit.Token()));
        Assert.Equal("new", (await bob.GetRoomsAsync(Limit.Token())).Single(room => room.Name == "dev").Topic);
        await ann.SetNickAsync("anna", Limit.Token());
        Assert.Equal(["anna", "bob"], (await bob.GetMembersAsync("lobby", Limit.Token())).Select(member => member.Nick).Order());
        Assert.Equal(SocketErrorId.NickInUse, (await Assert.ThrowsAsync<SocketFailureException>(() => bob.SetNickAsync("ANNA", Limit.Token()))).ErrorId);
        await ann.LeaveAsync("dev", Limit.Token());
        Assert.Equal(["lobby"], ann.Rooms);
        Assert.Equal(SocketErrorId.NotPermitted, (await Assert.ThrowsAsync<SocketFailureException>(
            () => bob.RemoveMemberAsync("anna", null, TimeSpan.Zero, Limit.Token()).AsTask())).ErrorId);
    }

    [Fact]
    public async Task Who_is_removed_does_not_come_back()
    {
        using ChatSession ann = await JoinAsync("ann");
        await _server.RemoveMemberAsync("ann", "enough", TimeSpan.Zero, Limit.Token());
        await ann.WhenEnded().Within();
        Assert.Contains("enough", ann.StatusText, StringComparison.Ordinal);
        Assert.Equal(0, ann.ReconnectCount);
    }

    private void Break(string nick)
        => _server.Connections.FirstOrDefault(connection => Equals(connection.RemoteEndPoint, _server.FindMember(nick)?.RemoteEndPoint))?.Abort();

    private Task<ChatSession> JoinAsync(string nick, params string[] rooms) => ChatSession.ConnectAsync(
        new ChatSessionOptions
        {
            Connect = new ConnectOptions { Host = "127.0.0.1", Port = _server.Port },
            Nick = nick,
            Rooms = rooms,
            ReconnectInterval = TimeSpan.FromMilliseconds(5),
            MaxReconnectInterval = TimeSpan.FromMilliseconds(20),
        },
        Limit.Token()).Within();
}
