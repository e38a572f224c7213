namespace MvStore.Sqlite.Format;

/// <summary>Unsigned 64-bit numbers in signed 64-bit columns.</summary>
internal static class SignedColumn
{
    /// <summary>An upper bound of a read: nothing stored exceeds 2^63-1, so what does sees the same.</summary>
    public static long Clamped(ulong bound) => (long)Math.Min(bound, long.MaxValue);

    /// <summary>A number to be stored, which must fit.</summary>
    public static long Stored(ulong number, string what)
        => number <= long.MaxValue
            ? (long)number
            : throw new PersistentTierException(TierFailure.Fatal, $"The {what} {number} is over 2^63-1 and cannot be stored.");
}
