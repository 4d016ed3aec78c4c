using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using PSSockets.Errors;

namespace PSSockets.Commands;

/// <summary>Finds objects by name or id as the shell's Get cmdlets do: a wildcard that matches nothing is no error, a plain name is.</summary>
internal static class Selection
{
    public static List<T> ByName<T>(PSCmdlet cmdlet, IReadOnlyList<T> all, string[] names, Func<T, string> getName, string errorId, string missing = "Nothing open has the name")
    {
        List<T> found = [];
        foreach (string name in names)
        {
            WildcardPattern pattern = new(name, WildcardOptions.IgnoreCase);
            List<T> matches = [.. all.Where(item => pattern.IsMatch(getName(item)))];
            if (matches.Count == 0 && !WildcardPattern.ContainsWildcardCharacters(name))
            {
                cmdlet.WriteError(ErrorRecords.NotFound(errorId, $"{missing} '{name}'.", name));
            }

            found.AddRange(matches.Where(item => !found.Contains(item)));
        }

        return found;
    }

    public static List<T> ById<T>(PSCmdlet cmdlet, IReadOnlyList<T> all, int[] ids, Func<T, int> getId, string errorId)
    {
        List<T> found = [];
        foreach (int id in ids)
        {
            List<T> matches = [.. all.Where(item => getId(item) == id)];
            if (matches.Count == 0)
            {
                cmdlet.WriteError(ErrorRecords.NotFound(errorId, $"Nothing open has the id {id}.", id));
            }

            found.AddRange(matches.Where(item => !found.Contains(item)));
        }

        return found;
    }
}
