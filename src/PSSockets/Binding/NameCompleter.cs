using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Net.NetworkInformation;
using PSSockets.Engine.Transport;

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
    protected override IEnumerable<string> GetNames()
        => ["Loopback", "IPv6Loopback", "Any", "IPv4Any", "IPv6Any", .. LocalAddressCompleter.GetAddresses()];
}

/// <summary>Completes the addresses of this machine.</summary>
public sealed class LocalAddressCompleter : NameCompleter
{
    internal static IEnumerable<string> GetAddresses() => NetworkInterface.GetAllNetworkInterfaces()
        .Where(candidate => candidate.OperationalStatus != OperationalStatus.Down)
        .SelectMany(candidate => candidate.GetIPProperties().UnicastAddresses)
        .Select(candidate => candidate.Address.ToString());

    /// <inheritdoc/>
    protected override IEnumerable<string> GetNames() => GetAddresses();
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

/// <summary>Completes the ids of servers.</summary>
public sealed class ServerIdCompleter : NameCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<string> GetNames() => SocketRegistry.Servers.Select(server => server.Id.ToString(CultureInfo.InvariantCulture));
}

/// <summary>Completes the ids of connections.</summary>
public sealed class ConnectionIdCompleter : NameCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<string> GetNames() => SocketRegistry.Connections.Select(connection => connection.Id)
        .Concat(SocketRegistry.UdpSockets.Select(socket => socket.Id))
        .Select(id => id.ToString(CultureInfo.InvariantCulture));
}

/// <summary>Completes socket options: each as a table that lacks its value.</summary>
public sealed class SocketOptionCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
        => SocketOptionSet.Names
            .Where(name => name.StartsWith(wordToComplete, StringComparison.OrdinalIgnoreCase))
            .Select(name => new CompletionResult($"@{{ {name} = ", name, CompletionResultType.ParameterValue, name));
}

/// <summary>Completes the modules that are installed.</summary>
public sealed class ModuleCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        // As Import-Module completes them.
        string line = $"Import-Module -Name {wordToComplete}";
        return CommandCompletion.CompleteInput(line, line.Length, null).CompletionMatches;
    }
}
