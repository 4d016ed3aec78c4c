using System;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.Chat;
using PSSockets.Engine.Errors;
using PSSockets.Engine.Tests.Support;
using Xunit;

namespace PSSockets.Nats.Tests;

public sealed class NatsBackplaneTests
{
    private const string Subject = "chat.test";

    [NatsFact]
    public async Task What_one_publishes_the_others_get_in_order_and_it_itself_does_not()
    {
        using NatsServer server = await NatsServer.StartAsync();
        await using Party ann = await Party.JoinAsync($"nats://127.0.0.1:{server.Port}");
        await using Party bob = await Party.JoinAsync($"nats://127.0.0.1:{server.Port}");
        for (int i = 0; i < 1000; i++)
        {
            await ann.SayAsync($"{i}");
        }

        await bob.SayAsync("done");
        await Limit.UntilAsync(() => bob.Heard.Count == 1000 && ann.Heard.Count == 1, "all are heard");
        Assert.Equal(Enumerable.Range(0, 1000).Select(static i => $"{i}"), bob.Heard);
        Assert.Equal(["done"], ann.Heard);
    }

    [NatsFact]
    public async Task A_server_that_comes_later_is_found()
    {
        using NatsServer server = await NatsServer.StartAsync();
        server.Stop();
        await using Party ann = await Party.JoinAsync($"nats://127.0.0.1:{server.Port}", isConnected: false);
        await server.StartAgainAsync();
        await ann.BecomesAsync(connected: true);
    }

    [NatsFact]
    public async Task A_server_that_stops_is_noticed_nothing_blocks_and_the_subscription_comes_back()
    {
        using NatsServer server = await NatsServer.StartAsync();
        await using Party ann = await Party.JoinAsync($"nats://127.0.0.1:{server.Port}");
        await using Party bob = await Party.JoinAsync($"nats://127.0.0.1:{server.Port}");
        server.Stop();
        await ann.BecomesAsync(connected: false);
        await bob.BecomesAsync(connected: false);
        long start = Stopwatch.GetTimestamp();
        await ann.SayAsync("lost");
        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(1));
        await server.StartAgainAsync();
        await ann.BecomesAsync(connected: true);
        await bob.BecomesAsync(connected: true);
        await ann.SayAsync("heard");
        await Limit.UntilAsync(() => !bob.Heard.IsEmpty, "it is heard");
        Assert.Equal(["heard"], bob.Heard);
        Assert.Equal([true, false, true], bob.Changes);
    }

    [NatsFact]
    public async Task A_second_server_of_the_list_is_used_where_the_first_is_away()
    {
        using NatsServer server = await NatsServer.StartAsync();
        await using Party ann = await Party.JoinAsync($"nats://127.0.0.1:{NatsServer.FreePort()},nats://127.0.0.1:{server.Port}");
        Assert.True(ann.Backplane.IsConnected);
    }

    [NatsFact]
    public async Task Right_credentials_are_taken()
    {
        using NatsServer server = await NatsServer.StartAsync("--user ann --pass s3cret");
        await using Party inUrl = await Party.JoinAsync($"nats://ann:s3cret@127.0.0.1:{server.Port}");
        await using Party apart = await Party.JoinAsync($"nats://127.0.0.1:{server.Port}", "ann", "s3cret");
        using NatsServer other = await NatsServer.StartAsync("--auth t0ken");
        await using Party token = await Party.JoinAsync($"nats://t0ken@127.0.0.1:{other.Port}");
        Assert.Equal($"nats://127.0.0.1:{other.Port}", token.Backplane.DisplayName);
    }

    [NatsFact]
    public async Task Refused_credentials_are_an_error_that_does_not_repeat_them()
    {
        using NatsServer server = await NatsServer.StartAsync("--user ann --pass s3cret");
        foreach (string user in new[] { "", "ann:wr0ng@" })
        {
            IChatBackplane backplane = NatsBackplane.Create($"nats://{user}127.0.0.1:{server.Port}", null, null);
            await using (backplane)
            {
                SocketFailureException error = await Assert.ThrowsAsync<SocketFailureException>(
                    () => backplane.StartAsync(Subject, static _ => { }, CancellationToken.None)).Within();
                Assert.Equal(SocketErrorId.AccessDenied, error.ErrorId);
                Assert.DoesNotContain("wr0ng", error.ToString(), StringComparison.Ordinal);
            }
        }
    }

    [NatsFact]
    public async Task A_server_without_TLS_is_refused_where_TLS_is_asked_for()
    {
        using NatsServer server = await NatsServer.StartAsync();
        await using IChatBackplane backplane = NatsBackplane.Create($"tls://127.0.0.1:{server.Port}", null, null);
        SocketFailureException error = await Assert.ThrowsAsync<SocketFailureException>(
            () => backplane.StartAsync(Subject, static _ => { }, CancellationToken.None)).Within();
        Assert.Equal(SocketErrorId.SocketFailed, error.ErrorId);
    }

    [NatsFact]
    public async Task A_certificate_that_is_not_trusted_is_an_error()
    {
        string folder = Directory.CreateTempSubdirectory("pss").FullName;
        try
        {
            using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            CertificateRequest request = new("CN=localhost", key, HashAlgorithmName.SHA256);
            using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
            string certificatePath = Path.Combine(folder, "cert.pem");
            string keyPath = Path.Combine(folder, "key.pem");
            await File.WriteAllTextAsync(certificatePath, certificate.ExportCertificatePem());
            await File.WriteAllTextAsync(keyPath, key.ExportPkcs8PrivateKeyPem());
            using NatsServer server = await NatsServer.StartAsync($"--tls --tlscert {certificatePath} --tlskey {keyPath}");
            await using IChatBackplane backplane = NatsBackplane.Create($"tls://localhost:{server.Port}", null, null);
            SocketFailureException error = await Assert.ThrowsAsync<SocketFailureException>(
                () => backplane.StartAsync(Subject, static _ => { }, CancellationToken.None)).Within();
            Assert.StartsWith("TLS with tls://localhost", error.Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task What_is_disposed_while_it_still_tries_ends()
    {
        Party ann = await Party.JoinAsync($"nats://127.0.0.1:{NatsServer.FreePort()}", isConnected: false);
        await ann.DisposeAsync().Within();
    }

    private sealed class Party : IAsyncDisposable
    {
        private Party(IChatBackplane backplane)
        {
            Backplane = backplane;
            backplane.ConnectedChanged += () => Changes.Enqueue(backplane.IsConnected);
        }

        public IChatBackplane Backplane { get; }

        public ConcurrentQueue<string> Heard { get; } = new();

        public ConcurrentQueue<bool> Changes { get; } = new();

        public static async Task<Party> JoinAsync(string address, string? user = null, string? password = null, bool isConnected = true)
        {
            Party party = new(NatsBackplane.Create(address, user, password));
            await party.Backplane.StartAsync(Subject, bytes => party.Heard.Enqueue(Encoding.UTF8.GetString(bytes.Span)), CancellationToken.None).Within();
            Assert.Equal(isConnected, party.Backplane.IsConnected);
            return party;
        }

        public Task SayAsync(string text) => Backplane.PublishAsync(Encoding.UTF8.GetBytes(text), CancellationToken.None).Within();

        public Task BecomesAsync(bool connected) => Limit.UntilAsync(() => Backplane.IsConnected == connected, $"connected is {connected}");

        public ValueTask DisposeAsync() => Backplane.DisposeAsync();
    }
}
