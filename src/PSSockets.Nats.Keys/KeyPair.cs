using System;

namespace NATS.NKeys;

/// <summary>What the NATS client calls for NKey and JWT credentials, which are not offered.</summary>
public sealed class KeyPair : IDisposable
{
    private KeyPair()
    {
    }

    /// <summary>Would read a key.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public static KeyPair FromSeed(ReadOnlySpan<char> seed)
        => throw new NotSupportedException("NKey and JWT credentials are not supported: use a user with a password, or a token.");

    /// <summary>Would give the public key; never called, for there is no key.</summary>
    public string GetPublicKey() => throw new NotSupportedException();

    /// <summary>Would sign; never called, for there is no key.</summary>
    public void Sign(ReadOnlyMemory<byte> input, Memory<byte> signature) => throw new NotSupportedException();

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
