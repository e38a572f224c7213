namespace MvStore.Sqlite.Format;

/// <summary>Reads an entry from a statement that stands on a row of <see cref="Schema.EntryColumnList"/>.</summary>
internal static class EntryColumns
{
    public static ReadOnlySpan<byte> Key(Statement row) => row.Blob(0);

    public static long Version(Statement row) => row.Integer(1);

    public static long Sequence(Statement row) => row.Integer(2);

    /// <summary>The position on a row; behind the whole key when the row's version, in a damaged file, is none.</summary>
    public static TierPosition Position(byte[] key, long version) => new(key, (ulong)Math.Max(version, 0));

    /// <summary>
    /// Throws unless the checksum of a row matches. For rows that are stepped over because of what they say of themselves: a damaged one would
    /// be missed without a word.
    /// </summary>
    public static void Check(Statement row)
    {
        var key = Key(row);
        if (!IsIntact(row, key))
        {
            throw Damage.Entry(key, Version(row), Sequence(row));
        }
    }

    /// <summary>Whether the checksum of a row matches.</summary>
    public static bool IsIntact(Statement row, ReadOnlySpan<byte> key)
        => EntryChecksum.Of(key, Version(row), Sequence(row), row.Blob(3), row.IsNull(3)) == row.Integer(4);

    /// <summary>Whether a view of (version, sequence) can see a row. One that only its sequence hides must be intact: else it would be missed without a word.</summary>
    public static bool IsVisible(Statement row, long at, long sequence)
    {
        if (Version(row) > at)
        {
            return false;
        }

        if (Sequence(row) <= sequence)
        {
            return true;
        }

        Check(row);
        return false;
    }

    /// <summary>The whole entry, verified, in memory of its own.</summary>
    public static TierRow Read(Statement row) => Read(row, Key(row).ToArray());

    /// <summary>The whole entry, verified, in memory of its own; the key is the given array, which holds its bytes already.</summary>
    public static TierRow Read(Statement row, byte[] key)
    {
        var version = Version(row);
        var sequence = Sequence(row);
        var isTombstone = row.IsNull(3);
        var value = row.Blob(3);
        if (EntryChecksum.Of(key, version, sequence, value, isTombstone) != row.Integer(4))
        {
            throw Damage.Entry(key, version, sequence);
        }

        // Not "? null :", which would become an empty value: null converts to memory by way of an array.
        return new TierRow(key, (ulong)version, (ulong)sequence, isTombstone ? default(ReadOnlyMemory<byte>?) : value.ToArray());
    }
}
