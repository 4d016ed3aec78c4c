using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using PSSockets.Binding;
using PSSockets.Engine.Chat;
using PSSockets.Engine.Datagrams;
using PSSockets.Engine.Servers;
using PSSockets.Engine.Transport;
using PSSockets.Errors;

namespace PSSockets.Commands;

[Cmdlet(VerbsCommon.Get, "SocketConnection", DefaultParameterSetName = NameSet)]
[OutputType(typeof(SocketConnection), typeof(UdpSocket), typeof(ChatSession))]
public sealed class GetSocketConnectionCommand : PSCmdlet
{
    private const string NameSet = "Name";
    private const string IdSet = "Id";
    private const string ServerSet = "Server";

    [Parameter(Position = 0, ParameterSetName = NameSet)]
    [ArgumentCompleter(typeof(ConnectionNameCompleter))]
    [SupportsWildcards]
    public string[] Name { get; set; } = ["*"];

    [Parameter(Mandatory = true, ParameterSetName = IdSet)]
    [ArgumentCompleter(typeof(ConnectionIdCompleter))]
    public int[] Id { get; set; } = [];

    [Parameter(Mandatory = true, ParameterSetName = ServerSet, ValueFromPipeline = true)]
    public IConnectionServer[] Server { get; set; } = [];

    protected override void ProcessRecord()
    {
        IReadOnlyList<object> all = [.. SocketRegistry.Connections, .. SocketRegistry.UdpSockets, .. SocketRegistry.ChatSessions];
        WriteObject(
            ParameterSetName switch
            {
                ServerSet => Server.SelectMany(server => server.GetConnections()),
                IdSet => Selection.ById(this, all, Id, GetId, ErrorRecords.ConnectionNotFound),
                _ => Selection.ByName(this, all, Name, GetName, ErrorRecords.ConnectionNotFound),
            },
            enumerateCollection: true);
    }

    private static int GetId(object open) => open switch
    {
        UdpSocket socket => socket.Id,
        ChatSession session => session.Id,
        _ => ((SocketConnection)open).Id,
    };

    private static string GetName(object open) => open switch
    {
        UdpSocket socket => socket.Name,
        ChatSession session => session.Name,
        _ => ((SocketConnection)open).Name,
    };
}
