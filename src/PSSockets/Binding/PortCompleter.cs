using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace PSSockets.Binding;

/// <summary>Completes ports by number or by name: those of this session's servers, then well-known ones as IANA has them.</summary>
public sealed class PortCompleter : IArgumentCompleter
{
    private static readonly (int Port, string Name)[] s_wellKnown =
    [
        (21, "ftp"), (22, "ssh"), (23, "telnet"), (25, "smtp"), (53, "domain"), (80, "http"), (110, "pop3"), (123, "ntp"), (143, "imap"),
        (161, "snmp"), (389, "ldap"), (443, "https"), (514, "syslog"), (587, "submission"), (636, "ldaps"), (853, "domain-s"), (993, "imaps"),
        (995, "pop3s"), (1433, "ms-sql-s"), (1883, "mqtt"), (1900, "ssdp"), (2003, "graphite"), (3306, "mysql"), (3389, "ms-wbt-server"),
        (4222, "nats"), (5353, "mdns"), (5432, "postgresql"), (5672, "amqp"), (5985, "wsman"), (6379, "redis"), (6514, "syslog-tls"),
        (8080, "http-alt"), (8125, "statsd"), (8883, "secure-mqtt"), (9100, "pdl-datastream"), (11211, "memcache"),
    ];

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
        => SocketRegistry.Servers.Where(server => server.Port > 0).Select(server => (server.Port, server.Name))
            .Concat(s_wellKnown)
            .Select(entry => (Number: entry.Item1.ToString(CultureInfo.InvariantCulture), Name: entry.Item2))
            .Where(entry => entry.Number.StartsWith(wordToComplete, StringComparison.Ordinal)
                || entry.Name.StartsWith(wordToComplete, StringComparison.OrdinalIgnoreCase))
            .Select(entry => new CompletionResult(entry.Number, $"{entry.Number} ({entry.Name})", CompletionResultType.ParameterValue, entry.Name));
}
