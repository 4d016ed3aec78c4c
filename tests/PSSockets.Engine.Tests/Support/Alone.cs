using Xunit;

namespace PSSockets.Engine.Tests.Support;

/// <summary>Tests that count what the whole process holds: no other test runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "Alone";
}
