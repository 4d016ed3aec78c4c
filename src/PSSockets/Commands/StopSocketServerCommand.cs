using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Binding;
using PSSockets.Engine.Servers;
using PSSockets.Errors;

namespace PSSockets.Commands;

[Alias("Stop-TcpServer", "Stop-UdpServer", "Stop-ChatServer")]
[Cmdlet(VerbsLifecycle.Stop, "SocketServer", DefaultParameterSetName = ServerSet, SupportsShouldProcess = true)]
public sealed class StopSocketServerCommand : SocketCommand
{
    private const string ServerSet = "Server";
    private const string NameSet = "Name";
    private const string IdSet = "Id";

    [Parameter(Position = 0, Mandatory = true, ParameterSetName = ServerSet, ValueFromPipeline = true)]
    [AllowEmptyCollection]
    [ValidateNotNull]
    public SocketServer[] Server { get; set; } = [];

    [Parameter(Position = 0, Mandatory = true, ParameterSetName = NameSet)]
    [ArgumentCompleter(typeof(ServerNameCompleter))]
    [SupportsWildcards]
    public string[] Name { get; set; } = [];

    [Parameter(Position = 0, Mandatory = true, ParameterSetName = IdSet)]
    [ArgumentCompleter(typeof(ServerIdCompleter))]
    public int[] Id { get; set; } = [];

    [Parameter]
    [ValidateRange(0, 2147483)]
    public double TimeoutSeconds { get; set; } = 5;

    [Parameter]
    public SwitchParameter Force { get; set; }

    protected override void ProcessRecord()
    {
        IEnumerable<SocketServer> servers = ParameterSetName switch
        {
            IdSet => Selection.ById(this, SocketRegistry.Servers, Id, server => server.Id, ErrorRecords.ServerNotFound),
            NameSet => Selection.ByName(this, SocketRegistry.Servers, Name, server => server.Name, ErrorRecords.ServerNotFound),
            _ => Server,
        };

        // All drain at the same time.
        TimeSpan limit = Force ? TimeSpan.Zero : ToLimit(TimeoutSeconds);
        List<SocketServer> stopping = [.. servers.Where(server => ShouldProcess(server.ToString(), "Stop"))];
        foreach (SocketServer server in stopping)
        {
            int clients = server is TcpServer tcp ? tcp.ConnectionCount : (server as UdpServer)?.QueuedMessages ?? 0;
            string open = server is TcpServer ? "connections" : "messages waiting";
            WriteVerbose(Force
                ? $"Stopping {server} at once: {clients} {open}."
                : $"Stopping {server}: {clients} {open}, {(TimeoutSeconds == 0 ? "no limit" : $"up to {TimeoutSeconds} s")} to drain.");
        }

        Await(token => Task.WhenAll(stopping.Select(server => server.StopAsync(limit, token))), Timeout.InfiniteTimeSpan);
        foreach (SocketServer server in stopping)
        {
            WriteVerbose(server is TcpServer tcp
                ? $"{server} has stopped: {tcp.AcceptedCount} connections served, {server.MessagesReceived} messages, {server.ErrorCount} errors."
                : $"{server} has stopped: {server.MessagesReceived} messages received, {server.MessagesDropped} dropped, {server.ErrorCount} errors.");
        }
    }
}
