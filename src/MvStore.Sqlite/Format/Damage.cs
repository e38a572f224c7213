namespace MvStore.Sqlite.Format;

/// <summary>The failures of rows that are not what was written. The key is told apart from the message (contract F3, F8).</summary>
internal static class Damage
{
    public static PersistentTierException Entry(ReadOnlySpan<byte> key, long version, long sequence)
        => new(
            TierFailure.Damaged,
            $"A row is damaged: its checksum does not match (version {version}, sequence {sequence}, key of {key.Length} bytes).")
        {
            Key = key.ToArray(),
        };

    public static PersistentTierException StateRow(string table, ReadOnlySpan<byte> key, long version)
        => new(
            TierFailure.Damaged,
            $"A row of the table '{table}' is damaged: its checksum does not match (version {version}, key of {key.Length} bytes).")
        {
            Key = key.ToArray(),
        };

    /// <summary>A key with older entries whose newest one is not in its place.</summary>
    public static PersistentTierException NoNewest(ReadOnlySpan<byte> key)
        => new(TierFailure.Damaged, $"A key of {key.Length} bytes has rows in the table 'history', and none above them in 'current'.")
        {
            Key = key.ToArray(),
        };

    public static PersistentTierException Note()
        => new(TierFailure.Damaged, "A row of the table 'note' is damaged: its checksum does not match.");

    public static PersistentTierException Floor()
        => new(TierFailure.Damaged, "A row of the table 'floor' is damaged: its checksum does not match.");
}
