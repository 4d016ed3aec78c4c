using System.Management.Automation;
using PSSockets.Binding;
using PSSockets.Engine.Chat;
using PSSockets.Errors;
using PSSockets.Handlers;

namespace PSSockets.Commands;

[Cmdlet(VerbsCommunications.Connect, "ChatServer", DefaultParameterSetName = HostSet)]
[OutputType(typeof(ChatSession))]
public sealed class ConnectChatServerCommand : ChatConnectCommand
{
    [Parameter]
    public ScriptBlock? OnMessage { get; set; }

    [Parameter]
    public ScriptBlock? InitializationScript { get; set; }

    [Parameter]
    [ArgumentCompleter(typeof(ModuleCompleter))]
    public string[] ImportModule { get; set; } = [];

    [Parameter]
    [AllowNull]
    [AllowEmptyCollection]
    public object?[] ArgumentList { get; set; } = [];

    [Parameter]
    public HandlerErrorAction OnHandlerError { get; set; } = HandlerErrorAction.Continue;

    [Parameter]
    [ValidateRange(0, 2147483)]
    public double HandlerTimeoutSeconds { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Name { get; set; }

    protected override void EndProcessing()
    {
        ChatSessionOptions options = GetOptions() with { Name = Name, DescribeError = exception => ErrorRecords.FromEngine(exception, null) };
        if (CaptureHandler() is { } blueprint)
        {
            options = options with { CreateHandler = blueprint.Create };
        }

        if (Connect(options) is { } session)
        {
            WriteObject(session);
        }
    }

    private HandlerBlueprint? CaptureHandler()
    {
        HandlerSource source = new()
        {
            Command = this,
            OnMessage = OnMessage,
            InitializationScript = InitializationScript,
            Arguments = ArgumentList ?? [],
            Modules = ImportModule,
            ErrorAction = OnHandlerError,
            Timeout = ToLimit(HandlerTimeoutSeconds),
        };
        if (OnMessage is not null)
        {
            return HandlerBlueprint.Capture(source);
        }

        if (source.ForHandlersOnly is { } useless)
        {
            ThrowInvalid(ErrorRecords.InvalidParameterCombination, $"-{useless} is for the handler: give -OnMessage too.");
        }

        return null;
    }
}
