using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using PSSockets.Engine.Diagnostics;
using PSSockets.Engine.EndPoints;
using PSSockets.Engine.Tests.Support;
using PSSockets.Engine.Transport;
using Xunit;

namespace PSSockets.Engine.Tests.Diagnostics;

public sealed class ServerMonitorTests
{
    private static readonly DateTimeOffset s_now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void The_first_look_gives_no_rates()
    {
        TrafficMeter meter = new();
        Assert.Equal(default, meter.Update(new TrafficCounters(1, 2, 3, 4), TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public void A_rate_is_the_gain_by_the_time_between_two_looks()
    {
        TrafficMeter meter = new();
        meter.Update(new TrafficCounters(100, 0, 10, 0), TimeSpan.FromSeconds(1));
        Assert.Equal(new TrafficRates(50, 200, 5, 0.5), meter.Update(new TrafficCounters(200, 400, 20, 1), TimeSpan.FromSeconds(3)));
        Assert.Equal(new TrafficRates(0, 0, 0, 0), meter.Update(new TrafficCounters(200, 400, 20, 1), TimeSpan.FromSeconds(4)));
    }

    [Fact]
    public void A_counter_that_falls_behind_is_no_negative_rate_and_two_looks_at_once_divide_by_nothing()
    {
        TrafficMeter meter = new();
        meter.Update(new TrafficCounters(100, 0, 0, 0), TimeSpan.FromSeconds(1));
        Assert.Equal(0, meter.Update(new TrafficCounters(90, 0, 0, 0), TimeSpan.FromSeconds(2)).BytesReceived);
        Assert.Equal(default, meter.Update(new TrafficCounters(1000, 0, 0, 0), TimeSpan.FromSeconds(2)));
    }

    [Fact]
    public async Task A_server_is_seen_with_its_clients_the_busiest_first()
    {
        await using TestServer test = TestServer.Start(options => options with { Echo = true, Name = "echo" });
        using SocketConnection quiet = await test.ConnectAsync();
        using SocketConnection busy = await test.ConnectAsync();
        await Limit.UntilAsync(() => test.Server.ConnectionCount == 2, "both clients are served");
        ServerMonitor monitor = new();
        Assert.Equal(2, Assert.Single(monitor.View([test.Server], s_now, TimeSpan.Zero)).Peers.Count);

        await busy.SendAsync("hello");
        await Limit.UntilAsync(() => test.Server.BytesSent == 6, "the echo has left");
        ServerView view = Assert.Single(monitor.View([test.Server], s_now, TimeSpan.FromSeconds(2)));
        Assert.Equal("echo", view.Sample.Name);
        Assert.Equal(s_now, view.Sample.Time);
        Assert.Equal(2, view.Sample.ClientCount);
        Assert.Equal(3, view.Sample.BytesReceivedPerSecond);
        Assert.Equal(EndPointText.Format(busy.LocalEndPoint), view.Peers[0].RemoteEndPoint);
        Assert.Equal(3, view.Peers[0].Rates.BytesReceived);
        Assert.Equal(0, view.Peers[1].Rates.BytesReceived);
        Assert.Equal([0, view.Sample.BytesReceivedPerSecond + view.Sample.BytesSentPerSecond], view.History);
    }

    [Fact]
    public async Task The_history_is_bounded()
    {
        await using TestServer test = TestServer.StartEcho();
        ServerMonitor monitor = new();
        IReadOnlyList<ServerView> views = [];
        for (int i = 0; i < ServerMonitor.HistoryLength + 5; i++)
        {
            views = monitor.View([test.Server], s_now, TimeSpan.FromSeconds(i));
        }

        Assert.Equal(ServerMonitor.HistoryLength, views.Single().History.Count);
    }
}
