using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.Chat;

namespace PSSockets.Engine.Tests.Support;

/// <summary>A backplane within this process, which a test can take away and give back.</summary>
internal sealed class MemoryBackplane(MemoryBackplane.Hub hub) : IChatBackplane
{
    private Action<ReadOnlyMemory<byte>>? _received;

    public event Action? ConnectedChanged;

    public string DisplayName => "memory";

    public bool IsConnected { get; private set; }

    public Task StartAsync(string subject, Action<ReadOnlyMemory<byte>> received, CancellationToken cancellationToken)
    {
        _received = received;
        hub.Add(this);
        return Task.CompletedTask;
    }

    public ValueTask PublishAsync(ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        hub.Publish(this, payload);
        return default;
    }

    public ValueTask DisposeAsync()
    {
        hub.Remove(this);
        return default;
    }

    private void Set(bool isConnected)
    {
        IsConnected = isConnected;
        ConnectedChanged?.Invoke();
    }

    /// <summary>What backplanes are joined by.</summary>
    internal sealed class Hub
    {
        private readonly List<MemoryBackplane> _members = [];
        private bool _isUp = true;

        /// <summary>Takes the service away, or brings it back.</summary>
        public void SetUp(bool isUp)
        {
            MemoryBackplane[] members;
            lock (_members)
            {
                _isUp = isUp;
                members = [.. _members];
            }

            Array.ForEach(members, member => member.Set(isUp));
        }

        public void Add(MemoryBackplane member)
        {
            bool isUp;
            lock (_members)
            {
                _members.Add(member);
                isUp = _isUp;
            }

            member.Set(isUp);
        }

        /// <summary>Takes one away without a word, as when its process is killed.</summary>
        public void Remove(MemoryBackplane member)
        {
            lock (_members)
            {
                _members.Remove(member);
            }
        }

        public void Publish(MemoryBackplane sender, ReadOnlyMemory<byte> payload)
        {
            lock (_members)
            {
                if (_isUp && _members.Contains(sender))
                {
                    _members.ForEach(member =>
                    {
                        if (member != sender)
                        {
                            member._received!(payload);
                        }
                    });
                }
            }
        }
    }
}
