using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;
using System.Threading;

namespace PSSockets.Handlers;

/// <summary>
/// The user's host as handlers see it: what they write appears there, one after the other, but they never wait for it. A console can stand
/// still for as long as the user likes, and the shell's own progress bar waits for a key while the prompt is being edited.
/// </summary>
internal sealed class HandlerHost : PSHost
{
    private readonly PSHost _host;
    private readonly HandlerUserInterface _ui;

    public HandlerHost(PSHost host)
    {
        _host = host;
        _ui = new HandlerUserInterface(host.UI);
    }

    public override string Name => _host.Name;

    public override Version Version => _host.Version;

    public override Guid InstanceId { get; } = Guid.NewGuid();

    public override PSHostUserInterface UI => _ui;

    public override CultureInfo CurrentCulture => _host.CurrentCulture;

    public override CultureInfo CurrentUICulture => _host.CurrentUICulture;

    public override PSObject PrivateData => _host.PrivateData;

    public override void EnterNestedPrompt() => throw NoUser();

    public override void ExitNestedPrompt()
    {
    }

    public override void NotifyBeginApplication()
    {
    }

    public override void NotifyEndApplication()
    {
    }

    /// <summary>`exit` in a handler ends its call, not the user's shell.</summary>
    public override void SetShouldExit(int exitCode)
    {
    }

    private static HostException NoUser() => new("A server's handler runs in the background and cannot ask the user.");

    private sealed class HandlerUserInterface(PSHostUserInterface ui) : PSHostUserInterface
    {
        /// <summary>How many writes wait for the console before further ones are dropped.</summary>
        private const int Limit = 10_000;

        private readonly Queue<Action> _writes = new();
        private long _dropped;
        private bool _writing;

        // For colours and the width of the screen.
        public override PSHostRawUserInterface RawUI => ui.RawUI;

        public override bool SupportsVirtualTerminal => ui.SupportsVirtualTerminal;

        public override void Write(string value) => Add(() => ui.Write(value));

        public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value)
            => Add(() => ui.Write(foregroundColor, backgroundColor, value));

        public override void WriteLine(string value) => Add(() => ui.WriteLine(value));

        public override void WriteLine(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value)
            => Add(() => ui.WriteLine(foregroundColor, backgroundColor, value));

        public override void WriteErrorLine(string value) => Add(() => ui.WriteErrorLine(value));

        public override void WriteDebugLine(string message) => Add(() => ui.WriteDebugLine(message));

        public override void WriteVerboseLine(string message) => Add(() => ui.WriteVerboseLine(message));

        public override void WriteWarningLine(string message) => Add(() => ui.WriteWarningLine(message));

        public override void WriteInformation(InformationRecord record) => Add(() => ui.WriteInformation(record));

        public override void WriteProgress(long sourceId, ProgressRecord record) => Add(() => ui.WriteProgress(sourceId, record));

        public override string ReadLine() => throw NoUser();

        public override SecureString ReadLineAsSecureString() => throw NoUser();

        public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions)
            => throw NoUser();

        public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
            => throw NoUser();

        public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName)
            => throw NoUser();

        public override PSCredential PromptForCredential(
            string caption,
            string message,
            string userName,
            string targetName,
            PSCredentialTypes allowedCredentialTypes,
            PSCredentialUIOptions options) => throw NoUser();

        private void Add(Action write)
        {
            lock (_writes)
            {
                if (_writes.Count >= Limit)
                {
                    _dropped++;
                    return;
                }

                _writes.Enqueue(write);
                if (_writing)
                {
                    return;
                }

                _writing = true;
            }

            ThreadPool.UnsafeQueueUserWorkItem(static self => self.WriteAll(), this, preferLocal: false);
        }

        private void WriteAll()
        {
            while (true)
            {
                Action? write;
                lock (_writes)
                {
                    if (!_writes.TryDequeue(out write))
                    {
                        _writing = _dropped > 0;
                        if (!_writing)
                        {
                            return;
                        }

                        long dropped = _dropped;
                        _dropped = 0;
                        write = () => ui.WriteWarningLine($"{dropped} writes of server handlers were dropped: the console did not keep up.");
                    }
                }

                try
                {
                    write();
                }
                catch (Exception)
                {
                    // The console has gone, or the shell is ending: nobody is left to be told.
                }
            }
        }
    }
}
