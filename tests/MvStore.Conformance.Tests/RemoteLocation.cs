using MvStore.Remote;

namespace MvStore.Conformance.Tests;

/// <summary>The remote tier on a server of its own, over a network that is slow but does not fail.</summary>
public sealed class RemoteLocation : ITierLocation
{
    private readonly RemoteServer _server = new(new TierCapabilities
    {
        MaxValueLength = 1_000_000,
        MaxBatchBytes = 2_000_000,
        MaxBatchRows = 5_000,
        MaxReadKeys = 8,
        Durability = TierDurability.Replicated,
        ResolvesDoubt = true,
    });

    private readonly HastyTime _time = new();

    /// <inheritdoc/>
    public bool AllowsTakeover => true;

    public IPersistentTier CreateTier() => new RemoteTier(new RemoteNetwork(_server, _time));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
