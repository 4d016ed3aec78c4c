using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Net.NetworkInformation;

namespace PSSockets.Binding;

/// <summary>Completes a parameter from a list of names, quoting what needs it.</summary>
public abstract class NameCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        WildcardPattern pattern = new($"{wordToComplete.Trim('\'', '"')}*", WildcardOptions.IgnoreCase);
        return GetNames()
            .Where(pattern.IsMatch)
            .Select(name => new CompletionResult(
                name.All(character => char.IsLetterOrDigit(character) || character is '-' or '_' or '.')
                    ? name
                    : $"'{CodeGeneration.EscapeSingleQuotedStringContent(name)}'",
                name,
                CompletionResultType.ParameterValue,
                name));
    }

    /// <summary>All names.</summary>
    protected abstract IEnumerable<string> GetNames();
}

/// <summary>Completes encodings.</summary>
public sealed class EncodingCompleter : NameCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<string> GetNames() => EncodingArgumentAttribute.Names;
}

/// <summary>Completes framings.</summary>
public sealed class FramingCompleter : NameCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<string> GetNames() => FramingArgumentAttribute.Names;
}

/// <summary>Completes addresses to listen on.</summary>
public sealed class ListenAddressCompleter : NameCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<string> GetNames() => ["Loopback", "IPv6Loopback", "Any", "IPv4Any", "IPv6Any"];
}

/// <summary>Completes network interfaces.</summary>
public sealed class InterfaceCompleter : NameCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<string> GetNames() => NetworkInterface.GetAllNetworkInterfaces().Select(candidate => candidate.Name);
}

/// <summary>Completes the names of servers.</summary>
public sealed class ServerNameCompleter : NameCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<string> GetNames() => SocketRegistry.Servers.Select(server => server.Name);
}

/// <summary>Completes the names of connections.</summary>
public sealed class ConnectionNameCompleter : NameCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<string> GetNames()
        => SocketRegistry.Connections.Select(connection => connection.Name)
            .Concat(SocketRegistry.UdpSockets.Select(socket => socket.Name))
            .Concat(SocketRegistry.ChatSessions.Select(session => session.Name));
}
