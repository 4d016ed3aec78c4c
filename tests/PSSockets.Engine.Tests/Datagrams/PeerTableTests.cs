using System;
using System.Net;
using PSSockets.Engine.Datagrams;
using Xunit;

namespace PSSockets.Engine.Tests.Datagrams;

public sealed class PeerTableTests
{
    [Fact]
    public void A_full_table_forgets_the_silent_ones_and_keeps_those_at_work()
    {
        PeerTable<Entry> table = New(limit: 3);
        Entry busy = Add(table, 1);
        busy.IsBusy = true;
        Entry silent = Add(table, 2);
        silent.IdleTime = TimeSpan.FromSeconds(5);
        Entry lively = Add(table, 3);
        Assert.NotNull(Add(table, 4));
        Assert.Contains(busy, table.ToArray());
        Assert.Contains(lively, table.ToArray());
        Assert.DoesNotContain(silent, table.ToArray());
    }

    [Fact]
    public void A_table_full_of_busy_ones_takes_no_more()
    {
        PeerTable<Entry> table = New(limit: 2);
        Add(table, 1).IsBusy = true;
        Add(table, 2).IsBusy = true;
        Assert.Null(table.Add(Address(3), new IPEndPoint(IPAddress.Loopback, 3)));
        Assert.Equal(2, table.Count);
    }

    [Fact]
    public void What_is_found_counts_as_heard_of()
    {
        PeerTable<Entry> table = New(limit: 2);
        Entry entry = Add(table, 1);
        entry.IdleTime = TimeSpan.FromHours(1);
        Assert.True(table.TryFind(Address(1), out Entry? found));
        Assert.Same(entry, found);
        table.Remove(TimeSpan.FromMinutes(1));
        Assert.Equal(1, table.Count);
        Assert.False(table.TryFind(Address(2), out _));
    }

    [Fact]
    public void An_IPv4_sender_of_a_dual_mode_socket_has_its_IPv4_address()
    {
        PeerTable<Entry> table = new(isIPv6: true, 2, (_, _) => new Entry());
        SocketAddress mapped = new IPEndPoint(IPAddress.Parse("::ffff:192.0.2.1"), 7).Serialize();
        Assert.Equal(new IPEndPoint(IPAddress.Parse("192.0.2.1"), 7), table.Parse(mapped));
    }

    private static PeerTable<Entry> New(int limit) => new(isIPv6: false, limit, (_, _) => new Entry());

    private static SocketAddress Address(int port) => new IPEndPoint(IPAddress.Loopback, port).Serialize();

    private static Entry Add(PeerTable<Entry> table, int port) => table.Add(Address(port), new IPEndPoint(IPAddress.Loopback, port))!;

    private sealed class Entry : IPeerEntry
    {
        public bool IsBusy { get; set; }

        public TimeSpan IdleTime { get; set; }

        public void Touch() => IdleTime = TimeSpan.Zero;
    }
}
