namespace MvStore;

/// <summary>
/// What a persistent tier takes and promises. Told once, when it is opened; the engine keeps to it, so a tier need not cut or check. The
/// defaults are those of a tier on a local disk.
/// </summary>
public sealed record TierCapabilities
{
    /// <summary>The longest key it stores, in bytes. A commit with a longer one is refused whole (contract A3).</summary>
    /// <value>Default <see cref="BufferOptions.KeyLengthLimit"/>. At least 1.</value>
    public int MaxKeyLength { get; init; } = BufferOptions.KeyLengthLimit;

    /// <summary>The longest value it stores, in bytes. A commit with a longer one is refused whole (contract A3).</summary>
    /// <value>Default <see cref="BufferOptions.ValueLengthLimit"/>. Not negative.</value>
    public int MaxValueLength { get; init; } = BufferOptions.ValueLengthLimit;

    /// <summary>
    /// The most bytes of keys and values, of rows and drops together, in one slice. Slices are cut to it at commit boundaries; a commit that alone
    /// has more is refused whole (contract A3).
    /// </summary>
    /// <value>Default <see cref="long.MaxValue"/>: any number. At least 1.</value>
    public long MaxBatchBytes { get; init; } = long.MaxValue;

    /// <summary>The most rows and drops together in one slice; cut and refused as <see cref="MaxBatchBytes"/>.</summary>
    /// <value>Default <see cref="int.MaxValue"/>: any number. At least 1.</value>
    public int MaxBatchRows { get; init; } = int.MaxValue;

    /// <summary>The most keys one point read may ask for. More are asked for in several reads at the same view.</summary>
    /// <value>Default <see cref="int.MaxValue"/>: any number. At least 1.</value>
    public int MaxReadKeys { get; init; } = int.MaxValue;

    /// <summary>What a slice survives once it was taken.</summary>
    /// <value>Default <see cref="TierDurability.Synced"/>.</value>
    public TierDurability Durability { get; init; } = TierDurability.Synced;

    /// <summary>
    /// Whether <see cref="IPersistentTier.ApplyAsync"/> stores <see cref="TierBatch.Floors"/> with the slice. The engine then leaves out of a slice what retention would let go
    /// right after it. If not, it never sends floors with a slice, and reclaims such entries later.
    /// </summary>
    /// <value>Default false.</value>
    public bool RaisesFloorsInSlices { get; init; }

    /// <summary>
    /// Whether <see cref="IPersistentTier.ApplyAsync"/> lets go by <see cref="TierBatch.Rule"/> of what a slice supersedes. The engine then raises floors with larger slices even if they supersede nothing within. Without
    /// effect unless <see cref="RaisesFloorsInSlices"/>.
    /// </summary>
    /// <value>Default false.</value>
    public bool ReclaimsInSlices { get; init; }

    /// <summary>
    /// Whether <see cref="IPersistentTier.GetMarkAsync"/> can be believed after a <see cref="TierFailure.InDoubt"/>: the engine then asks it, and
    /// goes on or writes again. If not, such a failure stops the store for writing: after a failed sync, what a local file shows need not be on disk.
    /// </summary>
    /// <value>Default false.</value>
    public bool ResolvesDoubt { get; init; }
}
