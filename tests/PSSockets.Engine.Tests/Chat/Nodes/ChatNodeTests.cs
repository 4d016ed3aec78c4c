using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Threading.Tasks;
using PSSockets.Engine.Chat;
using PSSockets.Engine.Tests.Support;
using PSSockets.Engine.Transport;
using Xunit;

namespace PSSockets.Engine.Tests.Chat.Nodes;

public sealed class ChatNodeTests : IAsyncDisposable
{
    private readonly MemoryBackplane.Hub _hub = new();
    private readonly List<ChatServer> _servers = [];
    private readonly List<MemoryBackplane> _backplanes = [];

    public async ValueTask DisposeAsync()
    {
        foreach (ChatServer server in _servers)
        {
            await server.StopAsync(TimeSpan.FromSeconds(1)).Within();
        }
    }

    [Fact]
    public async Task What_is_said_on_one_node_is_heard_on_the_others_once_and_not_by_who_said_it()
    {
        await StartAsync(3);
        using Client ann = await JoinAsync(0, "ann");
        using Client bob = await JoinAsync(1, "bob");
        using Client cid = await JoinAsync(2, "cid");
        for (int i = 0; i < 10; i++)
        {
            await ann.SendAsync($"hello {i}");
        }

        await bob.SendAsync("done");
        string[] expected = [.. Enumerable.Range(0, 10).Select(static i => $"[lobby] ann: hello {i}")];
        foreach (Client client in new[] { bob, cid })
        {
            await client.UntilAsync("[lobby] ann: hello 9");
            Assert.Equal(expected, client.Lines.Where(static line => line.Contains("ann:")));
        }

        await ann.UntilAsync("[lobby] bob: done");
        Assert.DoesNotContain(ann.Lines, static line => line.Contains("ann: hello"));
    }

    [Fact]
    public async Task Two_who_take_the_same_nick_in_a_split_have_two_when_it_is_over()
    {
        await StartAsync(2);
        _hub.SetUp(false);
        using Client one = await Client.ConnectAsync(_servers[0]);
        using Client two = await Client.ConnectAsync(_servers[1]);
        await one.SendAsync("/nick ann");
        await one.UntilAsync("You are now ann.");
        await two.SendAsync("/nick ann");
        await two.UntilAsync("You are now ann.");
        _hub.SetUp(true);
        await AgreeAsync(["ann", "ann-2"]);
        Assert.Equal(_servers[0].Node, _servers[1].FindMember("ann")!.Node);
        await two.UntilAsync("-- ann is now ann-2");
        await one.SendAsync("still ann");
        await two.UntilAsync("[lobby] ann: still ann");
    }

    [Fact]
    public async Task A_nick_is_refused_that_somebody_on_another_node_has()
    {
        await StartAsync(2);
        using Client ann = await JoinAsync(0, "ann");
        using Client bob = await JoinAsync(1, "bob");
        await bob.SendAsync("/nick ANN");
        await bob.UntilAsync("!! The nick 'ANN' is taken.");
    }

    [Fact]
    public async Task Private_messages_reach_a_member_of_another_node_alone()
    {
        await StartAsync(2);
        using Client ann = await JoinAsync(0, "ann");
        using Client bob = await JoinAsync(1, "bob");
        using Client cid = await JoinAsync(1, "cid");
        await ann.SendAsync("/msg bob psst");
        await bob.UntilAsync("[private] ann: psst");
        await ann.SendAsync("aloud");
        await cid.UntilAsync("[lobby] ann: aloud");
        Assert.DoesNotContain(cid.Lines, static line => line.Contains("psst"));
    }

    [Fact]
    public async Task Topics_and_history_are_known_on_a_node_that_comes_later()
    {
        await StartAsync(1);
        using Client ann = await JoinAsync(0, "ann");
        await ann.SendAsync("/topic all is well");
        await ann.SendAsync("said before");
        await ann.SendAsync("/join ops");
        await ann.SendAsync("/topic the ops' room");
        await StartAsync(1);
        await AgreeAsync(["ann"]);
        await Limit.UntilAsync(() => _servers[1].Rooms.Any(static room => room.Name == "ops" && room.Topic == "the ops' room"), "the room is known");
        using Client bob = await JoinAsync(1, "bob");
        await bob.SendAsync("/history");
        await bob.UntilAsync("ann: said before");
        Assert.Equal("all is well", _servers[1].Rooms[0].Topic);
    }

    [Fact]
    public async Task A_member_of_another_node_can_be_removed_and_is_banned_on_all()
    {
        await StartAsync(2);
        using Client ann = await JoinAsync(0, "ann");
        using Client bob = await JoinAsync(1, "bob");
        await _servers[0].RemoveMemberAsync("bob", "enough", TimeSpan.FromMinutes(1));
        await bob.UntilAsync("enough");
        await ann.UntilAsync("-- bob has left lobby (kicked: enough)");
        await Limit.UntilAsync(() => _servers[0].Bans.Count == 1 && _servers[1].Bans.Count == 1, "the ban is known");
        await ann.SendAsync("/nick bob");
        await ann.UntilAsync("banned");
    }

    [Fact]
    public async Task Bans_are_known_on_a_node_that_comes_later_and_end_on_all()
    {
        await StartAsync(1);
        using Client ann = await JoinAsync(0, "ann");
        using Client bob = await JoinAsync(0, "bob");
        await _servers[0].RemoveMemberAsync("ann", null, TimeSpan.FromMinutes(1));
        await _servers[0].RemoveMemberAsync("bob", null, TimeSpan.FromMinutes(1));
        Assert.True(_servers[0].Unban("bob"));
        await StartAsync(1);
        await Limit.UntilAsync(() => BansOf(1) == "ann", "the ban that has not ended is known");
        using Client cid = await JoinAsync(1, "cid");
        await cid.SendAsync("/nick ann");
        await cid.UntilAsync("banned");

        // Lifted where it was not set, while the other cannot hear it.
        _hub.SetUp(false);
        Assert.True(_servers[1].Unban("ANN"));
        Assert.False(_servers[1].Unban("ann"));
        Assert.Equal("ann", BansOf(0));
        _hub.SetUp(true);
        await Limit.UntilAsync(() => BansOf(0).Length == 0, "the ban has ended everywhere");
        await cid.SendAsync("/nick ann");
        await cid.UntilAsync("You are now ann");

        string BansOf(int server) => string.Join(' ', _servers[server].Bans.Select(static ban => ban.Nick));
    }

    [Fact]
    public async Task A_node_that_ends_takes_its_members_with_it()
    {
        await StartAsync(2);
        using Client ann = await JoinAsync(0, "ann");
        using Client bob = await JoinAsync(1, "bob");
        await _servers[1].StopAsync(TimeSpan.FromSeconds(1)).Within();
        await ann.UntilAsync($"-- bob has left lobby (node {_servers[1].Node} has ended)");
        Assert.Equal([_servers[0].Node], _servers[0].Nodes);
    }

    [Fact]
    public async Task A_node_that_dies_is_missed_and_its_members_have_left()
    {
        await StartAsync(2);
        using Client ann = await JoinAsync(0, "ann");
        using Client bob = await JoinAsync(1, "bob");
        _hub.Remove(_backplanes[1]);
        await ann.UntilAsync($"-- bob has left lobby (node {_servers[1].Node} is away)");
        Assert.Equal(["ann"], _servers[0].Members.Select(static member => member.Nick));
    }

    [Fact]
    public async Task Without_the_backplane_the_local_chat_goes_on_and_later_all_is_healed()
    {
        await StartAsync(2);
        using Client ann = await JoinAsync(0, "ann");
        using Client bob = await JoinAsync(1, "bob");
        using Client cid = await JoinAsync(0, "cid");
        _hub.SetUp(false);
        await ann.UntilAsync("cannot be reached");
        Assert.Equal(ChatBackplaneStatus.Disconnected, _servers[0].BackplaneStatus);
        await ann.SendAsync("still here");
        await cid.UntilAsync("[lobby] ann: still here");
        await cid.SendAsync("/quit");
        await cid.UntilAsync("Goodbye");
        await bob.SendAsync("/nick rob");
        await bob.UntilAsync("now rob");
        _hub.SetUp(true);
        await ann.UntilAsync("can be reached again");
        await AgreeAsync(["ann", "rob"]);
        await ann.UntilAsync("-- bob is now rob");

        // What was said in the split is no news any more, but is history.
        await bob.SendAsync("/history");
        await bob.UntilAsync("ann: still here");
        Assert.DoesNotContain(bob.Lines, static line => line == "[lobby] ann: still here");
    }

    private async Task StartAsync(int count)
    {
        for (int i = 0; i < count; i++)
        {
            _backplanes.Add(new MemoryBackplane(_hub));
            _servers.Add(await ChatServer.StartAsync(new ChatServerOptions
            {
                EndPoint = new IPEndPoint(IPAddress.Loopback, 0),
                Backplane = _backplanes[^1],
            }).Within());
        }

        await Limit.UntilAsync(() => _servers.TrueForAll(server => server.Nodes.Count == _servers.Count), "all nodes know each other");
    }

    private async Task<Client> JoinAsync(int server, string nick)
    {
        Client client = await Client.ConnectAsync(_servers[server]);
        await client.SendAsync($"/nick {nick}");
        await Limit.UntilAsync(() => _servers.TrueForAll(other => other.FindMember(nick) is not null), $"{nick} is known everywhere");
        return client;
    }

    private Task AgreeAsync(string[] nicks) => Limit.UntilAsync(
        () => _servers.TrueForAll(server => server.Members.Select(static member => member.Nick).Order(StringComparer.Ordinal).SequenceEqual(nicks)),
        $"all nodes know {string.Join(", ", nicks)}");

    private sealed class Client(SocketConnection connection) : IDisposable
    {
        private readonly ConnectionReader _reader = connection.OpenReader();

        public List<string> Lines { get; } = [];

        public static async Task<Client> ConnectAsync(ChatServer server) => new(await Loopback.ConnectAsync(server.Port));

        public Task SendAsync(string line) => connection.SendAsync(line, Limit.Token()).Within();

        /// <summary>Reads until a line has come that contains a text.</summary>
        public async Task UntilAsync(string text)
        {
            while (!Lines.Exists(line => line.Contains(text, StringComparison.Ordinal)))
            {
                Lines.Add((string?)await _reader.NextAsync() ?? throw new InvalidOperationException($"Closed before '{text}': {string.Join('|', Lines)}"));
            }
        }

        public void Dispose()
        {
            _reader.Dispose();
            connection.Dispose();
        }
    }
}
