using System.Management.Automation;
using PSSockets.Binding;
using PSSockets.Engine.Chat;
using PSSockets.Engine.Servers;
using PSSockets.Errors;

namespace PSSockets.Commands;

[Cmdlet(VerbsCommon.Get, "SocketServer", DefaultParameterSetName = NameSet)]
[OutputType(typeof(TcpServer), typeof(UdpServer), typeof(ChatServer))]
public sealed class GetSocketServerCommand : PSCmdlet
{
    private const string NameSet = "Name";
    private const string IdSet = "Id";

    [Parameter(Position = 0, ParameterSetName = NameSet)]
    [ArgumentCompleter(typeof(ServerNameCompleter))]
    [SupportsWildcards]
    public string[] Name { get; set; } = ["*"];

    [Parameter(Mandatory = true, ParameterSetName = IdSet)]
    [ArgumentCompleter(typeof(ServerIdCompleter))]
    public int[] Id { get; set; } = [];

    protected override void ProcessRecord() => WriteObject(
        ParameterSetName == IdSet
            ? Selection.ById(this, SocketRegistry.Servers, Id, server => server.Id, ErrorRecords.ServerNotFound)
            : Selection.ByName(this, SocketRegistry.Servers, Name, server => server.Name, ErrorRecords.ServerNotFound),
        enumerateCollection: true);
}
