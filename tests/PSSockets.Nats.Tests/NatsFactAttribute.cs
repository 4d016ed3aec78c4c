using Xunit;

namespace PSSockets.Nats.Tests;

/// <summary>A test against a real nats-server; skipped, and said so, where none is installed.</summary>
public sealed class NatsFactAttribute : FactAttribute
{
    public NatsFactAttribute()
    {
        if (NatsServer.Program is null)
        {
            Skip = "nats-server is not installed.";
        }
    }
}
