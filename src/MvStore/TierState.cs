using System.Collections.ObjectModel;

namespace MvStore;

/// <summary>What a persistent tier holds when it is opened.</summary>
/// <param name="DurableSequence">The durable mark: the sequence of the last publication that is on disk; 0 in a new store.</param>
/// <param name="HighestVersion">The highest commit version among durable publications, empty ones included; 0 in a new store.</param>
/// <param name="Floors">The floors remembered, those of single keys included.</param>
public sealed record TierState(ulong DurableSequence, CommitVersion HighestVersion, FloorSet Floors)
{
    /// <summary>The drops of durable publications that did not come into force yet, in any order.</summary>
    public IReadOnlyList<KeyFloor> Drops { get; init; } = [];

    /// <summary>The notes of the engine, by name (<see cref="IPersistentTier.SetNoteAsync"/>). None of them is empty.</summary>
    /// <value>Default: none.</value>
    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Notes { get; init; } = ReadOnlyDictionary<string, ReadOnlyMemory<byte>>.Empty;

    /// <summary>The epoch the tier is open under: the one asked for, or one above all earlier ones.</summary>
    /// <value>Default 0, which no tier is open under.</value>
    public ulong Epoch { get; init; }

    /// <summary>What the tier takes and promises.</summary>
    /// <value>Default: what a local disk does.</value>
    public TierCapabilities Capabilities { get; init; } = new();

    /// <summary>
    /// What tells this store's data from any other's: chosen at random when the data is made, the same at each opening, different in a copy that is a store
    /// of its own. A commit log is kept for one store, and refuses to be used with another one.
    /// </summary>
    /// <value>Default 0: the tier cannot tell, and the host has to keep logs apart.</value>
    public ulong Identity { get; init; }
}
