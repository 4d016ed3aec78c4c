using System.Collections.Generic;
using System.Globalization;
using System.Management.Automation;

namespace Microsoft.PowerShell.Commands;

/// <summary>Compares as PowerShell does, and by text where two values have no order.</summary>
internal sealed class ObjectOrder(bool caseSensitive) : IComparer<object?>
{
    public int Compare(object? x, object? y) =>
        LanguagePrimitives.TryCompare(x, y, !caseSensitive, CultureInfo.CurrentCulture, out int result)
            ? result
            : CultureInfo.CurrentCulture.CompareInfo.Compare(
                x?.ToString(), y?.ToString(), caseSensitive ? CompareOptions.None : CompareOptions.IgnoreCase);
}
