using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Threading.Tasks;
using PSSockets.Binding;
using PSSockets.Engine.Diagnostics;
using PSSockets.Engine.Servers;
using PSSockets.Errors;
using PSSockets.Watching;

namespace PSSockets.Commands;

[Cmdlet(VerbsCommon.Watch, "SocketServer", DefaultParameterSetName = NameSet)]
[OutputType(typeof(SocketServerSample))]
public sealed class WatchSocketServerCommand : SocketCommand
{
    private const string ServerSet = "Server";
    private const string NameSet = "Name";
    private const string IdSet = "Id";

    private readonly List<SocketServer> _servers = [];
    private readonly ServerMonitor _monitor = new();

    [Parameter(Position = 0, Mandatory = true, ParameterSetName = ServerSet, ValueFromPipeline = true)]
    [AllowEmptyCollection]
    [ValidateNotNull]
    public SocketServer[] Server { get; set; } = [];

    [Parameter(Position = 0, ParameterSetName = NameSet)]
    [ArgumentCompleter(typeof(ServerNameCompleter))]
    [SupportsWildcards]
    public string[] Name { get; set; } = ["*"];

    [Parameter(Mandatory = true, ParameterSetName = IdSet)]
    [ArgumentCompleter(typeof(ServerIdCompleter))]
    public int[] Id { get; set; } = [];

    [Parameter]
    [ValidateRange(0.1, 86400)]
    public double IntervalSeconds { get; set; } = 1;

    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int Count { get; set; }

    [Parameter]
    public SwitchParameter AsObject { get; set; }

    private TimeSpan Interval => TimeSpan.FromSeconds(IntervalSeconds);

    private bool HasScreen => !AsObject
        && MyInvocation.PipelinePosition == MyInvocation.PipelineLength
        && Host.UI is { SupportsVirtualTerminal: true }
        && WatchScreen.IsAvailable;

    protected override void ProcessRecord() => _servers.AddRange(ParameterSetName switch
    {
        ServerSet => Server,
        IdSet => Selection.ById(this, SocketRegistry.Servers, Id, server => server.Id, ErrorRecords.ServerNotFound),
        _ => Selection.ByName(this, SocketRegistry.Servers, Name, server => server.Name, ErrorRecords.ServerNotFound),
    });

    protected override void EndProcessing()
    {
        if (HasScreen)
        {
            ShowScreen();
        }
        else
        {
            WriteSamples();
        }
    }

    /// <summary>The servers to watch now: with wildcards also those that were started since.</summary>
    private List<SocketServer> GetServers()
    {
        if (ParameterSetName != NameSet)
        {
            return _servers;
        }

        WildcardPattern[] patterns = [.. Name.Select(name => new WildcardPattern(name, WildcardOptions.IgnoreCase))];
        return [.. SocketRegistry.Servers.Where(server => patterns.Any(pattern => pattern.IsMatch(server.Name)))];
    }

    /// <summary>True where nothing more can come: the servers given have all stopped, or a plain name has no server any more.</summary>
    private bool IsOver(List<SocketServer> servers)
        => servers.All(server => server.Status == ServerStatus.Stopped)
            && (ParameterSetName != NameSet || !Name.Any(WildcardPattern.ContainsWildcardCharacters));

    private void WriteSamples()
    {
        Stopwatch clock = Stopwatch.StartNew();
        _monitor.Sample(GetServers(), DateTimeOffset.Now, clock.Elapsed);
        for (int sample = 1; (Count == 0 || sample <= Count) && !IsOver(GetServers()); sample++)
        {
            // By the clock, so that the time taken to write does not add up.
            TimeSpan wait = (Interval * sample) - clock.Elapsed;
            Await(token => Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, token), System.Threading.Timeout.InfiniteTimeSpan);
            WriteObject(_monitor.Sample(GetServers(), DateTimeOffset.Now, clock.Elapsed), enumerateCollection: true);
        }
    }

    private void ShowScreen()
    {
        Stopwatch clock = Stopwatch.StartNew();
        IReadOnlyList<ServerView> views = _monitor.View(GetServers(), DateTimeOffset.Now, clock.Elapsed);
        using WatchScreen screen = new();
        for (int frame = 1; ; frame++)
        {
            TimeSpan next = Interval * frame;
            Size drawn;
            do
            {
                // Once more where the window has another size meanwhile.
                drawn = Host.UI.RawUI.WindowSize;
                screen.Draw(
                    WatchRenderer.Draw(views, DateTimeOffset.Now, IntervalSeconds, drawn.Width, drawn.Height, WatchScreen.HasBlocks),
                    drawn.Width,
                    drawn.Height);
                if (!WatchScreen.Wait(next - clock.Elapsed, () => Host.UI.RawUI.WindowSize != drawn, StopToken))
                {
                    return;
                }
            }
            while (Host.UI.RawUI.WindowSize != drawn);

            if ((Count > 0 && frame >= Count) || IsOver(GetServers()))
            {
                return;
            }

            views = _monitor.View(GetServers(), DateTimeOffset.Now, clock.Elapsed);
        }
    }
}
