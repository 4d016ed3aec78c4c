using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.IO;
using System.Linq;
using System.Management.Automation;

namespace Microsoft.PowerShell.Commands;

/// <summary>Resolves -Path and -LiteralPath to files and reports what goes wrong with them as the real commands do.</summary>
internal static class FileTarget
{
    /// <summary>Existing files; an error is written for each path that matches none.</summary>
    public static IEnumerable<string> Resolve(PSCmdlet command, string[]? path, string[]? literalPath)
    {
        foreach (string item in path ?? literalPath ?? [])
        {
            foreach (string file in ResolveOne(command, item, isLiteral: path is null))
            {
                yield return file;
            }
        }
    }

    /// <summary>Files to write: those that exist, or the path itself if it has no wildcards.</summary>
    public static IEnumerable<string> ResolveForWriting(PSCmdlet command, string[]? path, string[]? literalPath) =>
        path is not null && path.Any(WildcardPattern.ContainsWildcardCharacters)
            ? Resolve(command, path, literalPath)
            : (path ?? literalPath ?? []).Select(command.GetUnresolvedProviderPathFromPSPath);

    public static void WriteNotFound(PSCmdlet command, string path) => command.WriteError(new ErrorRecord(
        new ItemNotFoundException($"Cannot find path '{path}' because it does not exist."),
        "PathNotFound",
        ErrorCategory.ObjectNotFound,
        path));

    private static void WriteNoMatch(PSCmdlet command, string path) => command.WriteError(new ErrorRecord(
        new ItemNotFoundException($"An object at the specified path {path} does not exist."),
        "ItemNotFound",
        ErrorCategory.ObjectNotFound,
        path));

    /// <summary>Runs a file operation; what the file system refuses becomes an error of the command.</summary>
    public static void Attempt(PSCmdlet command, string path, string errorId, ErrorCategory category, Action operation)
    {
        try
        {
            operation();
        }
        catch (DirectoryNotFoundException error)
        {
            command.WriteError(new ErrorRecord(error, errorId + "DirectoryNotFoundError", ErrorCategory.ObjectNotFound, path));
        }
        catch (UnauthorizedAccessException error)
        {
            command.WriteError(new ErrorRecord(error, errorId + "UnauthorizedAccessError", ErrorCategory.PermissionDenied, path));
        }
        catch (IOException error)
        {
            command.WriteError(new ErrorRecord(error, errorId + "IOError", category, path));
        }
    }

    /// <summary>Runs an operation of a provider; what it refuses becomes an error of the command.</summary>
    public static void AttemptProvider(PSCmdlet command, Action operation)
    {
        try
        {
            operation();
        }
        catch (ProviderInvocationException error)
        {
            command.WriteError(new ErrorRecord(error.ErrorRecord, error.InnerException));
        }
        catch (SessionStateException error)
        {
            command.WriteError(new ErrorRecord(error.ErrorRecord, error));
        }
    }

    private static Collection<string> ResolveOne(PSCmdlet command, string path, bool isLiteral)
    {
        try
        {
            if (!isLiteral)
            {
                Collection<string> found = command.GetResolvedProviderPathFromPSPath(path, out _);
                if (found.Count == 0)
                {
                    WriteNoMatch(command, path);
                }

                return found;
            }

            string file = command.GetUnresolvedProviderPathFromPSPath(path);
            if (Path.Exists(file))
            {
                return [file];
            }
        }
        catch (ItemNotFoundException)
        {
            // Reported below, with the path as it was given.
        }

        WriteNotFound(command, isLiteral ? command.GetUnresolvedProviderPathFromPSPath(path) : path);
        return [];
    }
}
