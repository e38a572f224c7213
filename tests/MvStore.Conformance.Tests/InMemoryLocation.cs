namespace MvStore.Conformance.Tests;

/// <summary>The tier in memory, under its own suites.</summary>
public sealed class InMemoryLocation : ITierLocation
{
    private readonly InMemoryTierStorage _storage = new();

    public IPersistentTier CreateTier() => new InMemoryTier(_storage);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
