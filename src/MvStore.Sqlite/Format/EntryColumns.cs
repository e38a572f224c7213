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

    /// <summary>
    /// The whole entry, verified, in one piece of memory of its own; false when a view of (version, sequence) cannot see it. One that only its
    /// sequence hides must be intact: else it would be missed without a word.
    /// </summary>
    public static bool TryRead(Statement row, long at, long sequence, out TierRow entry)
    {
        entry = default;
        var version = Version(row);
        if (version > at)
        {
            return false;
        }

        var writtenBy = Sequence(row);
        if (writtenBy > sequence)
        {
            Check(row);
            return false;
        }

        var key = Key(row);
        var value = row.Blob(3);
        var isTombstone = value.IsEmpty && row.IsNull(3);
        if (EntryChecksum.Of(key, version, writtenBy, value, isTombstone) != row.Integer(4))
        {
            throw Damage.Entry(key, version, writtenBy);
        }

        var bytes = GC.AllocateUninitializedArray<byte>(key.Length + value.Length);
        key.CopyTo(bytes);
        value.CopyTo(bytes.AsSpan(key.Length));
        entry = new TierRow(
            new ReadOnlyMemory<byte>(bytes, 0, key.Length),
            (ulong)version,
            (ulong)writtenBy,
            isTombstone ? default(ReadOnlyMemory<byte>?) : new ReadOnlyMemory<byte>(bytes, key.Length, value.Length));
        return true;
    }
}
