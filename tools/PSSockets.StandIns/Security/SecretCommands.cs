using System.Management.Automation;
using System.Net;
using System.Security;

namespace Microsoft.PowerShell.Commands;

/// <summary>ConvertTo-SecureString from plain text.</summary>
[Cmdlet(VerbsData.ConvertTo, "SecureString", DefaultParameterSetName = "PlainText")]
[OutputType(typeof(SecureString))]
public sealed class ConvertToSecureStringCommand : PSCmdlet
{
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true)]
    public string String { get; set; } = string.Empty;

    /// <summary>Mandatory: encrypted text, which the real one also takes, cannot be read here.</summary>
    [Parameter(Position = 1, Mandatory = true)]
    public SwitchParameter AsPlainText { get; set; }

    [Parameter(Position = 2)]
    public SwitchParameter Force { get; set; }

    protected override void ProcessRecord()
    {
        SecureString secret = new NetworkCredential(string.Empty, String).SecurePassword;
        secret.MakeReadOnly();
        WriteObject(secret);
    }
}

/// <summary>ConvertFrom-SecureString to plain text.</summary>
[Cmdlet(VerbsData.ConvertFrom, "SecureString", DefaultParameterSetName = "AsPlainText")]
[OutputType(typeof(string))]
public sealed class ConvertFromSecureStringCommand : PSCmdlet
{
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true)]
    public SecureString SecureString { get; set; } = null!;

    /// <summary>Mandatory: encrypted text, which the real one makes without it, is not made here.</summary>
    [Parameter(Mandatory = true)]
    public SwitchParameter AsPlainText { get; set; }

    protected override void ProcessRecord() => WriteObject(new NetworkCredential(string.Empty, SecureString).Password);
}

/// <summary>Get-Credential.</summary>
[Cmdlet(VerbsCommon.Get, "Credential", DefaultParameterSetName = "CredentialSet")]
[OutputType(typeof(PSCredential))]
public sealed class GetCredentialCommand : PSCmdlet
{
    [Parameter(Position = 0, ParameterSetName = "CredentialSet")]
    [Credential]
    [ValidateNotNull]
    public PSCredential? Credential { get; set; }

    [Parameter(ParameterSetName = "MessageSet")]
    public string Message { get; set; } = string.Empty;

    [Parameter(Position = 0, ParameterSetName = "MessageSet")]
    public string UserName { get; set; } = string.Empty;

    protected override void BeginProcessing() => WriteObject(
        Credential ?? Host.UI.PromptForCredential("PowerShell credential request", Message, UserName, string.Empty));
}
