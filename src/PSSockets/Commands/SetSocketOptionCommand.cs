using System.Management.Automation;
using System.Reflection;
using PSSockets.Binding;
using PSSockets.Engine.Transport;
using PSSockets.Errors;

namespace PSSockets.Commands;

[Cmdlet(VerbsCommon.Set, "SocketOption", DefaultParameterSetName = ConnectionSet)]
[OutputType(typeof(SocketOptionSet))]
public sealed class SetSocketOptionCommand : SocketCommand
{
    private const string ConnectionSet = "Connection";
    private const string PipelineSet = "Pipeline";

    private readonly SocketOptionSet _options = new();

    [Parameter(Position = 0, Mandatory = true, ParameterSetName = ConnectionSet)]
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = PipelineSet)]
    [Alias("Socket")]
    [ValidateNotNull]
    public ISocketOwner Connection { get; set; } = null!;

    [Parameter(Position = 1, ParameterSetName = ConnectionSet)]
    [Parameter(Position = 0, ParameterSetName = PipelineSet)]
    [SocketOptionArgument]
    [ArgumentCompleter(typeof(SocketOptionCompleter))]
    public SocketOptionSet? SocketOption { get; set; }

    [Parameter]
    public bool NoDelay { get; set; }

    [Parameter]
    public bool KeepAlive { get; set; }

    [Parameter]
    [ValidateRange(1, 32767)]
    public int KeepAliveTimeSeconds { get; set; }

    [Parameter]
    [ValidateRange(1, 32767)]
    public int KeepAliveIntervalSeconds { get; set; }

    [Parameter]
    [ValidateRange(1, 127)]
    public int KeepAliveRetryCount { get; set; }

    [Parameter]
    [ValidateRange(-1, 32767)]
    public int LingerSeconds { get; set; }

    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int SendBufferSize { get; set; }

    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int ReceiveBufferSize { get; set; }

    [Parameter]
    [ValidateRange(1, 255)]
    public int Ttl { get; set; }

    [Parameter]
    [ValidateRange(0, 255)]
    public int TypeOfService { get; set; }

    [Parameter]
    public bool ReuseAddress { get; set; }

    [Parameter]
    public bool Broadcast { get; set; }

    [Parameter]
    [ValidateRange(0, 255)]
    public int MulticastTtl { get; set; }

    [Parameter]
    public bool MulticastLoopback { get; set; }

    [Parameter]
    public SwitchParameter PassThru { get; set; }

    protected override void BeginProcessing()
    {
        bool any = SocketOption is not null;
        foreach (string name in SocketOptionSet.Names)
        {
            PropertyInfo property = typeof(SocketOptionSet).GetProperty(name)!;

            // Copied: the object given stays the caller's.
            property.SetValue(_options, SocketOption is null ? null : property.GetValue(SocketOption));
            if (MyInvocation.BoundParameters.TryGetValue(name, out object? value))
            {
                property.SetValue(_options, value);
                any = true;
            }
        }

        if (!any)
        {
            ThrowInvalid(
                ErrorRecords.InvalidParameterCombination, $"There is no option to set. Known: {string.Join(", ", SocketOptionSet.Names)}.");
        }
    }

    protected override void ProcessRecord()
    {
        if (TryRun(() => _options.Apply(Connection), Connection) && PassThru)
        {
            SocketOptionSet? options = null;
            if (TryRun(() => options = SocketOptionSet.Read(Connection), Connection))
            {
                WriteObject(options);
            }
        }
    }
}
