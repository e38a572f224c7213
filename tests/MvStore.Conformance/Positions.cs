namespace MvStore.Conformance;

/// <summary>Positions to go on behind.</summary>
internal static class Positions
{
    /// <summary>Just before, on and just behind an entry, and behind its key.</summary>
    public static IEnumerable<TierPosition> Around(TierRow row)
        =>
        [
            new(row.Key, row.Version.Value + 1),
            new(row.Key, row.Version),
            new(row.Key, row.Version.Value - 1),
            TierPosition.Behind(row.Key),
        ];
}
