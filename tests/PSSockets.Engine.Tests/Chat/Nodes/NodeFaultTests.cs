using System;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.Chat;
using PSSockets.Engine.Chat.Nodes;
using PSSockets.Engine.Tests.Support;
using Xunit;

namespace PSSockets.Engine.Tests.Chat.Nodes;

/// <summary>What a confused node, or a backplane that fails, may do.</summary>
public sealed class NodeFaultTests
{
    [Theory]
    [InlineData("\"kind\":\"Gone\",\"number\":1,\"text\":null")]
    [InlineData("\"kind\":\"Topic\",\"topics\":[{\"room\":\"lobby\",\"text\":null,\"by\":\"ann\",\"time\":\"2026-11-22T14:00:00Z\",\"node\":\"b\"}]")]
    [InlineData("\"kind\":\"Say\",\"messages\":[{\"id\":\"b-1\",\"time\":\"2026-11-22T14:00:00Z\",\"kind\":\"Message\",\"room\":\"lobby\",\"from\":\"ann\",\"to\":null,\"text\":null}]")]
    [InlineData("\"kind\":\"Member\",\"members\":[null]")]
    [InlineData("\"kind\":\"Member\",\"members\":null")]
    [InlineData("\"kind\":null")]
    [InlineData("\"kind\":\"Kick\",\"banSeconds\":1e308")]
    public void A_payload_that_is_none_is_skipped(string fields)
        => Assert.Null(NodeCodec.Read(Encoding.UTF8.GetBytes($"{{\"protocol\":1,\"node\":\"b\",\"epoch\":1,\"sequence\":1,{fields}}}")));

    [Fact]
    public async Task A_backplane_that_fails_once_makes_no_server_mute_or_unable_to_stop()
    {
        FailingBackplane backplane = new();
        ChatServer server = await ChatServer.StartAsync(ChatPeer.Options with { Backplane = backplane }, Limit.Token());
        await Limit.UntilAsync(() => backplane.Published > 2, "the node goes on publishing");
        Assert.NotEmpty(server.Errors);
        await server.StopAsync(TimeSpan.FromSeconds(1)).Within();
        Assert.True(backplane.IsDisposed);
    }

    private sealed class FailingBackplane : IChatBackplane
    {
        private int _published;

        public event Action? ConnectedChanged
        {
            add { }
            remove { }
        }

        public string DisplayName => "failing";

        public bool IsConnected => true;

        public int Published => Volatile.Read(ref _published);

        public bool IsDisposed { get; private set; }

        public Task StartAsync(string subject, Action<ReadOnlyMemory<byte>> received, CancellationToken cancellationToken) => Task.CompletedTask;

        public ValueTask PublishAsync(ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
            => Interlocked.Increment(ref _published) == 1 ? throw new InvalidOperationException("once") : default;

        public ValueTask DisposeAsync()
        {
            IsDisposed = true;
            return default;
        }
    }
}
