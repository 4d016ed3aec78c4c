using System;
using Xunit;

namespace PSSockets.Engine.Tests.Support;

/// <summary>A test of what is used on Linux only.</summary>
internal sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute()
    {
        if (!OperatingSystem.IsLinux())
        {
            Skip = "Only Linux has it.";
        }
    }
}
