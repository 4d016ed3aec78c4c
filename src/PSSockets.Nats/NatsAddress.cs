using System;
using System.Collections.Generic;
using System.Linq;

namespace PSSockets.Nats;

/// <summary>
/// Where NATS servers are, as users write it: <c>nats://host:port</c> or <c>tls://host:port</c>, several separated by commas; in front of
/// the host perhaps <c>user:password@</c> or <c>token@</c>. Keeps what is secret apart from what may be shown.
/// </summary>
internal sealed record NatsAddress
{
    private const int DefaultPort = 4222;

    private NatsAddress(string url, string? userName, string? password, string? token)
    {
        Url = url;
        UserName = userName;
        Password = password;
        Token = token;
    }

    /// <summary>The servers, without credentials.</summary>
    public string Url { get; }

    /// <summary>The user; null for none.</summary>
    public string? UserName { get; }

    /// <summary>The user's password; null for none.</summary>
    public string? Password { get; }

    /// <summary>A token in the place of a user; null for none.</summary>
    public string? Token { get; }

    /// <summary>Takes a text apart.</summary>
    /// <param name="text">The address.</param>
    /// <param name="userName">A user given apart from the address, which then must name none.</param>
    /// <param name="password">That user's password.</param>
    /// <exception cref="FormatException">It is malformed; the message does not repeat credentials.</exception>
    public static NatsAddress Parse(string text, string? userName = null, string? password = null)
    {
        List<string> servers = [];
        HashSet<string> credentials = [];
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (!Uri.TryCreate(part, UriKind.Absolute, out Uri? uri) || uri.Scheme is not ("nats" or "tls") || uri.Host.Length == 0
                || uri.AbsolutePath is not ("" or "/") || uri.Query.Length > 0 || uri.Fragment.Length > 0)
            {
                // A comma in a password, which must be written %2C, has torn the credentials apart.
                throw new FormatException(
                    $"'{(text.Contains('@', StringComparison.Ordinal) && !part.Contains('@', StringComparison.Ordinal) ? "..." : WithoutCredentials(part))}' is no address of a NATS server: write nats://host:port, or tls://host:port; several with commas between.");
            }

            int port = uri.Port < 0 ? DefaultPort : uri.Port;
            servers.Add($"{uri.Scheme}://{uri.Host}:{port}");
            if (uri.UserInfo.Length > 0)
            {
                credentials.Add(uri.UserInfo);
            }
        }

        if (servers.Select(static server => server[..server.IndexOf(':')]).Distinct().Count() > 1)
        {
            throw new FormatException("Either all NATS servers are reached with TLS (tls://) or none: otherwise who can disturb the network decides.");
        }

        if (credentials.Count > 1 || (credentials.Count == 1 && userName is not null))
        {
            throw new FormatException("Credentials are given once, the same for all NATS servers.");
        }

        string url = string.Join(',', servers);
        if (credentials.Count == 0)
        {
            return new NatsAddress(url, userName, password, token: null);
        }

        string[] parts = credentials.Single().Split(':', 2);
        return parts.Length == 1
            ? new NatsAddress(url, userName: null, password: null, Uri.UnescapeDataString(parts[0]))
            : new NatsAddress(url, Uri.UnescapeDataString(parts[0]), Uri.UnescapeDataString(parts[1]), token: null);
    }

    /// <summary>Without credentials.</summary>
    public override string ToString() => Url;

    private static string WithoutCredentials(string text)
    {
        int at = text.LastIndexOf('@');
        return at < 0 ? text : $"...{text[at..]}";
    }
}
